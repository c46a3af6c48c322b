package emulator

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/wxdev/wxdev/internal/redact"
)

// The kinds of log entries.
const (
	KindAPI  = "api"  // a call of the API
	KindPush = "push" // a message to an account's server

	KindControl = "control" // a call of the control API; only one that panicked is logged
)

// Entry is one request. It holds no AppSecret.
type Entry struct {
	ID       int64     `json:"id"` // from 1, in the order of the answers
	Kind     string    `json:"kind"`
	Time     time.Time `json:"time"` // the emulator's, when it came
	AppID    string    `json:"appid,omitempty"`
	Method   string    `json:"method"`
	Path     string    `json:"path"`
	Query    string    `json:"query,omitempty"`
	Body     string    `json:"body,omitempty"`
	Status   int       `json:"status"` // 0: the connection was dropped, or there was no answer
	ErrCode  int       `json:"errcode"`
	ErrMsg   string    `json:"errmsg,omitempty"`
	Rid      string    `json:"rid,omitempty"`
	Response string    `json:"response,omitempty"`
	MS       float64   `json:"ms"`
	Remote   string    `json:"remote,omitempty"` // the caller's address
	Fault    bool      `json:"fault,omitempty"`  // a fault on demand made the answer
	User     string    `json:"user,omitempty"`   // of a push: the OpenID
	Push     *Push     `json:"push,omitempty"`
	Panic    string    `json:"panic,omitempty"` // a mistake of this package: what it was, and where
}

// Match says which entries are meant. The zero Match is all of them.
type Match struct {
	Kind     string // api or push
	Method   string
	Path     string // whole, or its beginning and *
	AppID    string
	User     string // of a push: a name or an OpenID
	ErrCode  *int
	Contains string // in the query or the body
	After    int64  // entries with a larger ID
}

func (m Match) matches(e *Entry) bool {
	prefix, isPrefix := strings.CutSuffix(m.Path, "*")
	return e.ID > m.After &&
		(m.Kind == "" || m.Kind == e.Kind) &&
		(m.Method == "" || strings.EqualFold(m.Method, e.Method)) &&
		(m.Path == "" || m.Path == e.Path || isPrefix && strings.HasPrefix(e.Path, prefix)) &&
		(m.AppID == "" || m.AppID == e.AppID) &&
		(m.User == "" || m.User == e.User) &&
		(m.ErrCode == nil || *m.ErrCode == e.ErrCode) &&
		(m.Contains == "" || strings.Contains(e.Query, m.Contains) || strings.Contains(e.Body, m.Contains))
}

// requestLog is the log: the newest entries, and who waits for some.
type requestLog struct {
	mu      sync.Mutex
	entries []Entry // a ring once it is full
	next    int     // where the next one goes in a full ring
	limit   int
	id      int64
	changed chan struct{} // closed on the next entry; nil as long as nobody waits
}

func newRequestLog(limit int) *requestLog { return &requestLog{limit: limit} }

// add gives the entry its id.
func (j *requestLog) add(e *Entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.id++
	e.ID = j.id
	if len(j.entries) < j.limit {
		j.entries = append(j.entries, *e)
	} else {
		j.entries[j.next] = *e
		j.next = (j.next + 1) % j.limit
	}
	if j.changed != nil {
		close(j.changed)
		j.changed = nil
	}
}

// clear forgets the entries, and goes on counting: who waits for what comes
// after an entry is not deceived.
func (j *requestLog) clear() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries, j.next = nil, 0
}

func (j *requestLog) find(m Match) []Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.matching(m)
}

func (j *requestLog) matching(m Match) []Entry {
	var found []Entry
	for i := range j.entries {
		if e := &j.entries[(j.next+i)%len(j.entries)]; m.matches(e) {
			found = append(found, *e)
		}
	}
	return found
}

// wait returns as soon as n entries match, or the context ends: then with
// those that do.
func (j *requestLog) wait(ctx context.Context, m Match, n int) []Entry {
	for {
		j.mu.Lock()
		found := j.matching(m)
		if j.changed == nil {
			j.changed = make(chan struct{})
		}
		changed := j.changed
		j.mu.Unlock()
		if len(found) >= n {
			return found
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return found
		}
	}
}

// Log returns the entries that match, the oldest first.
func (e *Emulator) Log(m Match) []Entry { return e.log.find(e.byOpenID(m)) }

// ClearLog empties the log. The ids go on.
func (e *Emulator) ClearLog() { e.log.clear() }

// byOpenID puts the OpenID in the place of a user's name.
func (e *Emulator) byOpenID(m Match) Match {
	if m.User == "" {
		return m
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if a := e.account(m.AppID); a != nil {
		if u := a.find(m.User); u != nil {
			m.User = u.OpenID
		}
	}
	return m
}

// Wait returns as soon as n entries match, or when the context ends: then
// with those that do, and its error.
func (e *Emulator) Wait(ctx context.Context, m Match, n int) ([]Entry, error) {
	found := e.log.wait(ctx, e.byOpenID(m), n)
	if len(found) < n {
		return found, ctx.Err()
	}
	return found, nil
}

// maxLogged is how much of a body the log keeps.
const maxLogged = 16 << 10

// logCall logs a call.
func (e *Emulator) logCall(c *call, a *answer, started time.Time) {
	entry := Entry{
		Kind: KindAPI, Time: c.now, Method: c.req.Method, Path: c.req.URL.Path,
		Query: redact.AppSecrets.Query(c.req.URL.RawQuery), Body: e.kept(c.body, redact.AppSecrets),
		Status: a.status, ErrCode: a.code, ErrMsg: a.text, Rid: a.rid, Response: e.kept(a.body, redact.Rule{}),
		Remote: c.clientIP(), Fault: c.faulty, Panic: a.panicked,
	}
	if c.acct != nil {
		entry.AppID = c.acct.AppID
	}
	if a.drop {
		entry.Status = 0
	}
	entry.MS = millis(time.Since(started))
	e.addEntry(&entry)
}

func (e *Emulator) addEntry(entry *Entry) {
	for _, s := range []*string{&entry.Path, &entry.Query, &entry.ErrMsg, &entry.Panic} { // bodies are clean already
		if *s != "" && e.routes[*s] == nil { // a known path is the usual case, and is clean
			*s = e.secrets.Text(*s)
		}
	}
	e.log.add(entry)
	if e.cfg.OnRequest != nil {
		e.cfg.OnRequest(*entry)
	}
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// maxSecret is more than an AppSecret is long, in whatever spelling.
const maxSecret = 1 << 10

// kept is what is kept of a body: one that is not text says only how long it
// was. What the rule names and the accounts' AppSecrets, by whatever name, are
// hidden before it is cut. It need not see all that is cut off, which may be
// megabytes: the end of what it sees, where half a secret can be, goes.
func (e *Emulator) kept(body []byte, hide redact.Rule) string {
	if bytes.IndexByte(body[:min(len(body), maxLogged)], 0) >= 0 {
		return "(" + itoa(int64(len(body))) + " bytes)"
	}
	seen := body[:min(len(body), maxLogged+maxSecret)]
	s := hide.Body(e.secrets.Text(string(seen)))
	if len(seen) < len(body) {
		s = s[:max(len(s)-maxSecret, 0)]
	}
	whole := len(s)
	s = s[:min(whole, maxLogged)]
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	if len(seen) < len(body) || whole > maxLogged {
		s += "… (" + itoa(int64(len(body))) + " bytes)"
	}
	return s
}
