package jssdk

import (
	"strings"
	"unicode/utf8"
)

// Check returns what is wrong with a config on the page of r: a field that is
// missing or misspelt, another AppID, and the mistake in the signature, for
// which it calls [Explain] with the config's nonce and timestamp. A signature
// that nothing explains is a mistake of its own (J20). It returns nil for a
// config that WeChat would accept, as far as this package can know: not which
// domains the account has registered.
//
// Only mistakes with the severity [finding.Error] make wx.config fail.
func (c Config) Check(r Request) []Mistake {
	found := c.fields(r.AppID)
	if c.Signature != "" && c.NonceStr != "" && c.Timestamp != "" {
		found = append(found, c.CheckSignature(r)...)
	}
	for _, w := range APIWarnings(c.JSAPIList) {
		found = append(found, Mistake{Finding: w})
	}
	return found
}

// fields checks everything but the signature.
func (c Config) fields(account string) []Mistake {
	var found []Mistake
	add := func(id, variant string, facts ...any) {
		found = append(found, change{id: id, variant: variant, facts: facts}.mistake(""))
	}
	for _, used := range c.Misspelt {
		for _, want := range []string{"appId", "timestamp", "nonceStr", "signature", "jsApiList"} {
			if sameField(used, want) {
				add("J19", "misspelt", "used", shown(used), "want", want)
			}
		}
	}
	for _, name := range c.Missing() {
		add("J19", "missing", "name", name)
	}
	if account != "" && c.AppID != "" && c.AppID != account {
		add("J12", "appid-differs", "appid", shown(c.AppID), "want", shown(account))
	}
	if strings.Trim(c.Timestamp, "0123456789") != "" {
		add("J19", "timestamp-form", "value", shown(c.Timestamp))
	}
	switch tags := len(c.OpenTagList) > 0; { // a page with open tags alone needs no function
	case c.apis.state == apiAbsent && !tags:
		add("J19", "api-absent")
	case c.apis.state == apiEmpty && !tags:
		add("J19", "api-empty")
	case c.apis.state == apiNoList:
		add("J19", "api-no-list", "value", shown(c.apis.text))
	}
	return found
}

// CheckSignature is [Config.Check] for the signature alone, when all that is
// known of a config is the signature, the nonce and the timestamp.
func (c Config) CheckSignature(r Request) []Mistake {
	r.Nonce, r.Timestamp = c.NonceStr, c.Timestamp
	found := Explain(c.Signature, r)
	if found != nil || c.Signature == Sign(r.Ticket, r.Nonce, r.Timestamp, CleanURL(r.URL)) {
		return found
	}
	m := change{id: "J20", variant: "unknown", facts: []any{"signature", shown(c.Signature)}}
	if n := utf8.RuneCountInString(c.Signature); n != 40 || strings.Trim(c.Signature, "0123456789abcdefABCDEF") != "" {
		m.variant, m.facts = "form", append(m.facts, "length", n)
	}
	return []Mistake{m.mistake("")}
}

// Difference returns how many bytes two URLs have in common at their start,
// without splitting a character: what follows makes them differ.
func Difference(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	for n > 0 && (n < len(a) && !utf8.RuneStart(a[n]) || n < len(b) && !utf8.RuneStart(b[n])) {
		n--
	}
	return n
}
