package api

import (
	"cmp"
	"encoding/json"
	"errors"
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
	Msg    string // the errmsg without its rid; safe to print
	Rid    string // what WeChat's support asks for; may be empty
	Status int    // the HTTP status, when it was not 200

	// Why is what went wrong, where there is no errcode; safe to print.
	Why finding.Fact

	// SameToken says that the token was refused, and that stable_token still
	// returns the same one.
	SameToken bool

	Err error // the cause, when there is no answer; may be nil
}

// Error implements error, in English.
func (e *Error) Error() string { return e.In(finding.English) }

// In implements [finding.Fact]. The errmsg is WeChat's own words in every
// language.
func (e *Error) In(lang finding.Lang) string {
	op := finding.Name(e.Op)
	if e.Code == 0 {
		return finding.Because(reason.AtPlace, "place", op, "why", e.why()).In(lang)
	}
	var said finding.Fact = finding.Verbatim(e.Msg)
	if e.Msg == "" {
		said = finding.Because(reason.WithoutErrmsg)
	}
	id := reason.APIErrcode
	if e.Rid != "" {
		id = reason.APIErrcodeRid
	}
	return finding.Because(id, "op", op, "code", e.Code, "errmsg", said, "rid", e.Rid).In(lang)
}

func (e *Error) why() finding.Fact {
	if e.Why == nil {
		return finding.Name("")
	}
	return e.Why
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
func (c *Client) failure(op string, why finding.Fact, cause error) error {
	return &Error{Op: op, Why: finding.Redact(why, c.scrub), Err: cause}
}

// because is a failure without anything secret in it.
func because(op string, id reason.ID, pairs ...any) error {
	return &Error{Op: op, Why: finding.Because(id, pairs...)}
}

// encodedError is an Error as the token store keeps it, for other processes that
// waited for the same call.
type encodedError struct {
	Op     string `json:"op"`
	Code   int    `json:"code,omitempty"`
	Msg    string `json:"msg"`          // without a code, why, in English
	Zh     string `json:"zh,omitempty"` // and in Chinese
	Rid    string `json:"rid,omitempty"`
	Status int    `json:"status,omitempty"`
}

func encodeError(err error) string {
	f := encodedError{Op: "token", Msg: err.Error(), Zh: finding.ErrorIn(finding.Chinese, err)}
	var e *Error
	if errors.As(err, &e) {
		f = encodedError{e.Op, e.Code, e.Msg, "", e.Rid, e.Status}
		if e.Code == 0 {
			f.Msg, f.Zh = e.why().In(finding.English), e.why().In(finding.Chinese)
		}
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
		return &Error{Op: "token", Why: finding.Because(reason.OtherProcessFailed)}
	}
	// The store may be shared: what comes out of it is not safe to print.
	e := &Error{Op: text.Line(f.Op), Code: f.Code, Rid: cleanRid(f.Rid), Status: f.Status}
	if e.Code == 0 {
		e.Why = worded{text.Line(f.Msg), text.Line(cmp.Or(f.Zh, f.Msg))}
	} else {
		e.Msg = text.Line(f.Msg)
	}
	return e
}

// worded is why a call of another process failed, as that one put it.
type worded struct{ en, zh string }

// In implements [finding.Fact].
func (w worded) In(lang finding.Lang) string {
	if lang == finding.Chinese {
		return w.zh
	}
	return w.en
}
