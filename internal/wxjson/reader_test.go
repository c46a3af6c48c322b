package wxjson

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	for body, want := range map[string]string{
		`{"a":[1,"b"]}` + "\n": "<nil>",
		``:                     "truncated at byte 0",
		`{"a":"b`:              "truncated at byte 6",
		`{"a":"b",}`:           "malformed at byte 9",
		`{"a":tru}`:            "malformed at byte 8",
		`{} x`:                 "malformed at byte 3",
	} {
		if err := Check([]byte(body)); fmt.Sprint(err) != want {
			t.Errorf("%s: %v, want %s", body, err, want)
		}
	}
	var e *Error
	if err := Check([]byte(`[1 2]`)); !errors.As(err, &e) || e.Detail != "invalid character '2' after array element" {
		t.Errorf("%+v", e)
	}
}

// all reads tokens up to an error or the end of the value.
func all(body string, start int) (tokens []string, end int, err error) {
	r := NewReader([]byte(body), start)
	for depth := 0; ; {
		token, at, err := r.Next()
		if err != nil {
			return tokens, r.Offset(), err
		}
		tokens = append(tokens, fmt.Sprintf("%d:%v", at, token))
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return tokens, r.Offset(), nil
		}
	}
}

func TestReader(t *testing.T) {
	tokens, end, err := all("x{\"a\" : 12345678901234567890,\n\"b\":[true , null,\"\\u4f60\"], \"c\":{}} trailing", 1)
	want := "1:{ 2:a 8:12345678901234567890 30:b 34:[ 35:true 42:<nil> 47:你 55:] 58:c 62:{ 63:} 64:}"
	if got := strings.Join(tokens, " "); got != want || end != 65 || err != nil {
		t.Errorf("got  %s, %d, %v\nwant %s", got, end, err, want)
	}
	for body, want := range map[string]string{
		``:               "truncated at byte 0",
		`{"a"`:           "truncated at byte 4",
		`{"a":"b`:        "truncated at byte 7",
		"{\"a\":1 \n":    "truncated at byte 8",
		`{"a" 1}`:        "malformed at byte 5",
		`{"a":` + "\n x": "malformed at byte 7",
		`{"a":1,}`:       "malformed at byte 7",
		`[1,,2]`:         "malformed at byte 4",
		`{1:2}`:          "malformed at byte 1",
	} {
		if _, _, err := all(body, 0); fmt.Sprint(err) != want {
			t.Errorf("%s: %v, want %s", body, err, want)
		}
	}
}

// FuzzReader: tokens come one after the other within the body, and Check and
// Reader agree about what is JSON.
func FuzzReader(f *testing.F) {
	for _, body := range []string{"", "{", `{"a":[1,{"b":null}],"c":"\u2028"}`, `{"a":tru}`, `{"a" 1}`, "[1,\n2", `{"a":"\xff"}`, `{"a":1}{}`} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var e *Error
		whole := Check(body)
		if whole != nil && (!errors.As(whole, &e) || e.Offset < 0 || e.Offset > len(body) || e.Detail == "") {
			t.Fatalf("%q: %#v", body, whole)
		}
		r, before, depth := NewReader(body, 0), 0, 0
		for {
			token, at, err := r.Next()
			if err != nil {
				if !errors.As(err, &e) || e.Offset < before || e.Offset > len(body) || e.Detail == "" {
					t.Fatalf("%q: %#v after %d", body, err, before)
				}
				if whole == nil {
					t.Fatalf("%q: %v, but it is JSON", body, err)
				}
				return
			}
			if at < before || at >= r.Offset() || r.Offset() > len(body) {
				t.Fatalf("%q: %v at %d..%d after %d", body, token, at, r.Offset(), before)
			}
			before = r.Offset()
			switch token {
			case json.Delim('{'), json.Delim('['):
				depth++
			case json.Delim('}'), json.Delim(']'):
				depth--
			}
			if depth == 0 {
				return
			}
		}
	})
}
