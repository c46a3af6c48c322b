package wxjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Kind is what is wrong with a body.
type Kind string

// The kinds.
const (
	Malformed Kind = "malformed"
	Truncated Kind = "truncated" // it ends before the value does
	TooDeep   Kind = "too deep"  // more levels than the limit; has no Detail
)

// Error is why a body could not be read.
type Error struct {
	Kind   Kind
	Offset int    // of [Check], the byte at fault; of a [Reader], where the token begins
	Detail string // as encoding/json words it; it may quote a character of the body's
}

func (e *Error) Error() string { return fmt.Sprintf("%s at byte %d", e.Kind, e.Offset) }

// Check demands one value and nothing after it. The error is an [*Error]; a
// body that is cut off is at fault in its last byte.
func Check(body []byte) error {
	var all json.RawMessage
	err := json.Unmarshal(body, &all)
	if err == nil {
		return nil
	}
	e := &Error{Kind: Malformed, Offset: len(body), Detail: err.Error()}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) && int(syntax.Offset) <= len(body) {
		e.Offset = max(0, int(syntax.Offset)-1) // it counts the bad byte too
	}
	if e.Detail == "unexpected end of JSON input" {
		e.Kind = Truncated
	}
	return e
}

// Reader reads the tokens of one value with their places. Numbers are a
// [json.Number], digit by digit: an id does not fit a float64.
type Reader struct {
	body []byte
	base int // where in body the decoder began
	dec  *json.Decoder
}

// NewReader reads body from start on. What follows the value is not looked
// at.
func NewReader(body []byte, start int) *Reader {
	r := &Reader{body: body, base: start, dec: json.NewDecoder(bytes.NewReader(body[start:]))}
	r.dec.UseNumber()
	return r
}

// Offset is where the last token ends.
func (r *Reader) Offset() int { return r.base + int(r.dec.InputOffset()) }

// More reports whether another element or member comes before the end of the
// array or object.
func (r *Reader) More() bool { return r.dec.More() }

// Skip reads up to the end of the array or object whose beginning was the last
// token, and refuses one with more than limit levels.
func (r *Reader) Skip(limit int) error {
	for open := 1; open > 0; {
		token, at, err := r.Next()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('['), json.Delim('{'):
			open++
		case json.Delim(']'), json.Delim('}'):
			open--
		}
		if open > limit {
			return &Error{Kind: TooDeep, Offset: at}
		}
	}
	return nil
}

// Next returns the next token and where it begins. Commas and colons are
// checked and left out. The error is an [*Error].
func (r *Reader) Next() (token json.Token, at int, err error) {
	// The decoder's own offset is after the last token, before comma, colon and
	// blanks.
	at = len(r.body) - len(bytes.TrimLeft(r.body[r.Offset():], " \t\r\n,:"))
	token, err = r.dec.Token()
	switch {
	case err == nil:
		return token, at, nil
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, at, &Error{Kind: Truncated, Offset: len(r.body), Detail: err.Error()}
	}
	return nil, at, &Error{Kind: Malformed, Offset: at, Detail: err.Error()}
}
