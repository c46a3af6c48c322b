package apisign

import (
	"encoding/json"
	"net/url"
	"strings"

	"github.com/wxdev/wxdev/pkg/finding"
)

// body reads the envelope, and what is in its place.
func (e *explainer) body() []Mistake {
	if env, ok := readEnvelope(e.r.Body); ok {
		e.env = &env
		return nil
	}
	list, inner := misplaced(e.r)
	if inner != nil {
		env, _ := readEnvelope(inner)
		e.env, e.inner = &env, inner
		e.innerID, e.innerVariant = list[0].ID, list[0].Variant
	}
	return list
}

// misplaced finds the envelope in a body that is none.
func misplaced(r Request) ([]Mistake, []byte) {
	kind := strings.ToLower(header(r.Header, "Content-Type"))
	text := strings.TrimSpace(string(r.Body))
	if strings.HasPrefix(kind, "multipart/") {
		return []Mistake{mistake(true, "E02", "multipart")}, nil
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(r.Body, &members) == nil {
		for _, name := range sortedKeys(members) {
			inner := []byte(members[name])
			var s string
			if json.Unmarshal(inner, &s) == nil {
				inner = []byte(s)
			}
			if !IsEnvelope(inner) {
				continue
			}
			if name == "req_data" {
				return []Mistake{mistake(true, "E01", "wrapper")}, inner
			}
			return []Mistake{mistake(true, "E01", "nested", "member", name)}, inner
		}
		return []Mistake{mistake(true, "E03", "json", "members", finding.Names(sortedKeys(members)...))}, nil
	}
	var s string
	if json.Unmarshal(r.Body, &s) == nil && IsEnvelope([]byte(s)) {
		return []Mistake{mistake(true, "E01", "string")}, []byte(s)
	}
	if form, err := url.ParseQuery(text); err == nil && form.Has("iv") && form.Has("data") {
		return []Mistake{mistake(true, "E02", "form")}, marshal(envelope{form.Get("iv"), form.Get("data"), form.Get("authtag")})
	} else if err == nil && len(form) == 1 {
		for name, values := range form { // an object that became a form's only name
			for _, inner := range []string{name, values[0], name + "=" + values[0]} {
				if IsEnvelope([]byte(inner)) {
					return []Mistake{mistake(true, "E02", "form")}, []byte(inner)
				}
			}
		}
	}
	if text == "" {
		return []Mistake{mistake(true, "E03", "empty")}, nil
	}
	return []Mistake{mistake(true, "E03", "other", "body", finding.Excerpt(r.Body))}, nil
}
