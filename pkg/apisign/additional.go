package apisign

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// additional finds the additional data that the tag was made with.
func (e *explainer) additional(o *opened) []Mistake {
	tag, _ := base64.StdEncoding.DecodeString(e.env.Tag)
	if len(tag) == 0 && o.data.variant == "appended" {
		raw, _ := base64.StdEncoding.DecodeString(e.env.Data)
		tag = raw[max(0, len(raw)-tagSize):]
	}
	if len(tag) < 4 || len(tag) > tagSize {
		return nil
	}
	block, err := aes.NewCipher(o.key.value)
	if err != nil {
		return nil
	}
	gcm, err := cipher.NewGCMWithNonceSize(block, len(o.iv.value))
	if err != nil {
		return nil
	}
	var buf []byte
	fits := func(aad []byte, _ form) bool {
		buf = gcm.Seal(buf[:0], o.iv.value, o.plaintext, aad)
		return bytes.HasPrefix(buf[len(o.plaintext):], tag)
	}
	base := e.aadBase()
	s := &searcher{base: base, fits: []func([]byte, form) bool{fits}, each: len(o.plaintext)}
	got, ok := s.run(e.aadChanges())
	e.out.Tried += s.tried
	if !ok {
		if e.k.SymmetricSN == "" {
			e.out.notChecked(reason.APINoSymmetricNumber)
			return nil
		}
		return []Mistake{mistake(false, "E08", "unknown", "n", s.tried, "want", e.shown(AAD(base.url, base.appID, base.timestamp, string(base.body))))}
	}
	e.out.AAD = string(got.text)
	if len(got.changes) == 0 {
		return nil
	}
	want := base.render(nil)
	c := got.changes[0]
	return []Mistake{mistake(true, "E08", c.variant, append(c.facts, "aad", e.shown(string(got.text)), "want", e.shown(string(want)))...)}
}

// aadBase is the right additional data. A call without headers has the time
// inside.
func (e *explainer) aadBase() recipe {
	r := e.base
	r.body, r.sep = []byte(e.k.SymmetricSN), "|"
	var inside struct {
		AppID string      `json:"_appid"`
		Time  json.Number `json:"_timestamp"`
	}
	if (r.appID == "" || r.timestamp == "") && json.Unmarshal(e.plaintext, &inside) == nil {
		if r.appID == "" {
			r.appID = inside.AppID
		}
		if r.timestamp == "" {
			r.timestamp = inside.Time.String()
		}
	}
	return r
}

// aadChanges are the mistakes in it, by what is mistaken.
func (e *explainer) aadChanges() []change {
	list := []change{{"E08", "none", nil, dimDigest, func(r *recipe) { r.order, r.tail, r.head = "", "", "" }}}
	for _, n := range e.numbers() {
		if n.number != "" && n.number != e.k.SymmetricSN {
			list = append(list, change{"E08", "number", []any{"number", n.number}, dimBody, func(r *recipe) { r.body = []byte(n.number) }})
		}
	}
	list = append(list, change{"E08", "number", []any{"number", ""}, dimBody, func(r *recipe) { r.body = nil }})
	as := func(variant string, from []change) {
		for _, c := range from {
			list = append(list, change{"E08", variant, nil, c.dim, c.apply})
		}
	}
	as("url", e.urlChanges())
	as("time", e.timeChanges())
	as("separator", separatorChanges())
	list = append(list, change{"E08", "separator", nil, dimSeparator, func(r *recipe) { r.sep = "\n" }})
	as("order", e.orderChanges())
	as("appid", e.appIDChanges())
	return append(list, change{"E08", "body", nil, dimNumber, func(r *recipe) { r.order, r.body = "b", e.r.Body }})
}

// inside judges what was encrypted.
func (e *explainer) inside() []Mistake {
	var members map[string]json.RawMessage
	if json.Unmarshal(e.plaintext, &members) != nil || members == nil {
		return []Mistake{notAnObject(e.plaintext)}
	}
	return append(e.security(members), e.parameters(members)...)
}

func notAnObject(plaintext []byte) Mistake {
	var s string
	var list []json.RawMessage
	switch {
	case json.Unmarshal(plaintext, &s) == nil:
		return mistake(true, "E11", "string")
	case json.Unmarshal(plaintext, &list) == nil:
		return mistake(true, "E11", "array")
	}
	return mistake(true, "E11", "other", "n", len(plaintext))
}

// security looks at the three members that every call has.
func (e *explainer) security(members map[string]json.RawMessage) []Mistake {
	var list []Mistake
	var text string
	for _, name := range []string{"_n", "_appid", "_timestamp"} {
		if _, ok := members[name]; !ok {
			list = append(list, mistake(true, "E12", "missing", "member", name))
		}
	}
	if raw, ok := members["_n"]; ok && (json.Unmarshal(raw, &text) != nil || text == "") {
		list = append(list, mistake(true, "E12", "nonce", "found", finding.Excerpt(string(raw))))
	}
	if raw, ok := members["_appid"]; ok {
		text = ""
		if json.Unmarshal(raw, &text) != nil || e.base.appID != "" && text != e.base.appID {
			list = append(list, mistake(true, "E12", "appid", "found", finding.Excerpt(string(raw)), "want", e.base.appID))
		}
	}
	if raw, ok := members["_timestamp"]; ok {
		switch {
		case bytes.HasPrefix(raw, []byte(`"`)):
			list = append(list, mistake(true, "E12", "string", "found", finding.Excerpt(string(raw))))
		case e.base.timestamp != "" && string(raw) != e.base.timestamp:
			list = append(list, mistake(true, "E12", "time", "found", finding.Excerpt(string(raw)), "want", e.base.timestamp))
		}
	}
	return list
}

// parameters looks at how the call's own are put in.
func (e *explainer) parameters(members map[string]json.RawMessage) []Mistake {
	var list []Mistake
	own := 0
	for name := range members {
		if name != "_n" && name != "_appid" && name != "_timestamp" {
			own++
		}
	}
	if raw, ok := members["data"]; ok && own == 1 && wraps(raw) {
		list = append(list, mistake(false, "E13", "data"))
	}
	if _, ok := members["access_token"]; ok {
		list = append(list, mistake(true, "E13", "token"))
	}
	query, _ := queryOf(e.r.URL)
	var left []string
	for _, name := range sortedKeys(query) {
		if _, ok := members[name]; !ok {
			left = append(left, name)
		}
	}
	if left != nil {
		list = append(list, mistake(true, "E13", "query", "names", finding.AllOf(left)))
	}
	return list
}

// wraps reports whether a value is an object, or the text of one.
func wraps(raw json.RawMessage) bool {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		raw = json.RawMessage(s)
	}
	var members map[string]json.RawMessage
	return json.Unmarshal(raw, &members) == nil && members != nil
}
