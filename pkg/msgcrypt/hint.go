package msgcrypt

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// wrongKeyHint is the usual cause when what comes out is noise.
const wrongKeyHint = `it was encrypted with another key, or the key was used undecoded: ` +
	`the AES key is base64-decode(EncodingAESKey + "="), the IV its first 16 bytes`

// cutHint is for a text whose head makes sense, but not its length.
const cutHint = "the key is right, but the end of the text is missing: was it cut off?"

// base64Error says of a text that does not decode which character is at
// fault and what usually put it there.
func base64Error(s string) *Error {
	alien := func(r rune) bool { return !isKeyChar(r) && r != '+' && r != '/' }
	at := strings.IndexFunc(s, alien)
	if at >= 0 && s[at] == '=' { // at the end it may be right, and what is behind it is wrong
		end := at + len(s[at:]) - len(strings.TrimLeft(s[at:], "="))
		switch {
		case end == len(s):
			at = -1
		case alien(rune(s[end])):
			at = end
		}
	}
	if at < 0 {
		return errorf(ClassBase64, -1,
			`it was cut off, or "=" at its end was left out or doubled`,
			"Encrypt is not base64: its %d characters are not whole groups of 4", len(s))
	}
	r, _ := utf8.DecodeRuneInString(s[at:])
	e := errorf(ClassBase64, at, base64Hint(r), "Encrypt is not base64: character %q at offset %d", r, at)
	if r == '\r' || r == '\n' {
		e.Cause = CauseLineBreaks
	}
	return e
}

func base64Hint(r rune) string {
	switch r {
	case ' ':
		return `a "+" became a blank: the text was URL-decoded once too often, or went through a form unescaped`
	case '%':
		return "it is still URL-encoded: decode it once"
	case '-', '_':
		return `it is URL-safe base64: WeChat uses the standard alphabet, with "+" and "/"`
	case '\r', '\n':
		return "the encoder breaks lines: WeChat's base64 is one line (in Java use Base64.getEncoder(), in Python b64encode)"
	case '\\':
		return `a JSON escape such as "\/" was not decoded: read the value with a JSON parser`
	case '&', ';':
		return "an XML or HTML escape was not decoded: read the value with an XML parser"
	case '<', '>':
		return "markup was taken along: give the text between the CDATA marks only"
	case '=':
		return "two texts were joined, or it was cut and continued"
	}
	return "it is not the text of an Encrypt element, or it was changed on the way"
}

func blockHint(encrypt string, decoded []byte) string {
	if looksHex(encrypt) {
		return "it is hex: WeChat uses base64"
	}
	if _, err := base64.StdEncoding.DecodeString(string(decoded)); err == nil && len(decoded) > 0 {
		return "it is base64 of base64: encode once"
	}
	return "it was cut off, or is not encrypted with AES-CBC"
}

// paddingError looks at the head of the text: when the length in it makes
// sense, the key was right and only the padding is not, or is not there yet.
func paddingError(buf []byte, encrypt, appID string) *Error {
	switch {
	case looksHex(encrypt):
	case !lengthFits(buf, binary.BigEndian) && len(buf) > headSize && opensMessage(buf[headSize:]):
		e := errorf(ClassLength, -1, cutHint, "the message has %d bytes, and the text ends after %d of them",
			binary.BigEndian.Uint32(buf[randomSize:]), len(buf)-headSize)
		e.Cause = CauseCut
		return e
	case lengthFits(buf, binary.BigEndian) && beginsAppID(buf[headSize+binary.BigEndian.Uint32(buf[randomSize:]):], appID):
		e := errorf(ClassLength, -1, cutHint, "the text ends within the AppID, behind the whole message")
		e.Cause = CauseCut
		return e
	}
	return errorf(ClassPadding, -1, paddingHint(buf, encrypt),
		"the padding is wrong: the last decrypted byte is %d, not 1..%d", buf[len(buf)-1], padBlock)
}

// beginsAppID reports whether b is an AppID that is cut off: the wanted one,
// or where none is known, any.
func beginsAppID(b []byte, appID string) bool {
	if appID == "" {
		return len(b) > 0 && len(b) < len("wx0123456789abcdef") && (b[0] == 'w' && (len(b) == 1 || b[1] == 'x'))
	}
	return len(b) > 0 && len(b) < len(appID) && strings.HasPrefix(appID, string(b))
}

func paddingHint(buf []byte, encrypt string) string {
	if looksHex(encrypt) {
		return "it is hex: WeChat uses base64"
	}
	switch {
	case !lengthFits(buf, binary.BigEndian):
		return wrongKeyHint
	case buf[len(buf)-1] == 0:
		return "the key is right; the sender padded with zeros: write the number of padding bytes, 1 to 32, into each"
	}
	return "the key is right, but the sender added no padding of its own: add 1 to 32 bytes, each holding their number"
}

// lengthHint tries the known ways to get the head wrong.
func lengthHint(b []byte) (hint string, proven Cause) {
	switch {
	case opensMessage(b[headSize:]) && !lengthFits(b, binary.LittleEndian):
		return cutHint, "" // or its length was counted wrongly
	case lengthFits(b, binary.LittleEndian):
		return "the length is little-endian: write it in network byte order (htonl)", CauseLittleEndian
	case opensMessage(b):
		return "the message stands at the start: put 16 random bytes and the 4-byte length before it", ""
	case opensMessage(b[randomSize:]):
		return "the 4-byte length between the random bytes and the message is missing", ""
	case opensMessage(b[lengthSize:]):
		return "the 16 random bytes before the length are missing", CauseNoRandom
	}
	return wrongKeyHint, ""
}

func lengthFits(b []byte, order binary.ByteOrder) bool {
	return len(b) >= headSize && uint64(order.Uint32(b[randomSize:])) <= uint64(len(b)-headSize)
}

func opensMessage(b []byte) bool {
	return bytes.HasPrefix(b, []byte("<xml")) || bytes.HasPrefix(b, []byte("<?xml")) || bytes.HasPrefix(b, []byte(`{"`))
}

func looksHex(s string) bool {
	_, err := hex.DecodeString(s)
	return err == nil
}

// appIDError says how the end of p differs from the AppID that is wanted.
// When the end is that AppID with more before it, the length is what is
// wrong: it counts fewer bytes than the message has.
func appIDError(p *Plaintext, want string) *Error {
	extra, short := strings.CutSuffix(p.AppID, want)
	if want == "" || !short {
		e := errorf(ClassAppID, -1, appIDHint(want, p.AppID),
			"the AppID is %s, not %q", brief(p.AppID), want)
		e.Want, e.Got = want, p.AppID
		return e
	}
	whole := string(p.Msg) + extra
	e := errorf(ClassLength, -1, shortHint(whole, len(p.Msg)),
		"the message's length is given as %d bytes, but %d stand before the AppID", len(p.Msg), len(whole))
	e.Want, e.Got = want, p.AppID
	return e
}

func shortHint(whole string, n int) string {
	if n == utf8.RuneCountInString(whole) || n == len(utf16.Encode([]rune(whole))) {
		return "the length counts characters: take the length of the UTF-8 bytes"
	}
	return "take the length of the message's bytes, after all changes to it"
}

func appIDHint(want, got string) string {
	switch {
	case want == "":
		return "no AppID is configured to compare it with"
	case got == "":
		return "the sender left the AppID out: is it set in its configuration?"
	case strings.Trim(got, " \t\r\n\x00") == want:
		return "the sender's AppID has a blank, a line end or a zero byte around it"
	case strings.EqualFold(got, want):
		return "AppIDs are compared by case: copy it from the console"
	case strings.HasPrefix(want, "gh_"), strings.HasPrefix(got, "gh_"):
		return "gh_… is the account's original id: the AppID begins with wx"
	case !strings.HasPrefix(got, "wx") && !strings.HasPrefix(got, "ww"):
		return "the end of the text is not an AppID: the sender added something, or its length field is too small"
	}
	return "sender and receiver are set up for different accounts; a third-party platform's pushes end with the component AppID"
}

// brief quotes s, cut to what an AppID could be.
func brief(s string) string {
	const most = 48
	if len(s) <= most {
		return fmt.Sprintf("%q", s)
	}
	return fmt.Sprintf("%q… (%d bytes)", s[:most], len(s))
}
