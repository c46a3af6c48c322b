package msgcrypt

import (
	"errors"
	"fmt"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// Class is a kind of failure. The names are stable.
type Class string

// The kinds, in the order in which they are looked for. [ClassField] and
// [ClassPadding] occur in Warnings too, and [ClassUTF8] only from
// [Plaintext.CheckUTF8].
const (
	ClassKey     Class = "key"          // the EncodingAESKey cannot be one
	ClassSyntax  Class = "syntax"       // the body is not the XML or JSON that it should be
	ClassField   Class = "field"        // the body parses, but an element is missing or of a wrong kind
	ClassSign    Class = "signature"    // MsgSignature does not match the reply
	ClassBase64  Class = "base64"       // Encrypt is not base64
	ClassBlock   Class = "block-length" // what it decodes to is not whole AES blocks
	ClassPadding Class = "padding"      // the last byte is not in 1..32: mostly a wrong key
	ClassLength  Class = "length"       // the length of the message does not fit
	ClassAppID   Class = "appid"        // it was encrypted for another AppID
	ClassUTF8    Class = "utf8"         // the message is not UTF-8
)

// Cause is a mistake of the sender's that the text proves. The names are
// stable.
type Cause string

// The causes that there are proofs of.
const (
	CauseLineBreaks   Cause = "line-breaks"   // the base64 has line ends
	CauseCut          Cause = "cut"           // the end of the text is missing
	CauseLittleEndian Cause = "little-endian" // the length is written backwards
	CauseNoRandom     Cause = "no-random"     // the length comes first
	CauseNoPadding    Cause = "no-padding"    // the AppID ends the last block
)

// Error says why a key, a body or an Encrypt text was refused. No Error holds
// a secret. Got is from the other side and not yet fit to print; the reasons
// are.
type Error struct {
	Class  Class
	Reason *finding.Reason
	Hint   *finding.Reason // what usually causes it, and what to do; may be nil
	Cause  Cause           // when it is proven; mostly empty
	Offset int             // of the byte at fault in the body, Encrypt or the message; -1 when no single one is

	// Want and Got are the AppIDs of ClassAppID and the signatures of
	// ClassSign, else empty.
	Want, Got string

	err error
}

// Error returns the reason in English. Class and Hint are for the caller to
// show.
func (e *Error) Error() string { return e.In(finding.English) }

// In implements [finding.Fact]: the reason in lang.
func (e *Error) In(lang finding.Lang) string { return e.Reason.In(lang) }

// HintIn returns the hint in lang, or "" when there is none.
func (e *Error) HintIn(lang finding.Lang) string {
	if e.Hint == nil {
		return ""
	}
	return e.Hint.In(lang)
}

// Unwrap lets errors.Is find ErrNoEncrypt.
func (e *Error) Unwrap() error { return e.err }

// ErrNoEncrypt is what is wrong with a body that parses but has no Encrypt:
// a message or a reply in plain mode.
var ErrNoEncrypt = errors.New("no Encrypt")

// noHint is the hint of an error that explains itself.
const noHint reason.ID = ""

// newError makes an Error. Its hint has no arguments; the pairs are those of
// the reason why.
func newError(class Class, offset int, hint, why reason.ID, pairs ...any) *Error {
	e := &Error{Class: class, Offset: offset, Reason: finding.Because(why, pairs...)}
	if hint != noHint {
		e.Hint = finding.Because(hint)
	}
	return e
}

// quotation is text of the other side, cut to what an AppID could be.
func quotation[T string | []byte](t T) finding.Quote {
	return finding.Quote{Text: string(t), Limit: 48}
}

// hexByte is a byte as "0xC4".
func hexByte(b byte) finding.Name { return finding.Name(fmt.Sprintf("0x%02X", b)) }
