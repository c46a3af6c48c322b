package api

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/wxjson"
)

// verdict is what an answer says about its success.
type verdict struct {
	code int
	msg  string // without the rid, fit to print
	rid  string
}

// readVerdict finds an answer's errcode. Many successful answers have none, and
// files are not JSON: then it reports false.
func readVerdict(body []byte) (verdict, bool) {
	body = bytes.TrimLeft(body, " \t\r\n")
	if len(body) == 0 || body[0] != '{' {
		return verdict{}, false
	}
	var fields struct {
		Code json.RawMessage `json:"errcode"`
		Msg  json.RawMessage `json:"errmsg"`
	}
	if json.Unmarshal(body, &fields) != nil || fields.Code == nil {
		return verdict{}, false
	}
	code, err := strconv.Atoi(strings.Trim(string(fields.Code), `"`)) // a few calls send it as a string
	if err != nil {
		return verdict{}, false
	}
	var msg string
	if json.Unmarshal(fields.Msg, &msg) != nil {
		msg = string(fields.Msg)
	}
	v := verdict{code: code}
	v.msg, v.rid = splitRid(msg)
	return v, true
}

// ridTail is how errmsg ends: " rid: 640d8707-66796d60-192e4bee", with or
// without a comma before it. The "hint: [abc]" of older ones stays.
var ridTail = lazy.Regexp(`,?\s*\brid:\s*([0-9A-Za-z-]{1,64})\s*$`)

func splitRid(msg string) (s, rid string) {
	if m := ridTail.Get().FindStringSubmatchIndex(msg); m != nil {
		msg, rid = msg[:m[0]], msg[m[2]:m[3]]
	}
	return text.Line(msg), rid
}

// cleanRid returns rid if it is one, else "".
func cleanRid(rid string) string {
	if _, r := splitRid(" rid: " + rid); r == rid {
		return r
	}
	return ""
}

// Encode returns v as JSON that the API takes: it refuses or garbles text in
// \u escapes (40033, 47002), which Go writes for & < > and two line
// separators.
func Encode(v any) ([]byte, error) { return wxjson.Marshal(v) }
