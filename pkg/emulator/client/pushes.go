package client

import (
	"context"
	"net/http"
	"strconv"
	"time"
)

// PushDetail is one push to an account's server, down to its bytes. What came of
// it is in Push, which is nil while it waits.
type PushDetail struct {
	ID      int64
	AppID   string
	User    string // the OpenID
	Label   string // its type, and the beginning of what it says
	Type    string
	MsgID   string
	Mode    string
	Started time.Time
	State   string // waiting, done or canceled
	Attempt int    // which delivery is under way, or was the last one
	Of      int
	Entry   int64 // of the log, once it is done
	MS      float64

	*Push

	Attempts   []Attempt // empty in a list
	Plain      *Bytes    // the message, before any encryption
	ReplyPlain *Bytes    `json:"reply_plain"` // the reply, decrypted
	Steps      []Step
}

// Attempt is one delivery.
type Attempt struct {
	N        int
	At       time.Time
	Address  string
	Sent     *Bytes
	Received *Bytes
	Status   int
	MS       float64
	End      string // length, eof, short, timeout, reset, limit
	Error    string
}

// Bytes are what went over the wire, or as much of it as the emulator keeps.
type Bytes struct {
	Data []byte `json:"b64"`
	Size int    // of all of it
	Cut  bool   // Data is the beginning
	Gone bool   // Data is no longer kept
}

// Step is one stage of a delivery.
type Step struct {
	ID       string // connect, answer, decrypt, addressee …
	State    string // ok, failed or skipped
	MS       float64
	Text     string
	Findings []string // their ids
}

// PushMatch says which pushes are meant. The zero PushMatch is all of them.
type PushMatch struct {
	AppID string
	User  string // a name or an OpenID
	After int64  // those with a larger ID
}

// Pushes lists the pushes that the emulator remembers, those under way too, the
// oldest first.
func (c *Client) Pushes(ctx context.Context, m PushMatch) ([]PushDetail, error) {
	pairs := []string{"appid", m.AppID, "user", m.User}
	if m.After > 0 {
		pairs = append(pairs, "after", strconv.FormatInt(m.After, 10))
	}
	var answer struct{ Pushes []PushDetail }
	err := c.call(ctx, http.MethodGet, "pushes"+query(pairs...), nil, &answer)
	return answer.Pushes, err
}

// Push returns a push down to its bytes.
func (c *Client) Push(ctx context.Context, id int64) (*PushDetail, error) {
	p := &PushDetail{}
	if err := c.call(ctx, http.MethodGet, pushPath(id, ""), nil, p); err != nil {
		return nil, err
	}
	return p, nil
}

func pushPath(id int64, more string) string { return "pushes/" + strconv.FormatInt(id, 10) + more }

// Started is what begins with an action that nobody waits for.
type Started struct {
	User   string // the OpenID
	Code   string
	Opened string
	Push   int64 // its id; 0 if nothing is pushed
}

// Start is [Client.Act] that does not wait for the account's server.
func (c *Client) Start(ctx context.Context, a Action) (*Started, error) {
	s := &Started{}
	if err := c.act(ctx, a, "0", s); err != nil {
		return nil, err
	}
	return s, nil
}

// Again says how to push once more what was pushed before.
type Again struct {
	SameID bool              // as a repeated delivery: with the MsgId and time of before
	Set    map[string]string // fields of the message, by path; an empty value deletes one
	Body   string            // in place of the message, if not empty
	Mode   string            // plain, compat or safe; empty is that of before
	User   string            // who sends it; empty is who did
}

// Again pushes a push once more, and returns when the account's server has
// replied.
func (c *Client) Again(ctx context.Context, id int64, a Again) (*Outcome, error) {
	in := struct {
		MsgID string            `json:"msgid"`
		Set   map[string]string `json:"set,omitempty"`
		Body  string            `json:"body,omitempty"`
		Mode  string            `json:"mode,omitempty"`
		User  string            `json:"user,omitempty"`
	}{"new", a.Set, a.Body, a.Mode, a.User}
	if a.SameID {
		in.MsgID = "same"
	}
	out := &Outcome{}
	if err := c.call(ctx, http.MethodPost, pushPath(id, "/again"), in, out); err != nil {
		return nil, err
	}
	return out, nil
}

// FromHere lets a user do what another one did from a push on.
func (c *Client) FromHere(ctx context.Context, id int64, user string) ([]Outcome, error) {
	var answer struct{ Outcomes []Outcome }
	err := c.call(ctx, http.MethodPost, pushPath(id, "/from-here"), map[string]string{"user": user}, &answer)
	return answer.Outcomes, err
}
