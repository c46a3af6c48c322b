package signature

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
)

// everything is a request in which each mistake can be made.
var everything = Request{
	Token: "abcToken", Timestamp: "1700000000", Nonce: "Zz9", Echostr: "4375120948345356249",
	Extra: []Param{{"s", "/api/wechat"}, {"openid", "oAbC"}},
	AppID: "wx0123456789abcdef", Secret: "0123456789abcdef0123456789abcdef",
	AESKey: "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
	Other:  []Named{{"staging", "stagingToken"}},
}

func sha(text string) string { return sha1Hex([]byte(text)) }

// label is a mistake in one line.
func label(m Mistake) string {
	s := strings.TrimSpace(m.ID + " " + m.Variant)
	for _, k := range slices.Sorted(maps.Keys(m.Facts)) {
		s += " " + k + "=" + m.Facts.Text(finding.English, k)
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
	const ts, echo = "1700000000", "4375120948345356249"
	plain := Request{Token: "weixin", Timestamp: ts, Nonce: "9", Echostr: echo}
	letters := everything // its sorted text is 1700000000Zz9abcToken
	long := Request{Token: "weixin", Timestamp: ts, Nonce: "998877665"}
	blank := Request{Token: " weixin", Timestamp: ts, Nonce: "9"}
	equal := Request{Token: "weixin", Timestamp: ts, Nonce: ts}
	safe := Request{Token: "abcToken", Timestamp: ts, Nonce: "9", Encrypt: "ZZ+/="}
	odd := Request{Token: "weixin", Timestamp: ts, Nonce: " a%2Bb "}
	hash := func(r Request, with ...string) string { return Sum(append(with, r.Timestamp, r.Nonce)...) }
	md, sh := md5.Sum([]byte(ts+"9weixin")), sha256.Sum256([]byte(ts+"9weixin"))

	for _, c := range []struct {
		text  string // that was hashed, or the signature
		r     Request
		first string
	}{
		{"9" + ts + "weixin", plain, "V18 numeric-sort nonce=9"},
		{"998877665" + ts + "weixin", long, "V18 numeric-sort nonce=998877665"},
		{"9" + ts + "2014", Request{Token: "2014", Timestamp: ts, Nonce: "9"}, "V36 fixed-order order=nonce, timestamp, token"},
		{"92014" + ts, Request{Token: "2014", Timestamp: ts, Nonce: "9"}, "V18 numeric-sort nonce=9"},
		{"weixin9" + ts, plain, "V18 numeric-sort nonce=9"}, // JavaScript's: the token is NaN and stays in front
		{"weixin" + ts + "9", plain, "V36 fixed-order order=token, timestamp, nonce"},
		{"9weixin" + ts, plain, "V36 fixed-order order=nonce, token, timestamp"},
		{"zzmmabc" + ts, Request{Token: "abc", Timestamp: ts, Nonce: "zz", Encrypt: "mm"}, "V36 descending"},
		{Sum("weixin", ts, "9", echo), plain, "V24 echostr-in-hash"},
		{hash(letters, "abcToken", "/api/wechat", "oAbC"), letters, "V33 query-in-hash names=s, openid"},
		{hash(letters, "abcToken", "/api/wechat", "oAbC", echo), letters, "V33 query-in-hash names=s, openid, echostr"},
		{hash(letters, "abcToken", "oAbC"), letters, "V33 query-in-hash names=openid"},
		{ts + "abcTokenZz9", letters, "M23 case-order nonce=Zz9"},
		{ts + "weixin", equal, "M23 set"},

		{hash(blank, "weixin"), blank, "V03 token-trimmed"},
		{hash(plain, "weixin "), plain, "V03 token-space-after"},
		{hash(plain, " weixin"), plain, "V03 token-space-before"},
		{hash(plain, "weixin\n"), plain, "V03 token-newline"},
		{hash(plain, "weixin\r\n"), plain, "V03 token-newline"},
		{hash(plain, ""), plain, "V03 token-empty"},
		{hash(plain, "WEIXIN"), plain, "V03 token-upper"},
		{hash(letters, "abctoken"), letters, "V03 token-lower"},
		{hash(plain, `"weixin"`), plain, "V03 token-quoted"},
		{hash(plain, `'weixin'`), plain, "V03 token-quoted"},
		{hash(plain, "weixin\r"), plain, "V03 token-newline"},
		{hash(plain, "\ufeffweixin"), plain, "V03 token-bom"},
		{hash(plain, "weixin;"), plain, "V03 token-semicolon"},
		{hash(plain, "TOKEN=weixin"), plain, "V03 token-prefix"},
		{hash(plain, "<weixin>"), plain, "V03 token-brackets"},
		{hash(plain, "d2VpeGlu"), plain, "V03 token-base64"},
		{hash(plain, "d2VpeGluCg=="), plain, "V03 token-base64"},
		{hash(plain, "${WX_TOKEN}"), plain, "V03 token-default literal=${WX_TOKEN}"},
		{hash(letters, "stagingToken"), letters, "V03 token-profile profile=staging"},
		{hash(letters, letters.AppID), letters, "V03 token-appid"},
		{hash(letters, letters.Secret), letters, "V03 token-secret"},
		{hash(letters, letters.AESKey), letters, "V03 token-aes-key"},
		{hash(plain, "TOKEN"), plain, "V03 token-default literal=TOKEN"},
		{hash(plain, "undefined"), plain, "V03 token-default literal=undefined"},

		{hex.EncodeToString(md[:]), plain, "V45 md5"},
		{hex.EncodeToString(sh[:]), plain, "V45 sha256"},
		{strings.ToUpper(Access("weixin", ts, "9")), plain, "V45 upper-hex"},
		{ts + ",9,weixin", plain, `V49 separator separator=","`},
		{`["` + ts + `", "9", "weixin"]`, plain, `V49 printed-list example=["a", "b"]`},
		{`["` + ts + `","9","weixin"]`, plain, `V49 printed-list example=["a","b"]`},
		{`['` + ts + `', '9', 'weixin']`, plain, `V49 printed-list example=['a', 'b']`},
		{"[" + ts + ", 9, weixin]", plain, `V49 printed-list example=[a, b]`},
		{"9weixin", plain, `V49 missing-input name=timestamp value=""`},
		{ts + "undefinedweixin", plain, `V49 missing-input name=nonce value="undefined"`},
		{"weixin", plain, `V49 missing-input name=timestamp, nonce value=""`},
		{"nullnullweixin", plain, `V49 missing-input name=timestamp, nonce value="null"`},
		{"", plain, "V45 empty-text"},
		{sha(sha(ts + "9weixin")), plain, "V45 hashed-twice"},
		{hmacSHA1("weixin", ts+"9"), plain, "V45 hmac"},
		{hmacSHA1("weixin", ts+"9weixin"), plain, "V45 hmac"},
		{"1\x007\x00" + strings.Repeat("0\x00", 8) + "9\x00w\x00e\x00i\x00x\x00i\x00n\x00", plain, "V45 utf16"},
		{"\xfe\xff\x001\x007" + strings.Repeat("\x000", 8) + "\x009\x00w\x00e\x00i\x00x\x00i\x00n", plain, "V45 utf16"},
		{hash(Request{Timestamp: ts + "000", Nonce: "9"}, "weixin"), plain, "V49 milliseconds"},
		{hash(plain, "weixin"), Request{Token: "weixin", Timestamp: ts + "123", Nonce: "9"}, "V49 milliseconds"},
		{Sum("weixin", ts, " a+b "), odd, "V49 decoded-twice name=nonce"},
		{Sum("weixin", ts, "a%2Bb"), odd, "V49 trimmed-input name=nonce"},
		{Sum("weixin", ts, "+a%252Bb+"), odd, "V49 not-decoded name=nonce"},

		{Sum("abcToken", ts, "9"), safe, "M02 three-strings"},
		{Sum("abcToken", ts, "9", "ZZ /="), safe, "V49 plus-as-space name=encrypt"},
		{ts + "9abcTokenZZ+/=", safe, "M23 case-order nonce=9"},
		{"9" + ts + "ZZ+/=abcToken", safe, "V18 numeric-sort nonce=9"},
		{"abcToken" + ts + "9ZZ+/=", safe, "V36 fixed-order order=token, timestamp, nonce, encrypt"},

		{"9" + ts + "weixin ", plain, "V03 token-space-after with V18 numeric-sort nonce=9"},
		{hash(plain, "TOKEN", echo), plain, "V03 token-default literal=TOKEN with V24 echostr-in-hash"},
	} {
		given := c.text
		if !regexp.MustCompile(`^([0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-f]{64})$`).MatchString(given) {
			given = sha(given)
		}
		got := labels(Explain(given, c.r))
		if len(got) == 0 || got[0] != c.first {
			t.Errorf("%q: got %q, want %q first", c.text, got, c.first)
		}
		if given != strings.ToUpper(given) && c.r.Token != "" {
			if upper := labels(Explain(strings.ToUpper(given), c.r)); !slices.Equal(got, upper) {
				t.Errorf("%q in capitals: %q, not %q", c.text, upper, got)
			}
		}
	}
}

func hmacSHA1(key, text string) string {
	mac := hmac.New(sha1.New, []byte(key))
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}

// TestExplainSpellings: the right digest in other letters than 40 of hex.
func TestExplainSpellings(t *testing.T) {
	r := Request{Token: "weixin", Timestamp: "1700000000"}
	for r.Nonce = "0"; ; r.Nonce += "0" { // until the hash has both zeros
		if s := right(r); s[0] == '0' && s[1] != '0' && s[2] != '0' && strings.Contains(s[2:], "0") && unpadded(s) != s[1:] {
			break
		}
	}
	b, _ := hex.DecodeString(right(r))
	dashed := strings.ToUpper(fmt.Sprintf("% x", b))
	for given, want := range map[string]string{
		right(r)[1:]:                         "V45 no-leading-zero",
		unpadded(right(r)):                   "V45 no-padding",
		signedBytes(b):                       "V45 sign-extended",
		base64.StdEncoding.EncodeToString(b): "V45 base64",
		strings.ReplaceAll(dashed, " ", "-"): "V45 dashes",
	} {
		if got := labels(Explain(given, r)); !slices.Equal(got, []string{want}) {
			t.Errorf("%s of %s: %q, want %q", given, right(r), got, want)
		}
	}
}

// signedBytes is the same of bytes that have a sign.
func signedBytes(b []byte) string {
	var s string
	for _, c := range b {
		s += fmt.Sprintf("%x", uint32(int32(int8(c))))
	}
	return s
}

// unpadded is Java's Integer.toHexString of each byte.
func unpadded(digits string) string {
	var s string
	for i := 0; i < len(digits); i += 2 {
		s += strings.TrimPrefix(digits[i:i+1], "0") + digits[i+1:i+2]
	}
	return s
}

// TestExplainSeveral: one signature, several causes, the likelier first.
func TestExplainSeveral(t *testing.T) {
	r := Request{Token: "weixin", Timestamp: "1700000000", Nonce: "9"}
	want := []string{"V18 numeric-sort nonce=9", "V36 fixed-order order=nonce, timestamp, token"}
	if got := labels(Explain(sha("91700000000weixin"), r)); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	r.Nonce = "1800000000" // JavaScript's sort leaves these as they are
	want = []string{"V36 fixed-order order=token, timestamp, nonce", "V18 numeric-sort nonce=1800000000"}
	if got := labels(Explain(sha("weixin17000000001800000000"), r)); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	// Vector V25's trap; the official order needs no explanation.
	r = Request{Token: "abcToken", Timestamp: "1700000000", Nonce: "Zz9"}
	if got := labels(Explain("2df759730cd6b582df3b9cf103be5165878f6a8d", r)); !slices.Contains(got, "M23 case-order nonce=Zz9") {
		t.Errorf("got %q", got)
	}
}

func TestExplainNothing(t *testing.T) {
	r := everything
	for _, given := range []string{right(r), "", "0", strings.Repeat("0", 40), "你好", right(r) + "\n"} {
		if got := Explain(given, r); got != nil {
			t.Errorf("%q is explained by %q", given, labels(got))
		}
	}
	if got := Explain("x", Request{}); got != nil {
		t.Errorf("an empty request: %q", labels(got))
	}
}

func TestMistakes(t *testing.T) {
	all := Mistakes(everything)
	if len(all) < 90 || len(all) > 125 {
		t.Errorf("%d mistakes", len(all))
	}
	many := everything
	for i := range 100 {
		many.Extra = append(many.Extra, Param{fmt.Sprint("p", i), fmt.Sprint(i)})
	}
	if n := len(Mistakes(many)); n > len(all)+8 {
		t.Errorf("%d mistakes with a hundred parameters", n)
	}
	tokens := 0
	for _, m := range all {
		if m.Signature == right(everything) {
			t.Errorf("%s gives the right signature", label(m))
		}
		if m.ID == alteredID && !slices.Contains([]string{"separator", "printed-list", "missing-input"}, m.Variant) {
			t.Errorf("%s is no probe", label(m))
		}
		if m.ID == tokenID {
			tokens++
		}
		for _, secret := range []string{everything.Token, everything.Secret, everything.AESKey, everything.Other[0].Token} {
			if strings.Contains(label(m), secret) {
				t.Errorf("%s %s tells a secret", m.ID, m.Variant)
			}
		}
	}
	if tokens < 30 || tokens == len(all) {
		t.Errorf("%d of %d are about the token", tokens, len(all))
	}
}

// TestMistakesAreInTheCatalogue: each has a text there, and all the facts that
// the text asks for.
func TestMistakesAreInTheCatalogue(t *testing.T) {
	placeholder := regexp.MustCompile(`\{[a-z_]+\}`)
	safe := everything
	safe.Encrypt, safe.Timestamp, safe.Nonce = "A+b", " 1700000000%41", everything.Timestamp
	every := collector{}
	for _, r := range []Request{everything, safe, {Token: "t", Timestamp: "1700000000"}} {
		every.mistakes(r)
		every.alteredInputs(r)
	}
	seen := map[string]bool{}
	for _, m := range every.list {
		seen[m.ID+" "+m.Variant] = true
		e, ok := catalog.Lookup(m.ID)
		if !ok {
			t.Errorf("%s is not in the catalogue", m.ID)
			continue
		}
		if _, ok := e.Variant(m.Variant); !ok && (m.Variant != "" || len(e.Variants) > 0) {
			t.Errorf("%s has no variant %s", m.ID, m.Variant)
		}
		for _, lang := range []finding.Lang{finding.English, finding.Chinese} {
			title, evidence, fix := e.Describe(lang, m.Variant, m.Facts)
			if left := placeholder.FindString(title + evidence + fix); left != "" {
				t.Errorf("%s: nothing fills %s", label(m), left)
			}
		}
	}
	for _, v := range []string{"milliseconds", "decoded-twice", "not-decoded", "plus-as-space", "trimmed-input", "separator", "printed-list", "missing-input"} {
		if !seen[alteredID+" "+v] {
			t.Errorf("the test does not reach %s", v)
		}
	}
}

func ExampleMistakes() {
	r := Request{Token: "weixin", Timestamp: "1700000000", Nonce: "9", Echostr: "4375120948345356249"}
	for _, m := range Mistakes(r)[:3] {
		fmt.Println(m.Signature, m.ID, m.Variant)
	}
	// Output:
	// ef616956876be97329e1ddf125cc406c803cb1c6 V18 numeric-sort
	// 3be8c310594ed20e79f7254010016de4e29c213e V24 echostr-in-hash
	// fba0b8d64e03c1b88421c0ee05eb40d859f213f6 V03 token-space-after
}
