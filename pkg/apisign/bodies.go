package apisign

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/internal/wxjson"
	"github.com/wxdev/wxdev/pkg/finding"
)

func encodeDigest(sum []byte, f form) []byte {
	switch f {
	case hexDigest:
		return []byte(hex.EncodeToString(sum))
	case base64Digest:
		return []byte(base64.StdEncoding.EncodeToString(sum))
	}
	return bytes.Clone(sum)
}

// bodyChanges are other bytes than those that were sent.
func (e *explainer) bodyChanges() []change {
	var list []change
	seen := map[string]bool{string(e.r.Body): true}
	for _, b := range slices.Concat(e.meantBodies(), e.otherBodies(), e.plaintexts()) {
		if seen[string(b.text)] {
			continue
		}
		seen[string(b.text)] = true
		id := "S17"
		switch {
		case b.variant == "plaintext" || b.variant == "parameters":
			id = "S18"
		case e.inner != nil && b.variant == e.innerVariant: // what was meant, inside of what was sent: E01 or E02 says so already
			id = e.innerID
		}
		list = append(list, change{id, b.variant, []any{"signed", bodyFact(id, b.text)}, dimBody, func(r *recipe) { r.body = b.text }})
	}
	return list
}

// meantBodies are the envelope in all its spellings.
func (e *explainer) meantBodies() []spelling {
	if e.env == nil {
		return respelled(e.r.Body)
	}
	list := spellings(*e.env)
	if e.inner != nil {
		list = append([]spelling{{"", e.inner}}, list...)
		for i := range list {
			list[i].variant = e.innerVariant
		}
	}
	for _, w := range wrappings(*e.env, e.base.timestamp) {
		list = append(list, spelling{"wrapped", w})
	}
	return list
}

// otherBodies are what else is made of a body.
func (e *explainer) otherBodies() []spelling {
	body := e.r.Body
	sum := sha256.Sum256(body)
	quoted := wxjson.AppendString(nil, string(body))
	return []spelling{
		{"newline", append(bytes.Clone(body), '\n')},
		{"newline", append(bytes.Clone(body), "\r\n"...)},
		{"trimmed", bytes.TrimSpace(body)},
		{"empty", []byte{}},
		{"empty", []byte("{}")},
		{"empty", []byte("null")},
		{"string", quoted},
		{"string", escapeSlashes(quoted)},
		{"digest", encodeDigest(sum[:], hexDigest)},
		{"digest", encodeDigest(sum[:], base64Digest)},
		{"base64", encodeDigest(body, base64Digest)},
	}
}

// bodyFact shows a body; a plaintext is the user's own, and only counted.
func bodyFact(id string, body []byte) finding.Fact {
	if id == "S18" {
		return finding.Count(len(body))
	}
	return finding.Excerpt(body)
}

// spelling is a body written in another way.
type spelling struct {
	variant string
	text    []byte
}

// large is a body of which fewer spellings are tried: each costs as much as the
// body.
const large = 64 << 10

// allSpacings are what stands around members, between them, and after names.
var allSpacings = [...][4]string{
	{"{", ",", ":", "}"},
	{"{", ", ", ": ", "}"},
	{"{", ",", ": ", "}"},
	{"{\n  ", ",\n  ", ": ", "\n}"},
	{"{\n    ", ",\n    ", ": ", "\n}"},
	{"{\n\t", ",\n\t", ": ", "\n}"},
	{"{ ", ", ", ": ", " }"},
}

// spellings are the same envelope as other programs write it: in each
// order and spacing, slashes escaped or not.
func spellings(env envelope) []spelling {
	var list []spelling
	orders, spacings := append([]string{"idt"}, permutations("idt")...), allSpacings[:]
	if len(env.Data) > large { // the usual ones
		orders, spacings = orders[:1], spacings[:2]
	}
	for _, order := range orders {
		for i, spacing := range spacings {
			text := env.spelled(order, spacing)
			variant, slashes := "order", "order"
			if order == "idt" {
				variant, slashes = "spaced", "slashes"
				if i == 0 {
					variant = "compact"
				}
			}
			list = append(list, spelling{variant, text})
			if slashed := escapeSlashes(text); !bytes.Equal(slashed, text) {
				list = append(list, spelling{slashes, slashed})
			}
			if i == 0 {
				equals := bytes.ReplaceAll(text, []byte("="), []byte(`\u003d`))
				list = append(list, spelling{"escapes", equals}, spelling{"escapes", bytes.ReplaceAll(equals, []byte("+"), []byte(`\u002b`))})
			}
		}
	}
	return list
}

// spelled is the envelope with its members in an order of the letters i, d and t.
func (e envelope) spelled(order string, spacing [4]string) []byte {
	values := map[byte][2]string{'i': {"iv", e.IV}, 'd': {"data", e.Data}, 't': {"authtag", e.Tag}}
	text := []byte(spacing[0])
	for i := range len(order) {
		if i > 0 {
			text = append(text, spacing[1]...)
		}
		v := values[order[i]]
		text = append(wxjson.AppendString(text, v[0]), spacing[2]...)
		text = wxjson.AppendString(text, v[1])
	}
	return append(text, spacing[3]...)
}

func escapeSlashes(text []byte) []byte { return bytes.ReplaceAll(text, []byte("/"), []byte(`\/`)) }

// wrappings are the sample's internal object around the envelope.
func wrappings(env envelope, timestamp string) [][]byte {
	inner := string(marshal(env))
	return [][]byte{
		[]byte(`{"req_ts":` + timestamp + `,"req_data":` + string(wxjson.AppendString(nil, inner)) + `}`),
		wxjson.AppendString(nil, inner),
	}
}

// respelled are the spellings of any JSON.
func respelled(body []byte) []spelling {
	var compact, indented bytes.Buffer
	if json.Compact(&compact, body) != nil || json.Indent(&indented, body, "", "  ") != nil {
		return nil
	}
	python := strings.NewReplacer(`":`, `": `, `,"`, `, "`).Replace(compact.String())
	return []spelling{
		{"compact", compact.Bytes()},
		{"spaced", indented.Bytes()},
		{"spaced", []byte(python)},
		{"slashes", escapeSlashes(compact.Bytes())},
		{"slashes", bytes.ReplaceAll(body, []byte(`\/`), []byte("/"))},
	}
}

// plaintexts are what stood in the place of the body before it was encrypted.
func (e *explainer) plaintexts() []spelling {
	if e.plaintext == nil {
		return nil
	}
	list := []spelling{{"plaintext", e.plaintext}}
	for _, b := range respelled(e.plaintext) {
		list = append(list, spelling{"plaintext", b.text})
	}
	if params, ok := withoutSecurity(e.plaintext); ok {
		list = append(list, spelling{"parameters", params})
		for _, b := range respelled(params) {
			list = append(list, spelling{"parameters", b.text})
		}
	}
	return list
}

// withoutSecurity drops _n, _appid and _timestamp, and leaves the other members
// as they are and where they are.
func withoutSecurity(object []byte) ([]byte, bool) {
	d := json.NewDecoder(bytes.NewReader(object))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, false
	}
	out := []byte{'{'}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, false
		}
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return nil, false
		}
		switch name {
		case "_n", "_appid", "_timestamp":
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(wxjson.AppendString(out, name.(string)), ':')
		out = append(out, value...)
	}
	return append(out, '}'), true
}
