package reply

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// unmendable are the findings of which nobody but the author knows what should
// stand there, though they have a place.
var unmendable = []string{
	"M03 plaintext", "M03 unasked", "M03 envelope", "M03 undecryptable", "M03 little-endian", "M03 no-random", "M03 no-padding", "M03 padding", "M03 double",
	"M06 success-as-text", "M06 plain-text", "M06 stream", "M06 html",
	"M07 reply-utf8", "M07 reply-cdata-end", "M07 reply-question-marks", "M07 reply-replaced", "M07 reply-markdown", "M07 reply-error",
	"M12 too-deep", "M12 truncated", "M12 printed-bytes", "M12 printed-object", "M12 json-reply", "M12 xml-reply",
	"M12 missing-in-item", "M12 empty", "M12 unknown-type", "M12 mini-content",
	"M13 empty", "M13 blank", "M19 printed-error", "M20 none", "M22 reply-appid", "M25 length",
}

// placeless are those without a place in any answer.
var placeless = []string{"M12 too-large"}

// placed is a finding with the bytes that its place counts in, and a way to judge
// them when they were changed.
type placed struct {
	finding.Finding
	bytes []byte
	judge func(changed []byte) []finding.Finding
}

// placedFindings are what is found in all wrong answers of the tests.
func placedFindings(t *testing.T) []placed {
	t.Helper()
	var all []placed
	for _, c := range badReplies {
		for _, body := range variations(c.body) {
			again := func(b []byte) []finding.Finding { return Judge(b, Asked{Message: inbound(t, c.in)}).Findings }
			for _, f := range again([]byte(body)) {
				all = append(all, placed{f, []byte(body), again})
			}
		}
	}
	asked := encrypted(t, msgcrypt.Safe)
	for _, c := range envelopeCases(t) {
		outer := func(b []byte) []finding.Finding { return Judge(b, asked).Findings }
		for _, f := range outer([]byte(c.body)) {
			all = append(all, placed{f, []byte(c.body), outer})
		}
	}
	right := envelopeCases(t)["right"].body
	plainly := func(b []byte) []finding.Finding { return Judge(b, encrypted(t, msgcrypt.Plain)).Findings }
	for _, f := range plainly([]byte(right)) {
		all = append(all, placed{f, []byte(right), plainly})
	}
	return append(all, sealedFindings(t, asked)...)
}

// sealedFindings are those of the wrong replies in an envelope: their places are
// in what was encrypted.
func sealedFindings(t *testing.T, asked Asked) []placed {
	var all []placed
	for _, c := range badReplies {
		if !strings.HasPrefix(c.body, "<xml>") || len(c.body) > 4096 || c.in != "" {
			continue
		}
		again := func(b []byte) []finding.Finding {
			e, err := asked.Codec.EncryptWith([16]byte{}, b)
			if err != nil {
				t.Fatal(err)
			}
			return Judge(envelope(e, "1700000001", "12").Body(), asked).Findings
		}
		for _, f := range again([]byte(c.body)) {
			if f.Place == nil || f.Place.In == finding.InReply {
				all = append(all, placed{f, []byte(c.body), again})
			}
		}
	}
	return all
}

// variations are an answer as others write it: with CR LF, after a line of
// Chinese, with its CDATA as text and the reverse.
func variations(body string) []string {
	all := []string{body}
	if strings.HasPrefix(body, "<xml><ToUserName>") {
		all = append(all,
			strings.ReplaceAll(body, ">\n<", ">\r\n<"),
			strings.Replace(body, "<xml>", "<xml><!-- 中文 -->\r\n", 1),
			"\xef\xbb\xbf"+body,
			strings.ReplaceAll(strings.ReplaceAll(body, "<![CDATA["+user+"]]>", user), "<![CDATA["+account+"]]>", " \n"+account+" "))
	}
	return all
}

// TestEveryPlaceCanBeMended: what should stand in a place, put there, makes the
// finding go away, and its bytes, line and column are where they should be.
func TestEveryPlaceCanBeMended(t *testing.T) {
	mended := map[string]bool{}
	for _, p := range placedFindings(t) {
		key := p.ID + " " + p.Variant
		at := p.Place
		if at == nil {
			continue
		}
		if at.Offset < 0 || at.Offset+at.Length > len(p.bytes) || at.In != finding.InBody && at.In != finding.InReply {
			t.Fatalf("%s: %+v of %d bytes", key, at, len(p.bytes))
		}
		if line, column := counted(p.bytes, at.Offset); line != at.Line || column != at.Column {
			t.Errorf("%s: line %d, column %d of %q are %d, %d", key, at.Line, at.Column, p.bytes, line, column)
		}
		changed, ok := at.Mend(p.bytes)
		if !ok {
			continue
		}
		mended[key] = true
		if before, after := howMany(p.judge(p.bytes), p), howMany(p.judge(changed), p); after >= before {
			t.Errorf("%s: mended, and still found\nin  %q\nnow %q", key, p.bytes, changed)
		}
	}
	for _, r := range rules {
		key := r.ID + " " + r.Variant
		if mended[key] == (slices.Contains(unmendable, key) || slices.Contains(placeless, key)) {
			t.Errorf("%s: mended %v", key, mended[key])
		}
	}
}

// howMany counts the findings of p's kind.
func howMany(found []finding.Finding, p placed) (n int) {
	for _, f := range found {
		if f.ID == p.ID && f.Variant == p.Variant {
			n++
		}
	}
	return n
}

// counted is the line and column of an offset, counted character by character.
func counted(text []byte, offset int) (line, column int) {
	line, column = 1, 1
	for i := 0; i < offset; {
		r, n := utf8.DecodeRune(text[i:])
		switch {
		case r == '\n':
			line, column = line+1, 1
		case r == '\ufeff' && i == 0:
		case r == '\r' && i+1 == offset && bytes.HasPrefix(text[offset:], []byte("\n")):
		default:
			column++
		}
		i += n
	}
	return line, column
}

// TestPlacesAreThoseOfTheWrongBytes: the bytes that are meant, and what should
// stand there.
func TestPlacesAreThoseOfTheWrongBytes(t *testing.T) {
	in := sample(t, "text")
	id := in.Get("FromUserName")
	swapped := strings.NewReplacer(user, account, account, user).Replace(reply("text", hello))
	for _, c := range []struct{ variant, body, bytes, expected string }{
		{"not-swapped", swapped, account, id},
		{"wrong-from", strings.Replace(reply("text", hello), account, "gh_other", 1), "gh_other", account},
		{"wrong-to", strings.Replace(reply("text", hello), "<![CDATA["+user+"]]>", " o&lt;x ", 1), "o&lt;x", user},
		{"blanks", strings.Replace(reply("text", hello), user, user+" \n", 1), user + " \n", user},
		{"empty", strings.Replace(reply("text", hello), "<ToUserName><![CDATA["+user+"]]></ToUserName>", "<ToUserName/>", 1), "<ToUserName/>", "<ToUserName><![CDATA[" + user + "]]></ToUserName>"},
		{"milliseconds", strings.Replace(reply("text", hello), "1700000001", "1700000001000", 1), "1700000001000", "1700000001"},
		{"missing", strings.Replace(reply("text", hello), "<MsgType><![CDATA[text]]></MsgType>", "", 1), "", "<MsgType><![CDATA[text]]></MsgType>"},
		{"case", reply("text", "<content>hi</content>"), "<content>hi</content>", "<Content>hi</Content>"},
		{"misplaced", reply("image", "<MediaId>m</MediaId>"), "<MediaId>m</MediaId>", "<Image><MediaId>m</MediaId></Image>"},
		{"type-case", reply("Text", hello), "Text", "text"},
		{"count-mismatch", reply("news", articles(1, 2)), "2", "1"},
		{"markup", reply("text", "<Content>a <b>c</b></Content>"), "a <b>c</b>", "<![CDATA[a <b>c</b>]]>"},
		{"reply-newline", reply("text", `<Content><![CDATA[一\n二\n三]]></Content>`), `\n二\n`, "\n二\n"},
		{"reply-entity", reply("text", "<Content>a&amp;nbsp;b</Content>"), "a&amp;nbsp;b", "a\u00a0b"},
		{"reply-unicode", reply("text", `<Content><![CDATA[你\u4f60\u597d]]></Content>`), `\u4f60\u597d`, "你好"},
		{"reply-mojibake", reply("text", "<Content>say ä½\u00a0å¥½!</Content>"), "ä½\u00a0å¥½", "你好"},
		{"long-text", reply("text", "<Content>"+strings.Repeat("长", 683)+"</Content>"), "长", ""},
		{"bom", "\ufeff\ufeff" + reply("text", hello), "\ufeff\ufeff", ""},
		{"after", reply("text", hello) + "\n<script>toolbar</script>\n", "<script>toolbar</script>\n", ""},
		{"blank-success", "success\n", "success\n", "success"},
		{"malformed", reply("text", "<Content>a &amp; b & c</Content>"), "&", "&amp;"},
		{"malformed", strings.Replace(reply("text", hello), "</MsgType>", "</msgtype>", 1), "</msgtype>", "</MsgType>"},
		{"rounded", reply("text", "<Content>your id is 24300000000000000</Content>"), "24300000000000000", "24300000000000001"},
		{"loose-text", strings.Replace(reply("text", hello), "<CreateTime>", " oops <CreateTime>", 1), "oops", ""},
		{"link-amp", reply("text", `<Content><![CDATA[<a href="weixin://bizmsgmenu?msgmenucontent=a&amp;msgmenuid=1">a</a>]]></Content>`), "amp;", ""},
	} {
		_, found := judge([]byte(c.body), in)
		i := slices.IndexFunc(found, func(f finding.Finding) bool { return f.Variant == c.variant })
		if i < 0 || found[i].Place == nil {
			t.Errorf("%s: %+v", c.variant, found)
			continue
		}
		p := found[i].Place
		if got := c.body[p.Offset : p.Offset+p.Length]; got != c.bytes || p.Expected != c.expected || p.Remove != (c.expected == "") {
			t.Errorf("%s: %q should be %q, want %q and %q", c.variant, got, p.Expected, c.bytes, c.expected)
		}
	}
}

// TestPlacesInJSON: values keep their quotes, and are escaped as JSON has it.
func TestPlacesInJSON(t *testing.T) {
	in := sample(t, "text")
	in.Format = msgcrypt.JSON
	_ = in.Set("FromUserName", `o"x`)
	body := `{"ToUserName":"you","FromUserName":"` + account + `","createTime":1700000001,"MsgType":"transfer_customer_service"}`
	var got []string
	for _, f := range Judge([]byte(body), Asked{Message: in}).Findings {
		got = append(got, f.Variant+" "+body[f.Place.Offset:f.Place.Offset+f.Place.Length]+" "+f.Place.Expected)
		if changed, ok := f.Place.Mend([]byte(body)); !ok || !parses(changed) {
			t.Errorf("%s: %s", f.Variant, changed)
		}
	}
	if want := []string{`wrong-to you o\"x`, `case "createTime" "CreateTime"`}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func parses(body []byte) bool {
	_, err := message.Parse(body)
	return err == nil
}

// TestExpectedSignature: the place of a wrong MsgSignature has the right one.
func TestExpectedSignature(t *testing.T) {
	asked := encrypted(t, msgcrypt.Safe)
	right := envelopeCases(t)["right"].body
	j := Judge([]byte(right), asked)
	sum := j.Envelope.MsgSignature
	for _, body := range []string{
		strings.Replace(right, sum, strings.Repeat("0", 40), 1),
		strings.Replace(right, sum, strings.ToUpper(sum), 1),
	} {
		j := Judge([]byte(body), asked)
		if idsOf(j.Findings) != "M03 signature" || j.Findings[0].Place.Expected != sum || j.Findings[0].Place.Length != 40 {
			t.Errorf("%s: %+v", idsOf(j.Findings), j.Findings[0].Place)
		}
	}
}
