package emulator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// controlPrefix begins the paths of the control API.
const controlPrefix = "/__wxdev/"

// control is one call of the control API.
type control struct {
	pattern string // of http.ServeMux, behind the prefix
	does    string
	handle  func(*Emulator, *http.Request) (any, error)
}

// controls is what GET /__wxdev/ lists.
func controls() []control {
	return []control{
		{"GET {$}", "this list", (*Emulator).getIndex},
		{"GET ready", "200 as soon as calls are answered", (*Emulator).getReady},
		{"GET routes", "the calls of the API that are emulated", func(*Emulator, *http.Request) (any, error) { return map[string]any{"routes": Routes()}, nil }},
		{"POST reset", "back to the state of the start; empties the log", (*Emulator).postReset},
		{"GET snapshot", "the state as TOML, which --seed reads", (*Emulator).getSnapshot},
		{"POST snapshot", "takes over a snapshot, and makes it the state of the start", (*Emulator).postSnapshot},

		{"GET accounts", "the accounts, without their secrets", (*Emulator).getAccounts},
		{"POST accounts", "adds or changes one: {\"appid\":…, \"url\":…}", (*Emulator).postAccount},
		{"GET accounts/{appid}", "one account", (*Emulator).getAccount},

		{"GET users", "the users; ?appid= says of which account", (*Emulator).getUsers},
		{"POST users", "adds or changes one: {\"name\":\"alice\", \"tags\":[100]}", (*Emulator).postUser},
		{"GET users/{user}", "one user, by name or OpenID", (*Emulator).getUser},
		{"GET users/{user}/chat", "what the user sees in the chat", (*Emulator).getChat},
		{"GET users/{user}/outbox", "what the server sent the user", (*Emulator).getOutbox},
		{"POST users/{user}/{deed}", "the user does something: follow, text, tap, scan …", (*Emulator).postDeed},
		{"GET deeds", "what users do", func(*Emulator, *http.Request) (any, error) { return map[string]any{"deeds": Deeds()}, nil }},

		{"GET log", "the requests; ?kind= method= path= appid= user= errcode= contains= after=, and wait=5s count=1 to wait", (*Emulator).getLog},
		{"DELETE log", "empties it", func(e *Emulator, _ *http.Request) (any, error) { e.log.clear(); return nil, nil }},

		{"GET faults", "the faults that are to come", func(e *Emulator, _ *http.Request) (any, error) { return map[string]any{"faults": e.Faults()}, nil }},
		{"POST faults", "adds one: {\"path\":\"/cgi-bin/menu/get\", \"errcode\":-1, \"count\":2}; status, delay, drop", (*Emulator).postFault},
		{"DELETE faults", "removes them", func(e *Emulator, _ *http.Request) (any, error) { e.ClearFaults(); return nil, nil }},

		{"GET clock", "the emulator's time", (*Emulator).getClock},
		{"POST clock", "turns it: {\"advance\":\"2h\"} or {\"offset\":\"0s\"}", (*Emulator).postClock},
		{"POST expire", "ends tokens now: {\"kind\":\"token\"}, or stable_token, jsapi, wx_card, code, oauth; all without it", (*Emulator).postExpire},
		{"GET media/{id}", "a file that was uploaded", (*Emulator).getFile},
		{"GET js-sdk/{appid}/", "the account's JS-SDK: a demo page, jweixin.js that says what is wrong, sign?url=", nil},
	}
}

// controlMux makes the handler of the control API.
func (e *Emulator) controlMux() *http.ServeMux {
	mux := http.NewServeMux()
	for _, c := range controls() {
		if c.handle == nil { // the server, below
			continue
		}
		method, path, _ := strings.Cut(c.pattern, " ")
		mux.HandleFunc(method+" "+controlPrefix+path, func(w http.ResponseWriter, req *http.Request) {
			value, err := c.handle(e, req)
			writeControl(w, value, err)
		})
	}
	mux.HandleFunc(jssdkPrefix+"{appid}/", e.serveJSSDK)
	mux.HandleFunc(controlPrefix, func(w http.ResponseWriter, req *http.Request) {
		writeControl(w, nil, notFound(fmt.Sprintf("there is no %s %s: GET %s lists what there is", req.Method, quote(req.URL.Path), controlPrefix)))
	})
	mux.HandleFunc("GET "+qrPath+"{id}", e.scanPage)
	mux.HandleFunc("POST "+qrPath+"{id}", e.scanForm)
	return mux
}

// notFound is an error with status 404, missed one of a wait that was in
// vain; all others have 400.
type (
	notFound string
	missed   struct{ document any }
)

func (e notFound) Error() string { return string(e) }
func (e missed) Error() string   { return "no such entry came in time" }

func writeControl(w http.ResponseWriter, value any, err error) {
	status := http.StatusOK
	var absent notFound
	var late missed
	switch {
	case errors.As(err, &late):
		status, value = http.StatusRequestTimeout, late.document
	case errors.As(err, &absent):
		status, value = http.StatusNotFound, map[string]string{"error": err.Error()}
	case err != nil:
		status, value = http.StatusBadRequest, map[string]string{"error": err.Error()}
	case value == nil:
		value = map[string]bool{"ok": true}
	}
	if f, ok := value.(file); ok {
		a := answer{status: http.StatusOK, kind: f.kind, header: f.header, body: f.body}
		a.send(w)
		return
	}
	var b bytes.Buffer
	if err := json.Indent(&b, marshal(value), "", "  "); err != nil {
		panic(err) // it is our own
	}
	b.WriteByte('\n')
	a := answer{status: status, kind: "application/json", body: b.Bytes()}
	a.send(w)
}

// serveControl lets those in who name the emulator by an address or by a name
// that no site on the internet has, and no page of another origin: a web page
// in the developer's browser could turn its own name to 127.0.0.1.
func (e *Emulator) serveControl(w http.ResponseWriter, req *http.Request) {
	origin := req.Header.Get("Origin")
	switch {
	case !localName(req.Host):
		http.Error(w, "the control API answers only to an IP address, to localhost, or to a name without a dot", http.StatusForbidden)
	case origin != "" && origin != "http://"+req.Host && origin != "https://"+req.Host:
		http.Error(w, "the control API answers no page of another origin", http.StatusForbidden)
	default:
		e.pages.ServeHTTP(w, req)
	}
}

func localName(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	host = strings.Trim(strings.ToLower(host), "[]")
	if _, err := netip.ParseAddr(host); err == nil || !strings.Contains(host, ".") {
		return true
	}
	return slices.ContainsFunc([]string{".localhost", ".local", ".internal", ".test"}, func(s string) bool { return strings.HasSuffix(host, s) })
}

// body reads what was sent, up to a limit.
func body(req *http.Request, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(req.Body, limit+1))
	if err != nil {
		return nil, errors.New("the body could not be read")
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("the body is larger than %d bytes", limit)
	}
	return b, nil
}

// readJSON reads an object into v; what it does not mention stays.
func readJSON(data []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return fmt.Errorf("the body: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}

func (e *Emulator) getIndex(*http.Request) (any, error) {
	var b strings.Builder
	b.WriteString("wxdev emulator: the API is at the root of this port, its control API here\n\n")
	for _, c := range controls() {
		method, path, _ := strings.Cut(c.pattern, " ")
		fmt.Fprintf(&b, "%-6s %s%s\n       %s\n", method, controlPrefix, strings.TrimSuffix(path, "{$}"), c.does)
	}
	b.WriteString("\nThe calls that are emulated:\n\n")
	for _, r := range Routes() {
		fmt.Fprintf(&b, "%-6s %s\n       %s\n", r.Method, r.Path, r.Does)
	}
	return file{kind: "text/plain; charset=utf-8", body: []byte(b.String())}, nil
}

func (e *Emulator) getReady(req *http.Request) (any, error) {
	return map[string]any{"ready": true, "url": baseOf(req)}, nil
}

func (e *Emulator) postReset(*http.Request) (any, error) { return nil, e.Reset() }

func (e *Emulator) getSnapshot(*http.Request) (any, error) {
	text, err := e.Snapshot()
	return file{kind: "application/toml", body: text}, err
}

func (e *Emulator) postSnapshot(req *http.Request) (any, error) {
	text, err := body(req, MaxState)
	if err != nil {
		return nil, err
	}
	return nil, e.Restore("snapshot", text)
}

// match reads which log entries are meant.
func match(q url.Values) (Match, error) {
	m := Match{
		Kind: q.Get("kind"), Method: q.Get("method"), Path: q.Get("path"), AppID: q.Get("appid"),
		User: q.Get("user"), Contains: q.Get("contains"),
	}
	if s := q.Get("errcode"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			return m, fmt.Errorf("errcode is %s: it takes a number", quote(s))
		}
		m.ErrCode = &n
	}
	if s := q.Get("after"); s != "" {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return m, fmt.Errorf("after is %s: it takes the id of an entry", quote(s))
		}
		m.After = n
	}
	return m, nil
}

// maxWait is how long a wait for an entry may last.
const maxWait = time.Minute

func (e *Emulator) getLog(req *http.Request) (any, error) {
	q := req.URL.Query()
	for name := range q {
		if !slices.Contains([]string{"kind", "method", "path", "appid", "user", "errcode", "contains", "after", "wait", "count"}, name) {
			return nil, fmt.Errorf("there is no parameter %s", quote(name))
		}
	}
	m, err := match(q)
	if err != nil {
		return nil, err
	}
	if m.User != "" {
		m.User = e.openIDOf(m.AppID, m.User)
	}
	wait, want := time.Duration(0), 0
	if s := q.Get("wait"); s != "" {
		if wait, err = time.ParseDuration(s); err != nil || wait < 0 || wait > maxWait {
			return nil, fmt.Errorf("wait is %s: it takes a time up to %s, such as 5s", quote(s), maxWait)
		}
		want = 1
	}
	if s := q.Get("count"); s != "" {
		if want, err = strconv.Atoi(s); err != nil || want < 0 {
			return nil, fmt.Errorf("count is %s: it takes a number", quote(s))
		}
	}
	ctx, cancel := context.WithTimeout(req.Context(), wait)
	defer cancel()
	entries := e.log.wait(ctx, m, want)
	if entries == nil {
		entries = []Entry{}
	}
	document := map[string]any{"entries": entries, "count": len(entries)}
	if len(entries) < want {
		return nil, missed{document}
	}
	return document, nil
}

// openIDOf is the OpenID behind a name, or the name if it is none.
func (e *Emulator) openIDOf(appid, user string) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if a := e.account(appid); a != nil {
		if u := a.find(user); u != nil {
			return u.OpenID
		}
	}
	return user
}

func (e *Emulator) postFault(req *http.Request) (any, error) {
	b, err := body(req, maxJSON)
	if err != nil {
		return nil, err
	}
	var f Fault
	if err := readJSON(b, &f); err != nil {
		return nil, err
	}
	return nil, e.Fail(f)
}

func (e *Emulator) getClock(*http.Request) (any, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return map[string]any{"time": e.now(), "unix": e.now().Unix(), "offset": e.state.ClockOffset}, nil
}

func (e *Emulator) postClock(req *http.Request) (any, error) {
	b, err := body(req, maxJSON)
	if err != nil {
		return nil, err
	}
	var change struct {
		Advance *Duration `json:"advance"`
		Offset  *Duration `json:"offset"`
	}
	if err := readJSON(b, &change); err != nil {
		return nil, err
	}
	e.mu.Lock()
	if change.Offset != nil {
		e.state.ClockOffset = *change.Offset
	}
	e.mu.Unlock()
	if change.Advance != nil {
		e.Advance(time.Duration(*change.Advance))
	}
	return e.getClock(req)
}

func (e *Emulator) postExpire(req *http.Request) (any, error) {
	b, err := body(req, maxJSON)
	if err != nil {
		return nil, err
	}
	var what struct{ AppID, Kind string }
	if len(bytes.TrimSpace(b)) > 0 {
		if err := readJSON(b, &what); err != nil {
			return nil, err
		}
	}
	if kinds := []string{"", plainToken, stableToken, "jsapi", "wx_card", "code", "oauth"}; !slices.Contains(kinds, what.Kind) {
		return nil, fmt.Errorf("kind is %s: it takes %s", quote(what.Kind), strings.Join(kinds[1:], ", "))
	}
	n, err := e.Expire(what.AppID, what.Kind)
	return map[string]int{"expired": n}, err
}
