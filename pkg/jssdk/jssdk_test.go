package jssdk

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
)

func vectors(t testing.TB) [][]string {
	t.Helper()
	b, err := os.ReadFile("../../testdata/vectors/jssdk.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimRight(line, "\n"); line != "" && line[0] != '#' {
			row := strings.Split(line, "\t")
			for i, v := range row {
				if v == "-" {
					row[i] = ""
				}
			}
			rows = append(rows, row)
		}
	}
	if len(rows) < 8 {
		t.Fatalf("only %d vectors", len(rows))
	}
	return rows
}

func TestVectors(t *testing.T) {
	for _, row := range vectors(t) {
		id, kind, want, v := row[0], row[1], row[2], row[3:]
		got := ""
		switch kind {
		case "js":
			got = Sign(v[0], v[1], v[2], v[3])
			sum := sha1.Sum([]byte(StringToSign(v[0], v[1], v[2], v[3])))
			if hex.EncodeToString(sum[:]) != want {
				t.Errorf("%s: the string is %q", id, StringToSign(v[0], v[1], v[2], v[3]))
			}
		case "ext":
			got = CardExt{APITicket: v[0], Timestamp: v[1], CardID: v[2], Code: v[3], OpenID: v[4], NonceStr: v[5]}.Signature()
		case "choose":
			got = CardSign{APITicket: v[0], AppID: v[1], LocationID: v[2], Timestamp: v[3], NonceStr: v[4], CardID: v[5], CardType: v[6]}.Signature()
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", id, got, want)
		}
	}
}

func TestCleanURL(t *testing.T) {
	for in, want := range map[string]string{
		"https://example.com/a?b=%23#c#d":  "https://example.com/a?b=%23",
		"https://EXAMPLE.com:443/你 &amp;?": "https://EXAMPLE.com:443/你 &amp;?",
		"#":                                "", "": "",
	} {
		if got := CleanURL(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestConfig(t *testing.T) {
	c := NewConfig("wx0123456789abcdef", "kgt8ON7yVITDhtdwci0qeTICKET", "https://example.com/", "wxdevNonce1", "1700000000", "scanQRCode", "chooseImage")
	want := `wx.config({
  debug: false,
  appId: "wx0123456789abcdef",
  timestamp: 1700000000,
  nonceStr: "wxdevNonce1",
  signature: "ac00e664e8e2cce416a28e7bb9d299a718c757be",
  jsApiList: ["scanQRCode", "chooseImage"],
});
`
	if got := c.JS(); got != want {
		t.Errorf("got %s", got)
	}
	b, err := c.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	wantJSON := `{"debug":false,"appId":"wx0123456789abcdef","timestamp":1700000000,"nonceStr":"wxdevNonce1","signature":"ac00e664e8e2cce416a28e7bb9d299a718c757be","jsApiList":["scanQRCode","chooseImage"]}`
	if string(b) != wantJSON {
		t.Errorf("got %s", b)
	}
	for _, text := range []string{want, wantJSON} {
		if got, err := ParseConfig(text); err != nil || !reflect.DeepEqual(got, c) {
			t.Errorf("%s is read as %+v, %v", text, got, err)
		}
	}
}

// TestConfigIsSafe: nothing in a value can end the string, or the script.
func TestConfigIsSafe(t *testing.T) {
	c := Config{AppID: `</script><script>`, Timestamp: `1});alert(1`, NonceStr: "\"'\\\n\u2028", Signature: "s", OpenTagList: []string{"<!--"}}
	js := c.JS()
	if strings.ContainsAny(js, "<>\u2028") || strings.Count(js, "\n") != 9 {
		t.Errorf("got %s", js)
	}
	got, err := ParseConfig(js)
	c.JSAPIList, c.apis = []string{}, apiList{state: apiEmpty}
	if err != nil || !reflect.DeepEqual(got, c) {
		t.Errorf("read as %+v, %v", got, err)
	}
}

func TestMissing(t *testing.T) {
	if got := (Config{}).Missing(); len(got) != 4 {
		t.Errorf("got %q", got)
	}
	if got := (Config{AppID: "a", Timestamp: "1", NonceStr: "n", Signature: "s"}).Missing(); got != nil {
		t.Errorf("got %q", got)
	}
}

func TestCardExtJSON(t *testing.T) {
	c := CardExt{APITicket: "ojZ8YtyVyr30HheH3CM73y7h4jJE", Timestamp: "1404896688", CardID: "pjZ8Yt1XGILfi-FUsewpnnolGgZk", Code: "1434008071", NonceStr: "123"}
	want := `{"code":"1434008071","timestamp":"1404896688","nonce_str":"123","signature":"f137ab68b7f8112d20ee528ab6074564e2796250"}`
	if got := string(c.JSON()); got != want {
		t.Errorf("got %s", got)
	}
}

func TestAllocs(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { Sign("ticket", "nonce", "1700000000", "https://example.com/") }); n > 1 {
		t.Errorf("Sign allocates %v times", n)
	}
}

// BenchmarkSign is beside what it cannot be faster than: the hash of the same
// bytes, and its hex.
func BenchmarkSign(b *testing.B) {
	v := vectors(b)[0][3:]
	b.Run("bare", func(b *testing.B) {
		text := []byte(StringToSign(v[0], v[1], v[2], v[3]))
		var hexed string
		b.ReportAllocs()
		for b.Loop() {
			sum := sha1.Sum(text)
			var out [40]byte
			hex.Encode(out[:], sum[:])
			hexed = string(out[:])
		}
		if hexed != vectors(b)[0][2] {
			b.Fatal(hexed)
		}
	})
	b.Run("wxdev", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Sign(v[0], v[1], v[2], v[3])
		}
	})
}

func BenchmarkExplainNothing(b *testing.B) {
	for b.Loop() {
		if Explain(strings.Repeat("0", 40), everything) != nil {
			b.Fatal("explained")
		}
	}
}

func ExampleSign() {
	fmt.Println(Sign("sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg",
		"Wm3WZYTPz0wzccnW", "1414587457", CleanURL("http://mp.weixin.qq.com?params=value#top")))
	// Output: 0f9de62fce790f9a083d5c99e95740ceb90c27ed
}

func ExampleExplain() {
	r := Request{
		URL: "https://example.com/a/b?x=1&y=%E4%BD%A0", Ticket: "kgt8ON7yVITDhtdwci0qeTICKET",
		Nonce: "wxdevNonce1", Timestamp: "1700000000",
	}
	for _, m := range Explain("92a98a64ac67a2b5348792016cdcc2c059983b2a", r) {
		fmt.Println(m.ID, m.Variant, m.URL)
	}
	// Output: J06 entities https://example.com/a/b?x=1&amp;y=%E4%BD%A0
}

func ExampleParseConfig() {
	c, err := ParseConfig(`<script>
	wx.config({
	  debug: true, // while testing
	  appId: 'wx0123456789abcdef', timestamp: 1700000000,
	  noncestr: 'wxdevNonce1', signature: 'ac00e664e8e2cce416a28e7bb9d299a718c757be',
	  jsApiList: ['chooseImage',],
	});
	</script>`)
	fmt.Println(c.Signature, c.JSAPIList, c.Misspelt, err)
	// Output: ac00e664e8e2cce416a28e7bb9d299a718c757be [chooseImage] [noncestr] <nil>
}
