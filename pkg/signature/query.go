package signature

import (
	"errors"
	"net/url"
	"strings"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// Query is what WeChat puts into the URL of a request, decoded once.
type Query struct {
	Signature string
	Timestamp string
	Nonce     string

	Echostr      string // of the URL check
	OpenID       string // of a push
	EncryptType  string // "aes" of an encrypted push
	MsgSignature string // of an encrypted push

	Params []Param // all of them, in order
}

// Request returns q as a [Request] with the token that is taken to be right.
// All parameters that do not belong in the hash are its Extra.
func (q Query) Request(token string) Request {
	r := Request{Token: token, Timestamp: q.Timestamp, Nonce: q.Nonce, Echostr: q.Echostr}
	for _, p := range q.Params {
		switch p.Name {
		case "signature", "msg_signature", "timestamp", "nonce", "echostr":
		default:
			r.Extra = append(r.Extra, p)
		}
	}
	return r
}

// ErrNoSignature is in the error of [ParseRequest] for text that has no
// parameter signature, such as a log's line about something else.
var ErrNoSignature = errors.New("no signature parameter")

// ParseRequest finds the parameters in text, which is a URL, a query string
// or a whole line of an access log: nginx's and Apache's, IIS's with the query
// in a field of its own, JSON with & written as \u0026, or a paste with &amp;.
// Of two URLs in a line, as with a referrer, the first with a signature counts.
//
// Values are percent-decoded exactly once. It is an error if signature,
// timestamp or nonce is missing, or if one of WeChat's parameters occurs twice
// with different values: servers differ in which one they read.
func ParseRequest(text string) (Query, error) { return parseRequest(text, "signature") }

// ParseWeComRequest is ParseRequest for a request of WeCom's, which has a
// msg_signature and no signature.
func ParseWeComRequest(text string) (Query, error) { return parseRequest(text, "msg_signature") }

func parseRequest(text, signed string) (Query, error) {
	raw, ok := findQuery(unescapeLog(text), signed+"=")
	if !ok {
		why := reason.NoSignatureIn
		switch {
		case signed == "msg_signature":
			why = reason.NoMsgSignatureIn
		case strings.Contains(text, "msg_signature="):
			why = reason.OnlyMsgSignature
		}
		return Query{}, finding.Because(why, "text", finding.Name(shorten(text))).Wrap(ErrNoSignature)
	}
	var q Query
	for pair := range strings.SplitSeq(raw, "&") {
		name, value, _ := strings.Cut(pair, "=")
		p, err := decodeParam(name, value)
		if err != nil {
			return Query{}, err
		}
		if p.Name == "" {
			continue
		}
		if field := q.field(p.Name); field != nil {
			if *field != "" && *field != p.Value {
				return Query{}, finding.Because(reason.ParameterTwice, "name", p.Name, "first", shorten(*field), "second", shorten(p.Value))
			}
			*field = p.Value
		}
		q.Params = append(q.Params, p)
	}
	for _, need := range []string{signed, "timestamp", "nonce"} {
		if *q.field(need) == "" {
			return Query{}, finding.Because(reason.NoParameterIn, "name", need, "text", shorten(raw))
		}
	}
	return q, nil
}

// field is where the value of WeChat's parameter belongs, nil for others.
func (q *Query) field(name string) *string {
	switch name {
	case "signature":
		return &q.Signature
	case "timestamp":
		return &q.Timestamp
	case "nonce":
		return &q.Nonce
	case "echostr":
		return &q.Echostr
	case "openid":
		return &q.OpenID
	case "encrypt_type":
		return &q.EncryptType
	case "msg_signature":
		return &q.MsgSignature
	}
	return nil
}

func decodeParam(name, value string) (Param, error) {
	n, err := url.QueryUnescape(name)
	if err != nil {
		return Param{}, finding.Because(reason.NameBadlyEncoded, "name", shorten(name))
	}
	v, err := url.QueryUnescape(value)
	if err != nil {
		return Param{}, finding.Because(reason.ValueBadlyEncoded, "name", n, "value", shorten(value))
	}
	return Param{n, v}, nil
}

// unescapeLog undoes how a log's format or a web page wrote the URL, not how
// the URL itself is encoded.
func unescapeLog(text string) string {
	if !strings.Contains(text, `\`) && !strings.Contains(text, "&amp;") && !strings.Contains(text, "&#") {
		return text
	}
	return strings.NewReplacer(
		`\u0026`, "&", `\u003d`, "=", `\u003D`, "=", `\u003f`, "?", `\u003F`, "?", `\u0025`, "%", `\u002b`, "+", `\u002B`, "+",
		`\x26`, "&", `\x3D`, "=", `\x3d`, "=", `\/`, "/",
		"&amp;", "&", "&#38;", "&", "&#x26;", "&",
	).Replace(text)
}

// findQuery returns the query string that holds a parameter, whose name ends
// with =.
func findQuery(text, name string) (string, bool) {
	words := strings.FieldsFunc(text, func(r rune) bool {
		return r <= ' ' || r == 0x7f || strings.ContainsRune("\"'<>`\\“”‘’　", r)
	})
	for _, word := range words {
		word, _, _ = strings.Cut(word, "#")
		word = strings.TrimRight(word, ",;.)]}，；。）】、")
		at := paramAt(word, name)
		if at < 0 {
			continue
		}
		start := strings.LastIndexByte(word[:at], '?') + 1
		query, _, _ := strings.Cut(word[start:], "?") // a second URL glued on
		if start == 0 {
			query = query[labelEnd(query):]
		}
		return query, true
	}
	return "", false
}

// paramAt is the place of name in s as a parameter's name, not as the end of
// another's; -1 if there is none.
func paramAt(s, name string) int {
	for from := 0; ; {
		i := strings.Index(s[from:], name)
		if i < 0 {
			return -1
		}
		i += from
		if i == 0 || !isNameByte(s[i-1]) {
			return i
		}
		from = i + len(name)
	}
}

func isNameByte(c byte) bool {
	return c == '_' || c == '-' || c == '.' || c == '%' ||
		'0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// labelEnd is the length of what a log puts before a query in the same word:
// args=signature=…, [signature=…, {query:signature=….
func labelEnd(query string) int {
	first, _, _ := strings.Cut(query, "&")
	for i := len(first) - 1; i > 0; i-- {
		if isNameByte(first[i-1]) {
			continue
		}
		name, _, ok := strings.Cut(first[i:], "=")
		if ok && (&Query{}).field(name) != nil {
			return i
		}
	}
	return 0
}

// shorten quotes text for an error, cut to what a line can hold.
func shorten(s string) string { return text.Quote([]byte(s), 120) }
