package jssdk

import (
	"strings"
	"testing"
	"unicode"

	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
)

// FuzzPage reads the config out of a page and judges it for an address: nothing
// of either panics, is endless, or comes out unfit to print.
func FuzzPage(f *testing.F) {
	const ticket = "kgt8ON7yVITDhtdwci0qeWBOXN6iUeZ0TBv2WkIj4HSDWQSy"
	config := `{debug:true,appId:'wx0123456789abcdef',timestamp:1414587457,nonceStr:"Wm3WZYTPz0wzccnW",signature:'0f9de62fce790f9a083d5c99e95740ceb90c27ed',jsApiList:['a']}`
	for _, page := range []string{
		"<script>wx.config(" + config + ")</script>", "<!-- wx.config({}) --><script>wx . config (" + config + ");</script>", "<script>wx.config(cfg)</script>" + config,
		strings.ReplaceAll(config, "'", "&#39;"), "<div data-x='" + config + "'>", config, `{"data":` + `{"signature":"x"}` + `}`, "wx.config({signature:", "wx.config({signature:'\x1b[2J',nonceStr:`${x}`})",
		"<html lang=zh>\xc4\xe3" + config, strings.Repeat("{", 300) + config, `wx.config({"signature":{"signature":[{"signature":"x"}]},"appId":1e999})`,
	} {
		f.Add(page, "http://mp.weixin.qq.com?params=value")
		f.Add(page, "https://a.example/p?a=1&amp;b=%E4%BD%A0#top")
		f.Add(page, "::\x1b%zz")
	}
	f.Fuzz(func(t *testing.T, page, address string) {
		if len(address) > 1<<10 {
			return
		}
		c, err := ParseConfig(page)
		if err != nil {
			unfit(t, err.Error())
			c, _ = ParseArgument(page)
		}
		found := c.Check(Request{URL: address, Ticket: ticket, AppID: "wx0123456789abcdef"})
		for _, m := range found {
			for _, lang := range []finding.Lang{finding.English, finding.Chinese} {
				title, evidence, fix := catalog.Describe(lang, m.Finding)
				if title == "" || fix == "" {
					t.Errorf("%s %s lacks words in %s", m.ID, m.Variant, lang)
				}
				unfit(t, title+evidence)
			}
		}
		unfit(t, c.JS())
	})
}

func unfit(t *testing.T, s string) {
	t.Helper()
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }) {
		t.Errorf("not fit to print: %q", s)
	}
}
