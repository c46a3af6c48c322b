// Package signature computes the signatures by which a server knows that a
// request comes from WeChat, and says of a wrong one which mistake made it.
//
// [Access] is the signature of the URL check and of every push; [Message] is
// the msg_signature of an encrypted push. A server compares with [Equal]:
//
//	if !signature.Equal(q.Get("signature"), signature.Access(token, q.Get("timestamp"), q.Get("nonce"))) {
//		http.Error(w, "not from WeChat", http.StatusForbidden)
//		return
//	}
//
// When a signature does not match, [Explain] finds out why: it applies each
// mistake known from other people's servers (strings sorted as numbers, a space
// after the token, and so on) and returns those that give exactly that
// signature. [Mistakes] returns them all, so that a program that sends requests
// can find out which mistake a server makes: it accepts the signature made with
// its own. [ArithmeticOf] shows how a signature comes about. [ParseRequest] reads the values out of a URL or a line of an access
// log.
//
// The rule is on
// https://developers.weixin.qq.com/doc/oplatform/developers/dev/push: sort the
// values as text, byte by byte, join them, and take the SHA-1 in lower-case
// hex. The package does not decrypt, does not look at a message's body and does
// not judge how old a timestamp is: WeChat sets no limit.
//
// # Compatibility
//
// The README says what a release may change. New releases know more mistakes,
// and may rank what [Explain] returns in another order.
package signature

import (
	"crypto/sha1"
	"crypto/subtle"
	"encoding/hex"
	"slices"
)

// hexSize is the length of a signature.
const hexSize = 2 * sha1.Size

// Access returns the signature of a request: the parameter signature of the
// URL check and of a push, in every encryption mode.
func Access(token, timestamp, nonce string) string {
	// A network of three comparisons instead of a call of slices.Sort: a server
	// does this for every request, and the values stay in registers.
	a, b, c := token, timestamp, nonce
	if b < a {
		a, b = b, a
	}
	if c < b {
		b, c = c, b
		if b < a {
			a, b = b, a
		}
	}
	var stack [128]byte // a token is 32 bytes at most, the numbers 10 each
	text := append(stack[:0], a...)
	text = append(text, b...)
	text = append(text, c...)
	return sha1Hex(text)
}

// Message returns the signature of an encrypted push or reply: the parameter
// msg_signature, or the element MsgSignature. Encrypt is the base64 text
// exactly as it is in the body.
func Message(token, timestamp, nonce, encrypt string) string {
	return Sum(token, timestamp, nonce, encrypt)
}

// Sum sorts parts byte by byte, joins them without a separator and returns the
// SHA-1 of that in lower-case hex. It leaves parts as they are. All of the
// platform's signatures are made this way, including those of cards; [Access]
// and [Message] are Sum with names.
func Sum(parts ...string) string {
	var few [8]string
	sorted := append(few[:0], parts...)
	slices.Sort(sorted)
	return hashJoined(sorted)
}

// Equal reports whether two signatures are the same, in a time that does not
// depend on where they differ. WeChat's are in lower case, and upper case is
// not equal to it.
func Equal(a, b string) bool {
	return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}

// hashJoined is the part of the rule after the sorting.
func hashJoined(parts []string) string {
	var stack [512]byte
	text := stack[:0]
	for _, p := range parts {
		text = append(text, p...)
	}
	return sha1Hex(text)
}

func sha1Hex(text []byte) string {
	sum := sha1.Sum(text)
	var out [hexSize]byte
	hex.Encode(out[:], sum[:])
	return string(out[:])
}
