package jssdk

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/hex"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/signature"
)

// everything is a request in which each mistake can be made.
var everything = Request{
	URL:   "https://Www.example.com/a/b%2Bc?code=C1&state=S&from=timeline&isappinstalled=0&x=1+2&y=%E4%BD%A0&z=%20#/route",
	Nonce: "wxdevNonce1", Timestamp: "1700000000", Ticket: "kgt8ON7yVITDhtdwci0qeTICKET", AppID: "wx0123456789abcdef",
	EntryURL: "https://www.example.com/start?a=1#x", SigningAPIURL: "https://www.example.com/api/sign?page=1",
	OtherURLs: []string{"https://www.example.com/other"},
	OtherTickets: []Named{
		{"staging", "stagingTICKET", OtherAccount},
		{"cache", "staleTICKET", Stale},
		{"card", "cardTICKET", CardTicket},
		{"token", "accessTOKEN", AccessToken},
	},
}

// label is a mistake in one line, without the URL.
func label(m Mistake) string {
	s := m.ID + " " + m.Variant
	for _, k := range slices.Sorted(maps.Keys(m.Facts)) {
		if k != "signed" {
			s += " " + k + "=" + m.Facts.Text(finding.English, k)
		}
	}
	if m.With != nil {
		s += " with " + label(*m.With)
	}
	return s
}

func labels(list []Mistake) []string {
	all := make([]string, len(list))
	for i, m := range list {
		all[i] = label(m)
	}
	return all
}

func TestExplain(t *testing.T) {
	r := Request{URL: "https://example.com/a?x=1&y=%E4%BD%A0%2b#top", Nonce: "Nonce1", Timestamp: "1700000000", Ticket: "TICKET"}
	home := r
	home.URL = "https://example.com/"
	bare := r
	bare.URL = "https://example.com"
	raw := r
	raw.URL = "https://example.com/你?x=a+b&c=d e"
	millis := r
	millis.Timestamp = "1700000000123"
	url := func(u string) string { return Sign("TICKET", "Nonce1", "1700000000", u) }
	at := func(u string) Request {
		there := r
		there.URL = u
		return there
	}
	ticket := func(s string) string {
		return Sign(s, everything.Nonce, everything.Timestamp, CleanURL(everything.URL))
	}
	const u = "https://example.com/a?x=1&y=%E4%BD%A0%2b"
	head := "https://Www.example.com/a/b%2Bc"

	for _, c := range []struct {
		given string
		r     Request
		first string
	}{
		{url(u + "#top"), r, `J14 fragment fragment="#top"`},
		{url("https://example.com/#/"), home, `J14 fragment fragment="#/"`},
		{url("https://example.com/a?x=1"), r, "J03 cut"},
		{url(u + "&from=singlemessage"), r, `J07 share-added names="from=singlemessage"`},
		{url("https://example.com/?from=groupmessage&isappinstalled=0"), home, `J07 share-added names="from=groupmessage&isappinstalled=0"`},
		{url("https://example.com/a"), r, "J07 query-missing"},
		{url("https://example.com/a?y=%E4%BD%A0%2b"), r, `J07 parameter-missing names="x"`},
		{url("https://example.com/a?x=1&y=你+"), r, "J03 decoded how=decodeURIComponent"},
		{url("https://example.com/a?x=1&y=你 "), r, "J03 decoded how=urldecode, 2×"},
		{url("https%3A%2F%2Fexample.com%2Fa%3Fx%3D1%26y%3D%25E4%25BD%25A0%252b"), r, "J03 encoded how=encodeURIComponent"},
		{url("https://example.com/a?x=1&y=%25E4%25BD%25A0%252b"), r, "J03 encoded how=encodeURI"},
		{url("https://example.com/%E4%BD%A0?x=a+b&c=d%20e"), raw, "J03 encoded how=encodeURI"},
		{url("https%3A%2F%2Fexample.com%2F%E4%BD%A0%3Fx%3Da%2Bb%26c%3Dd+e"), raw, "J03 encoded how=urlencode"},
		{url("https://example.com/你?x=a%2Bb&c=d e"), raw, `J03 plus is="%2B" was="+"`},
		{url("https://example.com/a?x=1&y=%e4%bd%a0%2b"), r, "J03 hex-case"},
		{url(u + "\n"), r, "J03 blank"},
		{url("http://example.com/a?x=1&y=%E4%BD%A0%2b"), r, `J05 scheme page=https scheme=http`},
		{url("//example.com/a?x=1&y=%E4%BD%A0%2b"), r, "J05 no-scheme"},
		{url("https://example.com"), home, "J10 no-slash"},
		{url("http://127.0.0.1:3000/a?x=1&y=%E4%BD%A0%2b"), r, "J04 own-host"},
		{url("http://localhost/a?x=1&y=%E4%BD%A0%2b"), r, "J04 own-host"},
		{url("https://example.com/"), bare, "J10 slash-added"},
		{url("https://example.com/a/?x=1&y=%E4%BD%A0%2b"), r, "J10 path-slash"},
		{url("https://example.com/a?x=1&amp;y=%E4%BD%A0%2b"), r, "J06 entities"},
		{url("https://example.com/"), r, "J08 home"},
		{url("https://example.com:443/"), home, `J17 port port=443`},
		{url("https://www.example.com/"), home, "J17 other-host"},
		{url("https://example.com//a?x=1&y=%E4%BD%A0%2b"), r, "J17 double-slash"},
		{url("/a?x=1&y=%E4%BD%A0%2b"), r, "J17 path-only"},

		{url("https://example.com/a?a=1%202&b=2&x="), at("https://example.com/a?x=&b=2&a=1+2"), "J17 query-sorted"},
		{url("https://example.com/a?a=1+2&b=2&x="), at("https://example.com/a?x&b=2&a=1+2"), "J17 query-sorted"},
		{url("https://example.com/a?a=%E4%BD%A0&b=2"), at("https://example.com/a?b=2&a=%e4%bd%a0"), "J17 query-sorted"},
		{url("https://example.com/a?b=1&b=2&c=3"), at("https://example.com/a?c=3&b=1&b=2"), "J17 query-sorted"},
		{url("https://example.com/a?x=~*&b="), at("https://example.com/a?x=%7E%2A&b"), "J17 query-rewritten how=encodeURIComponent"},
		{url("http://example.com/a?a=1&b=2"), at("https://example.com/a?b=2&a=1"), "J17 query-sorted with J05 scheme page=https scheme=http"},
		{url("undefined"), r, `J03 unset literal="undefined"`},
		{url(""), r, `J03 unset literal=""`},
		{url("null"), r, `J03 unset literal="null"`},
		{url("[object Object]"), r, `J03 unset literal="[object Object]"`},
		{url(`"` + u + `"`), r, `J03 json sample="\"https://example.com/a?x=1&y=%E4%BD%A0%2b\""`},
		{url(`{"url":"` + u + `"}`), r, `J03 json sample="{\"url\":\"https://example.com/a?x=1&y=%E4%BD%A0%2b\"}"`},
		{url("https://example.com/page?x=1"), at("https://example.com/shop/page?x=1"), `J04 prefix prefix="/shop"`},
		{url("http://example.com/page?x=1"), at("https://example.com/h5/shop/page?x=1"), `J05 scheme page=https scheme=http with J04 prefix prefix="/h5/shop"`},
		{url("https://example.com/a?id=1"), at("https://example.com/a?id=1&sharer_username=u&sharer_sharetime=7&clicktime=1&enterid=2"), `J07 share-missing names="sharer_username, sharer_sharetime, clicktime, enterid"`},
		{url("https://example.com/a?id=1&x=2"), at("https://example.com/a?id=1&x=2&gdt_vid=v&sessionid=s"), `J07 share-missing names="gdt_vid, sessionid"`},
		{url("https://example.com/a"), at("https://example.com/a?sharer_shareinfo=1"), `J07 share-missing names="sharer_shareinfo"`},
		{signature.Sum("TICKET", "1700000000", "Nonce1"), r, "J16 card-signature"},
		{signature.Sum("cardTICKET", everything.AppID, everything.Timestamp, everything.Nonce), everything, "J16 card-signature"},

		{ticket("kgt8ON7yVITDhtdwci0qeTICKET\n"), everything, "J02 altered"},
		{ticket(""), everything, `J02 unset literal=""`},
		{ticket("[object Promise]"), everything, `J02 unset literal="[object Promise]"`},
		{ticket("staleTICKET"), everything, `J02 stale name="cache"`},
		{ticket("stagingTICKET"), everything, `J12 other-account name="staging"`},
		{ticket("cardTICKET"), everything, `J16 card name="card"`},
		{ticket("accessTOKEN"), everything, `J16 access-token name="token"`},
		{ticket("wx0123456789abcdef"), everything, "J02 appid"},
		{Sign(everything.Ticket, everything.Nonce, everything.Timestamp, "https://www.example.com/start?a=1"), everything, "J01 entry-url"},
		{Sign(everything.Ticket, everything.Nonce, everything.Timestamp, "https://www.example.com/api/sign"), everything, "J04 api-url"},
		{Sign(everything.Ticket, everything.Nonce, everything.Timestamp, "https://www.example.com/other"), everything, "J08 other-page"},
		{Sign(everything.Ticket, everything.Nonce, everything.Timestamp, head+"?code=C1&state=S&x=1+2&y=%E4%BD%A0&z=%20"), everything, `J07 share-missing names="from, isappinstalled"`},
		{Sign(everything.Ticket, everything.Nonce, everything.Timestamp, head+"?from=timeline&isappinstalled=0&x=1+2&y=%E4%BD%A0&z=%20"), everything, `J07 oauth-missing names="code, state"`},
		{Sign(everything.Ticket, everything.Nonce, everything.Timestamp, strings.Replace(CleanURL(everything.URL), "Www", "www", 1)), everything, "J17 host-case"},
		{Sign(everything.Ticket, everything.Nonce, everything.Timestamp, head+"?code=C1"), everything, "J03 cut"},

		{Sign("TICKET", "Nonce1", "1700000000000", u), r, "J09 milliseconds"},
		{Sign("TICKET", "Nonce1", "1700000000", u), millis, "J09 milliseconds"},
		{Sign("TICKET", "undefined", "1700000000", u), r, `J09 unset literal="undefined" name=noncestr`},
		{Sign("TICKET", "Nonce1", "", u), r, `J09 unset literal="" name=timestamp`},
		{Sign("TICKET", "Nonce1", "1700000001", u), r, "J09 other-time seconds=1"},
		{Sign("TICKET", "Nonce1", "1700000000.0", u), r, "J09 number-form"},
		{Sign("TICKET", "nonce1", "1700000000", u), r, "J09 nonce-case"},
		{Sign("TICKET", "Nonce1\n", "1700000000", u), r, "J09 nonce-blank"},
		{Sign("TICKET", "1700000000", "Nonce1", u), r, "J09 swapped"},
		{sha("jsapi_ticket=TICKET&nonceStr=Nonce1&timestamp=1700000000&url=" + u), r, "J09 key-spelling used=nonceStr want=noncestr"},
		{strings.ToUpper(url(u)), r, "J13 upper-case"},

		{sha("ticket=TICKET&noncestr=Nonce1&timestamp=1700000000&url=" + u), r, "J18 key-spelling used=ticket want=jsapi_ticket"},
		{sha("noncestr=Nonce1&timestamp=1700000000&url=" + u + "&jsapi_ticket=TICKET"), r, "J18 order order=noncestr, timestamp, url, jsapi_ticket"},
		{sha("noncestr=Nonce1&timestamp=1700000000&url=" + u), r, "J18 missing name=jsapi_ticket"},
		{sha("1700000000Nonce1TICKET" + u), r, "J18 values-only"},
		{sha("TICKETNonce11700000000" + u), r, "J18 values-only"},
		{sha("jsapi_ticket=TICKETnoncestr=Nonce1timestamp=1700000000url=" + u), r, `J18 separator sample="noncestr=…timestamp"`},
		{sha("jsapi_ticket=TICKET&noncestr=Nonce1&timestamp=1700000000&url=" + u + "&"), r, `J18 separator sample="url=…&"`},
		{hmacOf("TICKET", "jsapi_ticket=TICKET&noncestr=Nonce1&timestamp=1700000000&url="+u), r, "J18 hash algorithm=HMAC-SHA1"},
		{sha("appId=wx1&jsapi_ticket=TICKET&noncestr=Nonce1&timestamp=1700000000&url=" + u), with(r, "wx1"), "J18 appid name=appId"},
		{sha("jsapi_ticket=TICKET&noncestr=Nonce1&timestamp=1700000000&url=" + u + "\n"), r, "J03 blank"},
		{sha(strings.ToLower("jsapi_ticket=TICKET&noncestr=Nonce1&timestamp=1700000000&url=" + u)), r, "J18 lowered"},

		{Sign("TICKET", "Nonce1", "1700000000000", "http://example.com/a?x=1&y=%E4%BD%A0%2b"), r, "J05 scheme page=https scheme=http with J09 milliseconds"},
		{url("http://example.com/a?x=1"), r, `J03 cut with J05 scheme page=https scheme=http`},
		{sha("jsapi_ticket=TICKET&nonceStr=Nonce1&timestamp=1700000000&url=" + u + "#top"), r, `J14 fragment fragment="#top" with J09 key-spelling used=nonceStr want=noncestr`},
		{Sign("stagingTICKET", everything.Nonce, everything.Timestamp, "https://www.example.com/start?a=1"), everything, `J01 entry-url with J12 other-account name="staging"`},
	} {
		got := labels(Explain(c.given, c.r))
		if len(got) == 0 || got[0] != c.first {
			t.Errorf("%s: got %q, want %q first", c.given, got, c.first)
		}
		if c.first != "J13 upper-case" {
			if upper := labels(Explain(strings.ToUpper(c.given), c.r)); !slices.Equal(got, upper) {
				t.Errorf("%s in capitals: %q, not %q", c.given, upper, got)
			}
		}
	}
}

func sha(text string) string { return sha1Hex([]byte(text)) }

func hmacOf(key, text string) string {
	h := hmac.New(sha1.New, []byte(key))
	h.Write([]byte(text))
	return hex.EncodeToString(h.Sum(nil))
}

func with(r Request, appID string) Request {
	r.AppID = appID
	return r
}

func TestExplainNothing(t *testing.T) {
	r := everything
	r.EntryURL = ""
	right := Sign(r.Ticket, r.Nonce, r.Timestamp, CleanURL(r.URL))
	for _, given := range []string{right, "", "0", strings.Repeat("0", 40), "你好", right + "\n"} {
		if got := Explain(given, r); got != nil {
			t.Errorf("%q is explained by %q", given, labels(got))
		}
	}
	if got := Explain("x", Request{}); got != nil {
		t.Errorf("an empty request: %q", labels(got))
	}
}

// TestExplainEntry: the current URL is right on some phones only.
func TestExplainEntry(t *testing.T) {
	right := Sign(everything.Ticket, everything.Nonce, everything.Timestamp, CleanURL(everything.URL))
	got := Explain(right, everything)
	if len(got) != 1 || got[0].ID != "J01" || got[0].Variant != "current-url" || got[0].Facts.Text(finding.English, "entry") != `"https://www.example.com/start?a=1"` {
		t.Errorf("got %+v", got)
	}
	same := everything
	same.EntryURL = CleanURL(everything.URL) + "#other"
	if got := Explain(right, same); got != nil {
		t.Errorf("got %q", labels(got))
	}
}

// TestMistakesAreInTheCatalogue: each has a text there, and all the facts that
// the text asks for; none tells a ticket.
func TestMistakesAreInTheCatalogue(t *testing.T) {
	placeholder := regexp.MustCompile(`\{[a-z_]+\}`)
	var all []Mistake
	bare := Request{URL: "http://example.com:81?q", Nonce: "N ", Timestamp: `"1"`, Ticket: "T", AppID: "wx1"}
	home := Request{URL: "https://www.example.com/&", Nonce: "n", Timestamp: "1700000000123", Ticket: " T"}
	for _, r := range []Request{everything, bare, home, {URL: "https://example.com/"}} {
		e := explainer{Request: r, base: input{r.Ticket, r.Nonce, r.Timestamp, CleanURL(r.URL), standard}}
		for _, c := range e.changes(e.base, 0) {
			all = append(all, c.mistake(c.to.sign()))
		}
	}
	all = append(all, Explain(Sign(everything.Ticket, everything.Nonce, everything.Timestamp, CleanURL(everything.URL)), everything)...)
	all = append(all, Explain(strings.ToUpper(all[0].Signature), Request{})...)
	all = append(append(all, oddConfigs()...), oddLists()...)
	for given := range cardTable {
		all = append(all, CheckCard(given, checkedCard, "wx1", cardOthers)...)
	}
	for _, w := range append(allWarnings(), NotListed("scanQRCode")) {
		all = append(all, Mistake{Finding: w})
	}
	seen := map[string]bool{"J13 upper-case": true} // TestExplain
	for _, m := range all {
		seen[m.ID+" "+m.Variant] = true
		e, ok := catalog.Lookup(m.ID)
		if !ok {
			t.Fatalf("%s is not in the catalogue", m.ID)
		}
		if _, ok := e.Variant(m.Variant); !ok {
			t.Errorf("%s has no variant %s", m.ID, m.Variant)
		}
		for _, lang := range []finding.Lang{finding.English, finding.Chinese} {
			title, evidence, fix := e.Describe(lang, m.Variant, m.Facts)
			if left := placeholder.FindString(title + evidence + fix); left != "" {
				t.Errorf("%s: nothing fills %s", label(m), left)
			}
		}
		for _, secret := range append([]string{everything.Ticket}, "staleTICKET", "cardTICKET", "accessTOKEN") {
			for _, fact := range m.Facts {
				if strings.Contains(fact.In(finding.English), secret) {
					t.Errorf("%s tells a ticket", label(m))
				}
			}
		}
	}
	for _, id := range catalog.IDs() {
		e, _ := catalog.Lookup(id)
		for _, v := range e.Variants {
			if id[0] == 'J' && !seen[id+" "+v.Name] {
				t.Errorf("nothing makes %s %s", id, v.Name)
			}
		}
	}
}
