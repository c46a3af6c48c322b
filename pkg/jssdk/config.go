package jssdk

import (
	"crypto/rand"
	"encoding/json"
	"io"
	"strings"
)

// Config is what a page passes to wx.config.
type Config struct {
	Debug       bool
	AppID       string
	Timestamp   string // in seconds; a number in the page
	NonceStr    string
	Signature   string
	JSAPIList   []string
	OpenTagList []string

	// Misspelt are field names that ParseConfig understands but wx.config does
	// not: "noncestr".
	Misspelt []string

	apis apiList
}

// apiList is what ParseConfig found in the place of jsApiList.
type apiList struct {
	state apiState
	text  string // of what is no list
}

type apiState int

const (
	apiUnknown apiState = iota // an expression, or the config was not parsed
	apiAbsent
	apiEmpty
	apiNoList
)

// NewConfig signs url, see [CleanURL], and returns the whole config. The
// functions of the SDK that the page calls are apis.
func NewConfig(appID, ticket, url, noncestr, timestamp string, apis ...string) Config {
	return Config{
		AppID: appID, Timestamp: timestamp, NonceStr: noncestr,
		Signature: Sign(ticket, noncestr, timestamp, url),
		JSAPIList: apis,
	}
}

// Missing returns the names of the fields without which wx.config fails, and
// that are empty. jsApiList has to be there and may be empty.
func (c Config) Missing() []string {
	var names []string
	for _, f := range []struct{ name, value string }{
		{"appId", c.AppID}, {"timestamp", c.Timestamp}, {"nonceStr", c.NonceStr}, {"signature", c.Signature},
	} {
		if f.value == "" {
			names = append(names, f.name)
		}
	}
	return names
}

// MarshalJSON implements [json.Marshaler]: the object that wx.config takes.
func (c Config) MarshalJSON() ([]byte, error) {
	apis := c.JSAPIList
	if apis == nil {
		apis = []string{}
	}
	return json.Marshal(struct {
		Debug       bool     `json:"debug"`
		AppID       string   `json:"appId"`
		Timestamp   any      `json:"timestamp"`
		NonceStr    string   `json:"nonceStr"`
		Signature   string   `json:"signature"`
		JSAPIList   []string `json:"jsApiList"`
		OpenTagList []string `json:"openTagList,omitempty"`
	}{c.Debug, c.AppID, number(c.Timestamp), c.NonceStr, c.Signature, apis, c.OpenTagList})
}

// number is the timestamp as a page has it, which is a number if it is one.
func number(s string) any {
	if s == "" || len(s) > 15 || strings.Trim(s, "0123456789") != "" || s[0] == '0' && len(s) > 1 {
		return s
	}
	return json.Number(s)
}

// JS returns the call of wx.config as a page has it. It is safe inside
// <script>, whatever the values are.
func (c Config) JS() string {
	var b strings.Builder
	b.WriteString("wx.config({\n")
	field := func(name string, value any) {
		text, err := json.Marshal(value) // escapes <, > and JavaScript's line separators
		if err != nil {
			panic(err) // strings, lists of them and numbers always marshal
		}
		b.WriteString("  " + name + ": " + strings.ReplaceAll(string(text), `","`, `", "`) + ",\n")
	}
	field("debug", c.Debug)
	field("appId", c.AppID)
	field("timestamp", number(c.Timestamp))
	field("nonceStr", c.NonceStr)
	field("signature", c.Signature)
	if c.JSAPIList == nil {
		field("jsApiList", []string{})
	} else {
		field("jsApiList", c.JSAPIList)
	}
	if len(c.OpenTagList) > 0 {
		field("openTagList", c.OpenTagList)
	}
	b.WriteString("});\n")
	return b.String()
}

// NewNonce returns 16 letters and digits for a signature; a nil r means
// crypto/rand.
func NewNonce(r io.Reader) (string, error) {
	const letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
	if r == nil {
		r = rand.Reader
	}
	b := make([]byte, 16)
	if _, err := io.ReadFull(r, b); err != nil {
		return "", err
	}
	for i := range b {
		b[i] = letters[int(b[i])%len(letters)] // it need not be even
	}
	return string(b), nil
}
