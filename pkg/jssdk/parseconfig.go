package jssdk

import (
	"slices"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// MaxText is how long a text for ParseConfig may be, in bytes.
const MaxText = 1 << 20

// maxObjects is how many braces of a text are tried as the config's.
const maxObjects = 200

var call = lazy.Regexp(`\bwx\s*\.\s*config\s*\(\s*`)

// ParseConfig reads a config out of text: a call of wx.config from a page or a
// script, an object literal as a console prints it, JSON, or the answer of a
// signing API that holds the config somewhere inside. The object may have
// unquoted names, single quotes, comments and extra commas. Nothing is
// evaluated: a field whose value is an expression is an error that names it.
//
// Fields that are absent are empty in the config, see [Config.Missing]; only
// signature must be present.
func ParseConfig(s string) (Config, error) {
	if len(s) > MaxText {
		return Config{}, finding.Because(reason.TextTooLong, "limit", MaxText>>20)
	}
	if at := call.Get().FindStringIndex(s); at != nil && at[1] < len(s) && s[at[1]] == '{' {
		object, err := parseObject(s, at[1])
		if err != nil {
			return Config{}, finding.Because(reason.ConfigArgument, "error", err)
		}
		return newConfig(object)
	}
	var first error
	from := 0
	for range maxObjects {
		i := strings.IndexByte(s[from:], '{')
		if i < 0 {
			break
		}
		from += i
		object, err := parseObject(s, from)
		if err == nil {
			if found := object.find("signature"); found != nil {
				return newConfig(found)
			}
			err = finding.Because(reason.ObjectWithoutSignature)
			from = max(from, object.end-1) // nothing in it has one either
		}
		if first == nil {
			first = err
		}
		from++
	}
	if first == nil {
		first = finding.Because(reason.TextWithoutObject)
	}
	return Config{}, finding.Because(reason.NoWxConfig, "text", finding.Quote{Text: s, Limit: 60}, "error", first)
}

// ParseArgument reads the argument of wx.config as JSON.stringify writes it.
// Fields that are absent are empty in the config, the signature too; what is
// not an object has no fields.
func ParseArgument(s string) (Config, error) {
	s = strings.TrimSpace(s)
	if !strings.HasPrefix(s, "{") {
		return Config{}, nil
	}
	object, err := parseObject(s, 0)
	if err != nil {
		return Config{}, err
	}
	return readConfig(object)
}

// find returns the object that has a field called name: this one, or one inside
// it.
func (v *jsValue) find(name string) *jsValue {
	if v.field(name) != nil {
		return v
	}
	for _, m := range v.members {
		if found := m.value.find(name); found != nil {
			return found
		}
	}
	for _, item := range v.items {
		if found := item.find(name); found != nil {
			return found
		}
	}
	return nil
}

// field returns the value of a field whose name is name in any spelling:
// noncestr and nonce_str are nonceStr.
func (v *jsValue) field(name string) *jsMember {
	var alike *jsMember
	for i, m := range v.members {
		if m.name == name {
			return &v.members[i]
		}
		if len(m.name) < 30 && sameField(m.name, name) {
			alike = &v.members[i]
		}
	}
	return alike
}

// sameField reports whether two names differ only in case, _ and -.
func sameField(a, b string) bool {
	plain := func(s string) string { return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(s)) }
	return plain(a) == plain(b)
}

func newConfig(object *jsValue) (Config, error) {
	c, err := readConfig(object)
	if err == nil && c.Signature == "" {
		err = finding.Because(reason.ConfigWithoutSignature)
	}
	if err != nil {
		return Config{}, err
	}
	return c, nil
}

// readConfig reads what fields there are.
func readConfig(object *jsValue) (Config, error) {
	var c Config
	for _, f := range []struct {
		name string
		to   *string
	}{{"appId", &c.AppID}, {"timestamp", &c.Timestamp}, {"nonceStr", &c.NonceStr}, {"signature", &c.Signature}} {
		m := object.field(f.name)
		if m == nil {
			continue
		}
		switch m.value.kind {
		case jsText, jsNumber:
			*f.to = m.value.text
		case jsExpression:
			return Config{}, finding.Because(reason.FieldIsExpression, "field", f.name, "text", finding.Quote{Text: m.value.text, Limit: 60})
		default:
			return Config{}, finding.Because(reason.FieldNotScalar, "field", f.name)
		}
		if m.name != f.name {
			c.Misspelt = append(c.Misspelt, m.name)
		}
	}
	if m := object.field("debug"); m != nil {
		c.Debug = m.value.kind == jsOther && m.value.text == "true"
	}
	if m := object.field("jsApiList"); m != nil && m.name != "jsApiList" {
		c.Misspelt = append(c.Misspelt, m.name)
	}
	c.apis = readAPIs(object.field("jsApiList"))
	c.JSAPIList = object.texts("jsApiList")
	c.OpenTagList = object.texts("openTagList")
	return c, nil
}

func readAPIs(m *jsMember) apiList {
	switch {
	case m == nil:
		return apiList{state: apiAbsent}
	case m.value.kind == jsExpression:
		return apiList{}
	case m.value.kind == jsObject:
		return apiList{state: apiNoList, text: "{…}"}
	case m.value.kind != jsList:
		return apiList{state: apiNoList, text: m.value.text}
	case len(m.value.items) == 0:
		return apiList{state: apiEmpty}
	}
	return apiList{}
}

// texts returns the strings of a list, nil if the field is not a list.
func (v *jsValue) texts(name string) []string {
	m := v.field(name)
	if m == nil || m.value.kind != jsList {
		return nil
	}
	list := []string{}
	for _, item := range m.value.items {
		if item.kind == jsText {
			list = append(list, item.text)
		}
	}
	return slices.Clip(list)
}
