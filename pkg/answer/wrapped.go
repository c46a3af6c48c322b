package answer

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"sort"
	"strings"
)

// jsonField finds the field of a JSON document whose value is the echostr.
func jsonField(body []byte, echostr string) (string, bool) {
	body = bytes.TrimSpace(body)
	if len(body) == 0 || body[0] != '{' && body[0] != '[' {
		return "", false
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) != nil {
		return "", false
	}
	return fieldOf(v, echostr, "")
}

func fieldOf(v any, echostr, path string) (string, bool) {
	switch v := v.(type) {
	case string:
		return path, v == echostr
	case json.Number:
		return path, v.String() == echostr
	case []any:
		for i, e := range v {
			if p, ok := fieldOf(e, echostr, fmt.Sprintf("%s[%d]", path, i)); ok {
				return p, true
			}
		}
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		for _, k := range keys {
			if p, ok := fieldOf(v[k], echostr, strings.TrimPrefix(path+"."+k, ".")); ok {
				return p, true
			}
		}
	}
	return "", false
}

// xmlWrapped reports whether the body is one XML element with the echostr as
// its text, as serialisers write a string.
func xmlWrapped(body []byte, echostr string) bool {
	var v struct {
		XMLName xml.Name
		Text    string `xml:",chardata"`
	}
	if err := xml.Unmarshal(body, &v); err != nil {
		return false
	}
	name := strings.ToLower(v.XMLName.Local)
	return strings.TrimSpace(v.Text) == echostr && name != "html" && name != "div" && name != "p"
}
