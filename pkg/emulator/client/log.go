package client

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"
)

// Entry is one request of the emulator's log.
type Entry struct {
	ID       int64
	Kind     string    // api, a call of the API, or push, a message to the account's server
	Time     time.Time // the emulator's, when it came
	AppID    string
	Method   string
	Path     string
	Query    string
	Body     string
	Status   int // 0: the connection was dropped, or there was no answer
	ErrCode  int
	ErrMsg   string
	Response string
	User     string // of a push: the OpenID
	Push     *Push
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

// Log returns the entries that match, the oldest first.
func (c *Client) Log(ctx context.Context, m Match) ([]Entry, error) { return c.log(ctx, m, 0, 0) }

// The emulator allows a minute for one wait. The last ones before a deadline
// are short, so that what there is comes back in time.
const (
	longestWait  = 30 * time.Second
	shortestWait = 10 * time.Millisecond
)

// Wait returns as soon as n entries match, or when the context ends: then with
// those that do, and its error.
func (c *Client) Wait(ctx context.Context, m Match, n int) ([]Entry, error) {
	var found []Entry
	for {
		wait := longestWait
		if end, ok := ctx.Deadline(); ok {
			wait = max(shortestWait, min(wait, time.Until(end)*9/10))
		}
		began := time.Now()
		now, err := c.log(ctx, m, wait, n)
		var refused *Error
		switch {
		case err == nil:
			return now, nil
		case errors.As(err, &refused) && refused.Status == http.StatusRequestTimeout && time.Since(began) > wait/2: // else it is no emulator that answers
			found = now
		case ctx.Err() == nil:
			return found, err
		}
		if ctx.Err() != nil {
			return found, ctx.Err()
		}
	}
}

func (c *Client) log(ctx context.Context, m Match, wait time.Duration, n int) ([]Entry, error) {
	pairs := []string{
		"kind", m.Kind, "method", m.Method, "path", m.Path, "appid", m.AppID, "user", m.User, "contains", m.Contains,
	}
	if m.ErrCode != nil {
		pairs = append(pairs, "errcode", strconv.Itoa(*m.ErrCode))
	}
	if m.After != 0 {
		pairs = append(pairs, "after", strconv.FormatInt(m.After, 10))
	}
	if n > 0 {
		pairs = append(pairs, "wait", wait.String(), "count", strconv.Itoa(n))
	}
	var answer struct{ Entries []Entry }
	err := c.call(ctx, http.MethodGet, "log"+query(pairs...), nil, &answer)
	return answer.Entries, err
}
