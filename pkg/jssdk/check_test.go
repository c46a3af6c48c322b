package jssdk

import (
	"slices"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/finding"
)

var checkPage = Request{URL: "https://example.com/a?x=1#top", Ticket: "TICKET", AppID: "wx0123456789abcdef"}

// signedConfig is right for checkPage.
func signedConfig() Config {
	return NewConfig("wx0123456789abcdef", "TICKET", "https://example.com/a?x=1", "Nonce1", "1700000000", "scanQRCode")
}

var checkTable = []struct {
	change func(*Config)
	want   string
}{
	{func(*Config) {}, ""},
	{func(c *Config) { c.AppID = "" }, "J19 missing name=appId"},
	{func(c *Config) { c.NonceStr = "" }, "J19 missing name=nonceStr"},
	{func(c *Config) { c.NonceStr, c.Timestamp = "", "" }, "J19 missing name=timestamp; J19 missing name=nonceStr"},
	{func(c *Config) { c.Signature = "" }, "J19 missing name=signature"},
	{func(c *Config) { c.Misspelt = []string{"noncestr"} }, `J19 misspelt used="noncestr" want=nonceStr`},
	{func(c *Config) { c.Misspelt = []string{"jsapi_list", "appid"} }, `J19 misspelt used="jsapi_list" want=jsApiList; J19 misspelt used="appid" want=appId`},
	{func(c *Config) { c.AppID = "wxffffffffffffffff" }, `J12 appid-differs appid="wxffffffffffffffff" want="wx0123456789abcdef"`},
	{func(c *Config) { c.Signature = strings.ToUpper(c.Signature) }, "J13 upper-case"},
	{func(c *Config) { c.Signature = Sign("TICKET", "Nonce1", "1700000000", "https://example.com/a?x=1#top") }, `J14 fragment fragment="#top"`},
	{func(c *Config) { c.Signature = strings.Repeat("0", 40) }, `J20 unknown signature="0000000000000000000000000000000000000000"`},
	{func(c *Config) { c.Signature = c.Signature[:39] }, `J20 form length=39 signature="2822f3f1a1b1d5a70cce7caf35ed71b2bd7fe3f"`},
	{func(c *Config) { c.Signature = strings.Repeat("好", 40) }, `J20 form length=40 signature="好好好好好好好好好好好好好好好好好好好好好好好好好好好好好好好好好好好好好好好好"`},
	{func(c *Config) {
		*c = NewConfig(c.AppID, "TICKET", "https://example.com/a?x=1", "Nonce1", "Tue Nov 14 2023")
	}, `J19 timestamp-form value="Tue Nov 14 2023"`},
	{func(c *Config) { c.JSAPIList = []string{"chooseImg", "scanQRcode", "brandNewThing", "chooseImage"} }, `J19 unknown-api name="chooseImg" want=chooseImage; J19 unknown-api name="scanQRcode" want=scanQRCode`},
	{func(c *Config) { c.Misspelt, c.Signature = []string{"noncestr"}, "" }, `J19 misspelt used="noncestr" want=nonceStr; J19 missing name=signature`},
}

// listTable is what stands in the place of jsApiList, and what is said of it.
var listTable = map[string]string{
	`, jsApiList: ['scanQRCode']`:     "",
	`, jsApiList: [...apis]`:          "",
	`, jsApiList: apis`:               "",
	``:                                "J19 api-absent",
	`, jsApiList: []`:                 "J19 api-empty",
	`, jsApiList: 'scanQRCode'`:       `J19 api-no-list value="scanQRCode"`,
	`, jsApiList: "[\"scanQRCode\"]"`: `J19 api-no-list value="[\"scanQRCode\"]"`,
	`, jsApiList: null`:               `J19 api-no-list value="null"`,
	`, jsApiList: {}`:                 `J19 api-no-list value="{…}"`,
	`, jsApiList: [], openTagList: ['wx-open-launch-app']`: "",
}

// configWith is right for checkPage, with this in the place of jsApiList.
func configWith(list string) (Config, error) {
	c := signedConfig()
	return ParseConfig("wx.config({appId: '" + c.AppID + "', timestamp: " + c.Timestamp + ", nonceStr: '" + c.NonceStr + "', signature: '" + c.Signature + "'" + list + "})")
}

func TestLists(t *testing.T) {
	for list, want := range listTable {
		c, err := configWith(list)
		if err != nil {
			t.Errorf("%s: %v", list, err)
			continue
		}
		found := c.Check(checkPage)
		if got := strings.Join(labels(found), "; "); got != want {
			t.Errorf("%s: %s, want %s", list, got, want)
		}
		for _, m := range found {
			if m.Severity != finding.Warning { // wx.config itself is ok
				t.Errorf("%s: %s", list, m.Severity)
			}
		}
	}
}

// oddConfigs are the mistakes of all configs of the table.
func oddConfigs() []Mistake {
	var all []Mistake
	for _, c := range checkTable {
		config := signedConfig()
		c.change(&config)
		all = append(all, config.Check(checkPage)...)
	}
	return all
}

func oddLists() []Mistake {
	var all []Mistake
	for list := range listTable {
		c, _ := configWith(list)
		all = append(all, c.Check(checkPage)...)
	}
	return all
}

func TestCheck(t *testing.T) {
	for _, c := range checkTable {
		config := signedConfig()
		c.change(&config)
		if got := strings.Join(labels(config.Check(checkPage)), "; "); got != c.want {
			t.Errorf("%+v: %s, want %s", config, got, c.want)
		}
	}
}

func TestSeverityOfMistakes(t *testing.T) {
	for _, m := range oddConfigs() {
		want := finding.Error
		if slices.Contains([]string{"timestamp-form", "unknown-api"}, m.Variant) {
			want = finding.Warning
		}
		if got := m.Severity; got != want {
			t.Errorf("%s: %s, want %s", label(m), got, want)
		}
	}
}

// A page that no AppID is known for is not told that it has the wrong one.
func TestCheckWithoutAccount(t *testing.T) {
	r := checkPage
	r.AppID = ""
	if found := signedConfig().Check(r); found != nil {
		t.Errorf("got %v", labels(found))
	}
}

func TestDifference(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"abc", "abc", 3},
		{"abc", "abcd", 3},
		{"abcd", "abc", 3},
		{"abx", "aby", 2},
		{"a你", "a佡", 1}, // they differ in the last byte alone
		{"a你", "a", 1},
		{"你", "好", 0},
	} {
		if got := Difference(c.a, c.b); got != c.want {
			t.Errorf("Difference(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
