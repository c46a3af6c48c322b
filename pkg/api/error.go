package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// The errcodes that the client itself acts on.
const (
	CodeBusy              = -1
	CodeInvalidCredential = 40001
	CodeInvalidToken      = 40014
	CodeTokenExpired      = 42001
)

// Error is a call that failed: with an errcode of the API, or because there was
// no answer with one. Package catalog explains the codes.
type Error struct {
	Op     string // what was called: "token", "GET /cgi-bin/user/info"
	Code   int    // the errcode; 0 when there is none
	Msg    string // the errmsg without its rid, or why there is no answer; safe to print
	Rid    string // what WeChat's support asks for; may be empty
	Status int    // the HTTP status, when it was not 200

	// SameToken says that the token was refused, and that stable_token still
	// returns the same one.
	SameToken bool

	Err error // the cause, when there is no answer; may be nil
}

func (e *Error) Error() string {
	text := e.Op + ": "
	if e.Code != 0 {
		text += fmt.Sprintf("errcode %d: ", e.Code)
	}
	text += e.Msg
	if e.Rid != "" {
		text += " (rid " + e.Rid + ")"
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// TokenRefused says whether the API refused the token of a call.
func (e *Error) TokenRefused() bool {
	return e.Code == CodeInvalidCredential || e.Code == CodeInvalidToken || e.Code == CodeTokenExpired
}

// Address returns the address that the API sees the calls come from, and that
// has to be added to the IP whitelist, if the error names it, as 40164 does.
func (e *Error) Address() string {
	_, rest, _ := strings.Cut(e.Msg, "invalid ip ")
	text, _, _ := strings.Cut(rest, " ")
	a, err := netip.ParseAddr(strings.TrimRight(text, ",."))
	if err != nil {
		return ""
	}
	return a.Unmap().String()
}

// Called returns when the call was made, by the rid.
func (e *Error) Called() (time.Time, bool) { return catalog.ParseRid(e.Rid) }

// tokenRefused finds an Error of a refused token.
func tokenRefused(err error) (*Error, bool) {
	var e *Error
	return e, errors.As(err, &e) && e.TokenRefused()
}

// failure is an Error without an errcode.
func (c *Client) failure(op, msg string, cause error) error {
	return &Error{Op: op, Msg: text.Line(c.scrub(msg)), Err: cause}
}

// because is an Error whose Msg is known in both languages.
func because(op string, id reason.ID, pairs ...any) error {
	r := finding.Because(id, pairs...)
	return &Error{Op: op, Msg: r.Error(), Err: r}
}

// encodedError is an Error as the token store keeps it, for other processes that
// waited for the same call.
type encodedError struct {
	Op     string `json:"op"`
	Code   int    `json:"code,omitempty"`
	Msg    string `json:"msg"`
	Rid    string `json:"rid,omitempty"`
	Status int    `json:"status,omitempty"`
}

func encodeError(err error) string {
	f := encodedError{Op: "token", Msg: err.Error()}
	var e *Error
	if errors.As(err, &e) {
		f = encodedError{e.Op, e.Code, e.Msg, e.Rid, e.Status}
	}
	text, err := json.Marshal(f)
	if err != nil {
		return "{}" // four strings and numbers always marshal
	}
	return string(text)
}

func decodeError(s string) error {
	var f encodedError
	if json.Unmarshal([]byte(s), &f) != nil || f.Op == "" {
		return &Error{Op: "token", Msg: "another process failed to get it"}
	}
	// The store may be shared: what comes out of it is not safe to print.
	return &Error{Op: text.Line(f.Op), Code: f.Code, Msg: text.Line(f.Msg), Rid: cleanRid(f.Rid), Status: f.Status}
}
