package msgcrypt

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// base64Error says of a text that does not decode which character is at
// fault and what usually put it there.
func base64Error(s string) *Error {
	alien := func(r rune) bool { return !isKeyChar(r) && r != '+' && r != '/' }
	at := strings.IndexFunc(s, alien)
	if at >= 0 && s[at] == '=' { // at the end it may be right, and what follows it is wrong
		end := at + len(s[at:]) - len(strings.TrimLeft(s[at:], "="))
		switch {
		case end == len(s):
			at = -1
		case alien(rune(s[end])):
			at = end
		}
	}
	if at < 0 {
		return newError(ClassBase64, -1, reason.HintGroups, reason.EncryptGroups, "count", len(s))
	}
	r, _ := utf8.DecodeRuneInString(s[at:])
	e := newError(ClassBase64, at, base64Hint(r), reason.EncryptCharacter, "character", strconv.QuoteRune(r), "offset", at)
	if r == '\r' || r == '\n' {
		e.Cause = CauseLineBreaks
	}
	return e
}

func base64Hint(r rune) reason.ID {
	switch r {
	case ' ':
		return reason.HintBlankForPlus
	case '%':
		return reason.HintURLEncoded
	case '-', '_':
		return reason.HintURLSafe
	case '\r', '\n':
		return reason.HintLineBreaks
	case '\\':
		return reason.HintJSONEscape
	case '&', ';':
		return reason.HintXMLEscape
	case '<', '>':
		return reason.HintMarkup
	case '=':
		return reason.HintTwoTexts
	}
	return reason.HintNotEncrypt
}

func blockHint(encrypt string, decoded []byte) reason.ID {
	if looksHex(encrypt) {
		return reason.HintHex
	}
	if _, err := base64.StdEncoding.DecodeString(string(decoded)); err == nil && len(decoded) > 0 {
		return reason.HintBase64Twice
	}
	return reason.HintNotBlocks
}

// paddingError looks at the head of the text: when the length in it makes
// sense, the key was right and only the padding is not, or is not there yet.
func paddingError(buf []byte, encrypt, appID string) *Error {
	switch {
	case looksHex(encrypt):
	case !lengthFits(buf, binary.BigEndian) && len(buf) > headSize && opensMessage(buf[headSize:]):
		e := newError(ClassLength, -1, reason.HintCut, reason.EncryptCut,
			"given", int64(binary.BigEndian.Uint32(buf[randomSize:])), "count", len(buf)-headSize)
		e.Cause = CauseCut
		return e
	case lengthFits(buf, binary.BigEndian) && beginsAppID(buf[headSize+binary.BigEndian.Uint32(buf[randomSize:]):], appID):
		e := newError(ClassLength, -1, reason.HintCut, reason.EncryptCutInAppID)
		e.Cause = CauseCut
		return e
	}
	e := newError(ClassPadding, -1, paddingHint(buf, encrypt), reason.EncryptPadding, "byte", int(buf[len(buf)-1]))
	if lengthFits(buf, binary.BigEndian) && appID != "" && string(buf[headSize+binary.BigEndian.Uint32(buf[randomSize:]):]) == appID {
		e.Cause = CauseNoPadding
	}
	return e
}

// beginsAppID reports whether b is an AppID that is cut off: the wanted one,
// or where none is known, any.
func beginsAppID(b []byte, appID string) bool {
	if appID == "" {
		return len(b) > 0 && len(b) < len("wx0123456789abcdef") && (b[0] == 'w' && (len(b) == 1 || b[1] == 'x'))
	}
	return len(b) > 0 && len(b) < len(appID) && strings.HasPrefix(appID, string(b))
}

func paddingHint(buf []byte, encrypt string) reason.ID {
	if looksHex(encrypt) {
		return reason.HintHex
	}
	switch {
	case !lengthFits(buf, binary.BigEndian):
		return reason.HintWrongKey
	case buf[len(buf)-1] == 0:
		return reason.HintZeroPadding
	}
	return reason.HintNoPadding
}

// lengthHint tries the known ways to get the head wrong.
func lengthHint(b []byte) (hint reason.ID, proven Cause) {
	switch {
	case opensMessage(b[headSize:]) && !lengthFits(b, binary.LittleEndian):
		return reason.HintCut, "" // or its length was counted wrongly
	case lengthFits(b, binary.LittleEndian):
		return reason.HintLittleEndian, CauseLittleEndian
	case opensMessage(b):
		return reason.HintNoHead, ""
	case opensMessage(b[randomSize:]):
		return reason.HintNoLength, ""
	case opensMessage(b[lengthSize:]):
		return reason.HintNoRandom, CauseNoRandom
	}
	return reason.HintWrongKey, ""
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
		e := newError(ClassAppID, -1, appIDHint(want, p.AppID), reason.EncryptAppID,
			"got", quotation(p.AppID), "want", strconv.Quote(want))
		e.Want, e.Got = want, p.AppID
		return e
	}
	whole := string(p.Msg) + extra
	e := newError(ClassLength, -1, shortHint(whole, len(p.Msg)), reason.EncryptLengthAppID,
		"given", len(p.Msg), "count", len(whole))
	e.Want, e.Got = want, p.AppID
	return e
}

func shortHint(whole string, n int) reason.ID {
	if n == utf8.RuneCountInString(whole) || n == len(utf16.Encode([]rune(whole))) {
		return reason.HintCountsCharacters
	}
	return reason.HintCountBytes
}

func appIDHint(want, got string) reason.ID {
	switch {
	case want == "":
		return reason.HintNoAppIDSet
	case got == "":
		return reason.HintAppIDLeftOut
	case strings.Trim(got, " \t\r\n\x00") == want:
		return reason.HintAppIDBlanks
	case strings.EqualFold(got, want):
		return reason.HintAppIDCase
	case strings.HasPrefix(want, "gh_"), strings.HasPrefix(got, "gh_"):
		return reason.HintOriginalID
	case !strings.HasPrefix(got, "wx") && !strings.HasPrefix(got, "ww"):
		return reason.HintNotAnAppID
	}
	return reason.HintOtherAccount
}
