package jssdk

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/wxdev/wxdev/internal/bilingual"
)

var parsed = Config{AppID: "wx1", Timestamp: "1700000000", NonceStr: "n", Signature: "s", JSAPIList: []string{"a"}}

var configForms = []string{
	`wx.config({debug:false,appId:"wx1",timestamp:1700000000,nonceStr:"n",signature:"s",jsApiList:["a"]})`,
	`{"appId":"wx1","timestamp":"1700000000","nonceStr":"n","signature":"s","jsApiList":["a"]}`,
	`{"code":0,"data":{"config":{"appId":"wx1","timestamp":1700000000,"nonceStr":"n","signature":"s","jsApiList":["a"]}}}`,
	`[{"appId":"wx1","timestamp":1700000000,"nonceStr":"n","signature":"s","jsApiList":["a"]}]`,
	"<html><script>function f() { return {a: 1}; }\nwx . config (\n{ // a\n'appId' : 'wx1', /* b */ timestamp: 1700000000,, nonceStr: `n`, signature: 's', success: function () { f('}'); }, jsApiList: ['a',],\n});</script>",
	`{appId: "\x77\u0078\u{31}", timestamp: 1700000000, nonceStr: "n", signature: "\s", jsApiList: ["a", b]}`,
	`$.get('/api', function (r) {}); var c = {appId: 'wx1', timestamp: 1700000000, nonceStr: 'n', signature: 's', jsApiList: ['a'], beta: true};`,
}

func TestParseConfig(t *testing.T) {
	for _, text := range configForms {
		got, err := ParseConfig(text)
		if err != nil || !reflect.DeepEqual(got, parsed) {
			t.Errorf("%s\nis %+v, %v", text, got, err)
		}
	}
	got, err := ParseConfig(`{"appid":"wx1","timeStamp":1700000000,"nonce_str":"n","Signature":"s","jsapilist":["a"],"debug":true}`)
	want := parsed
	want.Debug, want.Misspelt = true, []string{"appid", "timeStamp", "nonce_str", "Signature", "jsapilist"}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	got, err = ParseConfig(`{"signature":"😀","nonceStr":"\ud83d\ude00\'\n\
x"}`)
	if err != nil || got.Signature != "😀" || got.NonceStr != "😀'\nx" {
		t.Errorf("got %+v, %v", got, err)
	}
}

// TestParseArgument: an argument need not be a whole config.
func TestParseArgument(t *testing.T) {
	for text, want := range map[string]Config{
		`{"appId":"wx1","timestamp":1700000000,"nonceStr":"n","signature":"s","jsApiList":["a"]}`: parsed,
		` {"noncestr":"n"}`: {NonceStr: "n", Misspelt: []string{"noncestr"}, apis: apiList{state: apiAbsent}},
		"null":              {},
		"7":                 {},
		"":                  {},
	} {
		if got, err := ParseArgument(text); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{`{"signature":{}}`, `{"signature":`} {
		if got, err := ParseArgument(text); err == nil {
			t.Errorf("%s is %+v", text, got)
		}
	}
}

func TestParseConfigErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "it has no object"},
		{"hello", `no wx.config in "hello"`},
		{`{"a":1}`, "the object has no signature"},
		{`wx.config({signature: 1, nonceStr: 'x`, "line 1, column 38: the object ends too soon"},
		{`wx.config({})`, "there is no signature in the config"},
		{"wx.config({\n  appId: data.appId, signature: data.signature})", `appId is "data.appId", which only the page knows`},
		{`wx.config({signature: "a" + b})`, `signature is "\"a\" + b"`},
		{`wx.config({signature})`, `signature is "signature"`},
		{`wx.config({signature: ["a"]})`, "signature is neither text nor a number"},
		{`wx.config({signature: })`, "a value is missing"},
		{`wx.config({"a" "b"})`, "no comma"},
		{`wx.config({: 1})`, "a field's name is missing"},
		{`wx.config({a: "\u12"})`, "a bad escape"},
		{`wx.config({a: "\u{zz}"})`, "a bad escape"},
		{"wx.config({a: \"\n\"})", "a string does not end on its line"},
		{`wx.config({a: ` + strings.Repeat("[", 100), "brackets are nested more than 32 deep"},
		{strings.Repeat("{", MaxText+1), "longer than 1 MiB"},
	} {
		got, err := ParseConfig(c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.80q: %+v, %v, want %q", c.text, got, err, c.want)
		}
		if fault := bilingual.Fault(err); fault != "" {
			t.Error(fault)
		}
	}
}

// TestParseConfigHostile: none of these takes long or deep recursion.
func TestParseConfigHostile(t *testing.T) {
	for _, s := range []string{"{", "[{", "{a:", "{a:(", "{'", "{/*", `{a:"\u`, "{a:{}+"} {
		if _, err := ParseConfig(strings.Repeat(s, MaxText/len(s))); err == nil {
			t.Errorf("%q many times is a config", s)
		}
	}
}

func FuzzParseConfig(f *testing.F) {
	for _, text := range configForms {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseConfig(text)
		if err != nil {
			if s := err.Error(); !utf8.ValidString(s) || strings.ContainsAny(s, "\x1b\r\n\x00") {
				t.Errorf("the error is not fit to print: %q", s)
			}
			return
		}
		if c.Signature == "" {
			t.Errorf("no signature in %+v", c)
		}
		c.Misspelt = nil
		if c.JSAPIList == nil {
			c.JSAPIList = []string{}
		}
		if len(c.OpenTagList) == 0 {
			c.OpenTagList = nil
		}
		js := c.JS()
		again, err := ParseConfig(js)
		if !utf8.ValidString(text) || strings.Contains(text, `\`) && strings.Contains(js, "\ufffd") {
			return // what was no character has become U+FFFD
		}
		if err != nil || !reflect.DeepEqual(again, c) {
			t.Errorf("%+v comes back as %+v, %v", c, again, err)
		}
	})
}
