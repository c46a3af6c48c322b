package export

import (
	"crypto/rand"
	"encoding/base64"
	"strings"

	"github.com/wxdev/wxdev/internal/wxjson"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/wire"
)

// forms are targets that have been made, to be filled in: making a request and
// writing it as JSON takes longer than signing it. There is one for each kind of
// push.
type forms struct {
	pusher *push.Pusher
	known  map[kind]form
}

type kind struct {
	openid, sealed bool
	content        string // its type
}

// form is the text of a target between its values, of which it says the places.
type form struct {
	between []string
	values  []int
}

// append appends the target that a push is.
func (f *forms) append(dst []byte, p *push.Push) []byte {
	values := [...]string{p.Signature, p.Timestamp, p.Nonce, p.OpenID, p.MsgSignature}
	for _, v := range values {
		if strings.ContainsFunc(v, changes) {
			return f.general(dst, p)
		}
	}
	k := kind{p.OpenID != "", p.MsgSignature != "", p.Type}
	filled, ok := f.known[k]
	if !ok {
		filled = f.form(k)
		f.known[k] = filled
	}
	for i, text := range filled.between {
		dst = append(dst, text...)
		if i < len(filled.values) {
			dst = append(dst, values[filled.values[i]]...)
		}
	}
	dst = base64.StdEncoding.AppendEncode(dst, p.Body)
	return append(dst, targetEnd...)
}

// changes reports whether a character is written otherwise in a URL, or in JSON.
func changes(r rune) bool {
	return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r != '-' && r != '_'
}

// form is the general target of a push that has marks for its values, cut at
// these.
func (f *forms) form(k kind) form {
	marks := []string{rand.Text(), rand.Text(), rand.Text(), rand.Text(), rand.Text()} // which no URL has
	marked := &push.Push{Signature: marks[0], Timestamp: marks[1], Nonce: marks[2], OpenID: marks[3], MsgSignature: marks[4], Type: k.content}
	if !k.openid {
		marked.OpenID = ""
	}
	if !k.sealed {
		marked.MsgSignature = ""
	}
	text := strings.TrimSuffix(string(f.general(nil, marked)), targetEnd)
	var filled form
	for {
		at, value := len(text), -1
		for i, mark := range marks {
			if j := strings.Index(text, mark); j >= 0 && j < at {
				at, value = j, i
			}
		}
		filled.between = append(filled.between, text[:at])
		if value < 0 {
			return filled
		}
		filled.values = append(filled.values, value)
		text = text[at+len(marks[value]):]
	}
}

// general appends a target, whatever there is in it.
func (f *forms) general(dst []byte, p *push.Push) []byte {
	req := p.Request(f.pusher.URL)
	for _, h := range f.pusher.Header {
		req = req.With(h.Name, h.Value)
	}
	return appendTarget(dst, req)
}

const targetEnd = "\"}\n"

// appendTarget appends a request as vegeta reads it. What a client of HTTP writes
// by itself is left out.
func appendTarget(dst []byte, r *wire.Request) []byte {
	dst = append(dst, `{"method":"POST","url":`...)
	dst = wxjson.AppendString(dst, r.URL)
	dst = append(dst, `,"header":{`...)
	first := true
	for _, f := range r.Header {
		if f.Name == "Host" || f.Name == "Content-Length" {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = wxjson.AppendString(dst, f.Name)
		dst = append(dst, ":["...)
		dst = wxjson.AppendString(dst, f.Value)
		dst = append(dst, ']')
	}
	dst = append(dst, `},"body":"`...)
	dst = base64.StdEncoding.AppendEncode(dst, r.Body)
	return append(dst, targetEnd...)
}
