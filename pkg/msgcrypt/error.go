package msgcrypt

import (
	"errors"
	"fmt"
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
	ClassSign    Class = "signature"    // MsgSignature does not belong to the reply
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
)

// Error says why a key, a body or an Encrypt text was refused. No Error holds
// a secret. Got is from the other side and not yet fit to print; Msg is.
type Error struct {
	Class  Class
	Msg    string
	Hint   string // what usually causes it, and what to do; may be empty
	Cause  Cause  // when it is proven; mostly empty
	Offset int    // of the byte at fault in the body, Encrypt or the message; -1 when no single one is

	// Want and Got are the AppIDs of ClassAppID and the signatures of
	// ClassSign, else empty.
	Want, Got string

	err error
}

// Error returns Msg. Class and Hint are for the caller to show.
func (e *Error) Error() string { return e.Msg }

// Unwrap lets errors.Is find ErrNoEncrypt.
func (e *Error) Unwrap() error { return e.err }

// ErrNoEncrypt is what is wrong with a body that parses but has no Encrypt:
// a message or a reply in plain mode.
var ErrNoEncrypt = errors.New("no Encrypt")

func errorf(class Class, offset int, hint, format string, args ...any) *Error {
	return &Error{Class: class, Offset: offset, Hint: hint, Msg: fmt.Sprintf(format, args...)}
}
