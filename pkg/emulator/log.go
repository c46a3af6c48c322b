package emulator

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/wxdev/wxdev/internal/feed"
	"github.com/wxdev/wxdev/internal/redact"
	"github.com/wxdev/wxdev/pkg/finding"
)

// The kinds of log entries.
const (
	KindAPI  = "api"  // a call of the API
	KindPush = "push" // a message to an account's server

	KindControl = "control" // a call of the control API; only one that panicked is logged
)

// Entry is one request. It holds no AppSecret, and no access_token.
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
	User     string    `json:"user,omitempty"`   // of a push, and of a call that was about one user: the OpenID
	Label    string    `json:"label,omitempty"`  // of a push: its type, and the beginning of what it says
	MsgID    string    `json:"msgid,omitempty"`  // of a push
	Token    string    `json:"token,omitempty"`  // of a call: the end of its access_token, which tells one from another
	Cause    int64     `json:"cause,omitempty"`  // of a call about a user: the push that it probably answers, their newest
	Cut      int       `json:"cut,omitempty"`    // how many bytes body and response had, where the log has less of them
	Gone     bool      `json:"gone,omitempty"`   // body and response are no longer kept: newer entries needed the room
	Push     *Push     `json:"push,omitempty"`
	Signed   string    `json:"signed,omitempty"`   // of a signed call that was taken: the URL that was signed
	Mistakes []string  `json:"mistakes,omitempty"` // of a signed call that was refused: the findings, as 'wxdev explain' knows them
	Panic    string    `json:"panic,omitempty"`    // a mistake of this package: what it was, and where

	memory keeper // of body and response
	raw    *raw   // what Query, Body and Response are made of; nil when they are made
}

// raw is what of a call is still to be masked, and of bodies as much as that
// needs.
type raw struct {
	query          string
	body, response part
}

// part is the beginning of a body.
type part struct {
	seen  []byte
	whole int // how many bytes it has
}

// In is the entry with its findings in the words of a language.
func (e Entry) In(lang finding.Lang) Entry {
	e.Push = e.Push.In(lang)
	return e
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

// concerns is all of the match but what an entry contains.
func (m Match) concerns(e *Entry) bool {
	prefix, isPrefix := strings.CutSuffix(m.Path, "*")
	return e.ID > m.After &&
		(m.Kind == "" || m.Kind == e.Kind) &&
		(m.Method == "" || strings.EqualFold(m.Method, e.Method)) &&
		(m.Path == "" || m.Path == e.Path || isPrefix && strings.HasPrefix(e.Path, prefix)) &&
		(m.AppID == "" || m.AppID == e.AppID) &&
		(m.User == "" || m.User == e.User) &&
		(m.ErrCode == nil || *m.ErrCode == e.ErrCode)
}

// contained looks only into what is shown: a secret is not to be found by
// guessing.
func (m Match) contained(j *requestLog, e *Entry) bool {
	if m.Contains == "" {
		return true
	}
	e = j.shown(e)
	return strings.Contains(e.Query, m.Contains) || strings.Contains(e.Body, m.Contains)
}

// requestLog is the log: the newest entries, the newest pushes, and who waits
// for an entry.
type requestLog struct {
	mu      sync.Mutex
	entries []*Entry // a ring once it is full
	next    int      // where the next one goes in a full ring
	limit   int
	id      int64
	changed chan struct{} // closed on the next entry; nil as long as nobody waits
	mask    func(*Entry)  // makes of an entry that is raw what is shown

	pushes pushLog
	memory memory // of both
}

func newRequestLog(limit int, mask func(*Entry)) *requestLog {
	return &requestLog{limit: limit, mask: mask, pushes: pushLog{limit: limit}, memory: memory{limit: maxKept}}
}

// add gives the entry its id. It is the log's from then on.
func (j *requestLog) add(e *Entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.id++
	e.ID = j.id
	if len(j.entries) < j.limit {
		j.entries = append(j.entries, e)
	} else {
		j.memory.release(&j.entries[j.next].memory)
		j.entries[j.next] = e
		j.next = (j.next + 1) % j.limit
	}
	kept := len(e.Body) + len(e.Response)
	if e.raw != nil {
		kept = len(e.raw.body.seen) + len(e.raw.response.seen)
	}
	j.memory.keep(&e.memory, kept, func() {
		if e.raw != nil {
			e.raw.body, e.raw.response = part{}, part{}
		}
		e.Body, e.Response, e.Gone = "", "", true
	})
	if j.changed != nil {
		close(j.changed)
		j.changed = nil
	}
}

// copy is an entry as it is now.
func (j *requestLog) copy(e *Entry) Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	return *j.shown(e)
}

// shown is an entry without secrets. They are hidden when it is first read: most
// never are, and it takes as long as all else that a call costs.
func (j *requestLog) shown(e *Entry) *Entry {
	if e.raw != nil {
		j.mask(e)
		e.raw = nil
	}
	return e
}

// clear forgets the entries, and the pushes that are done, and goes on counting:
// who waits for what comes after an entry is not deceived.
func (j *requestLog) clear() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries, j.next = nil, 0
	j.pushes.clear()
	j.memory.clear()
}

func (j *requestLog) find(m Match) []Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.matching(m)
}

func (j *requestLog) matching(m Match) []Entry {
	var found []Entry
	for i := range j.entries {
		e := j.entries[(j.next+i)%len(j.entries)]
		if m.concerns(e) && m.contained(j, e) {
			found = append(found, *j.shown(e))
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

// Entry returns one entry of the log. The error is [ErrNotFound].
func (e *Emulator) Entry(id int64) (Entry, error) {
	found := e.log.find(Match{After: id - 1})
	if len(found) == 0 || found[0].ID != id {
		return Entry{}, notFound("there is no entry " + itoa(id) + " in the log")
	}
	return found[0], nil
}

// ClearLog empties the log. The ids go on.
func (e *Emulator) ClearLog() {
	e.log.clear()
	e.feed.Publish(feed.Event{Type: EventLog, Data: struct{}{}})
}

// byOpenID puts the OpenID in the place of a user's name.
func (e *Emulator) byOpenID(m Match) Match {
	m.User = e.openID(m.AppID, m.User)
	return m
}

// openID is the OpenID of a user who is named by it or by name: also of one who
// is not known yet.
func (e *Emulator) openID(appid, user string) string {
	if user == "" {
		return ""
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if a := e.account(appid); a != nil {
		if u := a.find(user); u != nil {
			return u.OpenID
		}
	}
	if isOpenID(user) {
		return user
	}
	return userID(user)
}

// isOpenID tells an OpenID from a name.
func isOpenID(s string) bool {
	return len(s) == 28 && anOpenID.Get().MatchString(s) && strings.HasPrefix(s, "o")
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

// shownOfToken is how many characters of an access_token the log shows.
const shownOfToken = 4

// logCall logs a call.
func (e *Emulator) logCall(c *call, a *answer, started time.Time) {
	body := a.body
	if a.plain != nil {
		body = a.plain
	}
	entry := Entry{
		Signed: c.signed, Mistakes: e.mistakes(c),
		Kind: KindAPI, Time: c.now, Method: c.req.Method, Path: c.req.URL.Path,
		Status: a.status, ErrCode: a.code, ErrMsg: a.text, Rid: a.rid,
		raw:    &raw{c.req.URL.RawQuery, begin(c.body), begin(body)},
		Remote: c.clientIP(), Fault: c.faulty, Panic: a.panicked, User: c.about, Cause: c.cause,
	}
	entry.Token = c.given[max(0, len(c.given)-shownOfToken):]
	if len(c.given) <= 4*shownOfToken { // it is no token, and may be anything
		entry.Token = ""
	}
	if n := len(c.body) + len(a.body); max(len(c.body), len(a.body)) > maxLogged {
		entry.Cut = n
	}
	if c.acct != nil {
		entry.AppID = c.acct.AppID
	}
	if c.platform != "" {
		entry.AppID = c.platform
	}
	if a.drop {
		entry.Status = 0
	}
	entry.MS = millis(time.Since(started))
	e.addEntry(&entry, nil)
	if len(c.lines) > 0 {
		e.publishLines(c, entry.ID)
	}
}

// addEntry adds an entry. What OnRequest gets of a push may be more than the log
// keeps.
func (e *Emulator) addEntry(entry *Entry, whole *Push) {
	for _, s := range []*string{&entry.Path, &entry.ErrMsg, &entry.Panic} { // bodies are clean already
		if *s != "" && e.routes[*s] == nil { // a known path is the usual case, and is clean
			*s = e.secrets.Text(*s)
		}
	}
	e.log.add(entry)
	e.feed.Publish(feed.Event{Type: EventEntry, Data: entry, About: about(entry.AppID, entry.User)})
	if e.cfg.OnRequest != nil {
		c := e.log.copy(entry)
		if whole != nil {
			c.Push = whole
		}
		e.cfg.OnRequest(c)
	}
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// maxSecret is more than an AppSecret is long, in whatever spelling.
const maxSecret = 1 << 10

// mask makes what is shown of a call.
func (e *Emulator) mask(entry *Entry) {
	entry.Query = e.secrets.Text(redact.Credentials.Query(entry.raw.query))
	entry.Body = e.masked(entry.raw.body, redact.Credentials)
	entry.Response = e.masked(entry.raw.response, redact.Credentials)
}

// begin is as much of a body as masked looks at. What is cut off may be
// megabytes, and is not kept alive.
func begin(body []byte) part {
	if len(body) <= maxLogged+maxSecret {
		return part{body, len(body)}
	}
	return part{bytes.Clone(body[:maxLogged+maxSecret]), len(body)}
}

// kept is what is kept of a body.
func (e *Emulator) kept(body []byte, hide redact.Rule) string { return e.masked(begin(body), hide) }

// masked is what is kept of a body of which this is the beginning: one that is not
// text says only how long it was. What the rule names and the accounts' AppSecrets,
// by whatever name, are hidden before it is cut: the end of what is seen, where
// half a secret can be, goes.
func (e *Emulator) masked(p part, hide redact.Rule) string {
	if bytes.IndexByte(p.seen[:min(len(p.seen), maxLogged)], 0) >= 0 {
		return "(" + itoa(int64(p.whole)) + " bytes)"
	}
	s := hide.Body(e.secrets.Text(string(p.seen)))
	if len(p.seen) < p.whole {
		s = s[:max(len(s)-maxSecret, 0)]
	}
	whole := len(s)
	s = s[:min(whole, maxLogged)]
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	if len(p.seen) < p.whole || whole > maxLogged {
		s += "… (" + itoa(int64(p.whole)) + " bytes)"
	}
	return s
}
