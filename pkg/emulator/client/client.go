// Package client calls the control API of a running emulator, which may be of
// another process: `wxdev emulator`, or one that package local started.
//
//	c := &client.Client{BaseURL: "http://127.0.0.1:8900"}
//	out, err := c.Act(ctx, client.Action{User: "alice", Do: "text", Value: "hi"})
//	chat, err := c.Chat(ctx, "", "alice")
//
// An emulator that refuses a call says why in an [Error]. Of everything that
// the control API knows, here is what tests of a program need: users who act,
// their chats, the request log, faults, the clock. GET /__wxdev/ lists the rest.
//
// The package imports nothing of the emulator: whoever uses it links no
// server. Its types have the fields of the JSON that are of use to a client.
//
// # Compatibility
//
// The README says what a release may change. Fields that a newer emulator adds
// to its answers are skipped, so client and emulator may be of different
// releases.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// Client calls the control API of one emulator.
type Client struct {
	BaseURL string       // "http://127.0.0.1:8900"
	HTTP    *http.Client // nil is [http.DefaultClient]
	Lang    finding.Lang // of what answers say to people; empty is the emulator's own
}

// Error is an answer that is not 200.
type Error struct {
	Status int
	Msg    string // what the emulator says
}

// Error implements error, in English.
func (e *Error) Error() string { return e.In(finding.English) }

// In implements [finding.Fact].
func (e *Error) In(lang finding.Lang) string {
	if e.Msg == "" {
		return finding.Because(reason.EmulatorAnswers, "status", e.Status).In(lang)
	}
	return finding.Because(reason.EmulatorSays, "status", e.Status, "text", finding.Verbatim(e.Msg)).In(lang)
}

// maxAnswer is how long an answer may be.
const maxAnswer = 64 << 20

// call sends in as JSON, nil as an empty body, and reads the answer into out,
// which may be nil. The answer of an [Error] is read too.
func (c *Client) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	return c.send(ctx, method, path, body, out)
}

// send is call with a body that is not JSON.
func (c *Client) send(ctx context.Context, method, path string, body io.Reader, out any) error {
	res, err := c.open(ctx, method, path, body)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK && res.StatusCode != http.StatusAccepted {
		if out != nil {
			_ = json.Unmarshal(b, out) // a log that came too late has its entries
		}
		return refusalOf(res.StatusCode, b)
	}
	if out == nil {
		return nil
	}
	if text, ok := out.(*string); ok { // what is no JSON
		*text = string(b)
		return nil
	}
	if err := json.Unmarshal(b, out); err != nil {
		return finding.Because(reason.AnswerOfNoEmulator, "path", path).Wrap(err)
	}
	return nil
}

// open makes a request, and leaves the answer to be read.
func (c *Client) open(ctx context.Context, method, path string, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(c.BaseURL, "/")+"/__wxdev/"+path, body)
	if err != nil {
		return nil, err
	}
	hc := c.HTTP
	if hc == nil {
		hc = http.DefaultClient
	}
	res, err := hc.Do(req)
	if err != nil {
		return nil, err
	}
	if res.StatusCode == http.StatusSwitchingProtocols { // its body is the connection: no context ends a read of it
		res.Body.Close()
		return nil, &Error{Status: res.StatusCode}
	}
	return res, nil
}

// refusalOf is an answer that is not what was asked for.
func refusalOf(status int, body []byte) error {
	var refusal struct{ Error string }
	_ = json.Unmarshal(body, &refusal) // or it is another server
	return &Error{status, refusal.Error}
}

// Ready returns nil when an emulator answers at BaseURL.
func (c *Client) Ready(ctx context.Context) error {
	var answer struct{ Ready bool }
	if err := c.call(ctx, http.MethodGet, "ready", nil, &answer); err != nil {
		return err
	}
	if !answer.Ready {
		return finding.Because(reason.AnswerNotEmulators)
	}
	return nil
}

// Reset brings back the state of the start, and empties the log.
func (c *Client) Reset(ctx context.Context) error {
	return c.call(ctx, http.MethodPost, "reset", nil, nil)
}

// Advance turns the emulator's clock on, or back.
func (c *Client) Advance(ctx context.Context, d time.Duration) error {
	return c.call(ctx, http.MethodPost, "clock", map[string]string{"advance": d.String()}, nil)
}

// Expire ends tokens of an account now, the first one's if appid is empty: all
// of one kind (token, stable_token, jsapi, wx_card, code, oauth), or of every
// kind if kind is empty. It returns how many.
func (c *Client) Expire(ctx context.Context, appid, kind string) (int, error) {
	var answer struct{ Expired int }
	err := c.call(ctx, http.MethodPost, "expire", map[string]string{"appid": appid, "kind": kind}, &answer)
	return answer.Expired, err
}

// Fault makes calls of the API fail; see [Client.Fail].
type Fault struct {
	Path    string        // whole, or its beginning and *; empty is every path
	Method  string        // empty is every method
	Count   int           // of calls; 0 is all from now on
	ErrCode int           // of the answer
	ErrMsg  string        // empty is the text of the code
	Status  int           // of the answer; 0 is 200
	Body    string        // with a status, and without an errcode
	Delay   time.Duration // before the answer
	Drop    bool          // close the connection without an answer
}

// Fail makes calls fail from now on.
func (c *Client) Fail(ctx context.Context, f Fault) error {
	type faultJSON struct {
		Path    string `json:"path,omitempty"`
		Method  string `json:"method,omitempty"`
		Count   int    `json:"count,omitempty"`
		ErrCode int    `json:"errcode,omitempty"`
		ErrMsg  string `json:"errmsg,omitempty"`
		Status  int    `json:"status,omitempty"`
		Body    string `json:"body,omitempty"`
		Delay   string `json:"delay,omitempty"`
		Drop    bool   `json:"drop,omitempty"`
	}
	j := faultJSON{f.Path, f.Method, f.Count, f.ErrCode, f.ErrMsg, f.Status, f.Body, "", f.Drop}
	if f.Delay != 0 {
		j.Delay = f.Delay.String()
	}
	return c.call(ctx, http.MethodPost, "faults", j, nil)
}

// ClearFaults makes all calls work again.
func (c *Client) ClearFaults(ctx context.Context) error {
	return c.call(ctx, http.MethodDelete, "faults", nil, nil)
}

// query is "?name=value…" of the pairs whose value is not empty.
func query(pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}
