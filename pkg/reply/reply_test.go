package reply

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

const (
	account = "gh_0123456789ab"
	user    = "oAbCdEfGhIjKlMnOpQrStUvWxYz0"
)

var then = time.Unix(1700000000, 0)

// sample makes a message of the type.
func sample(t testing.TB, name string) *message.Message {
	t.Helper()
	typ, ok := message.LookupType(name)
	if !ok {
		t.Fatalf("there is no type %q", name)
	}
	return typ.New(user, account, then, 24300000000000001)
}

// reply makes a well-formed reply to a message of user, with what differs.
func reply(msgType, content string) string {
	return "<xml><ToUserName><![CDATA[" + user + "]]></ToUserName>\n<FromUserName><![CDATA[" + account + "]]></FromUserName>\n" +
		"<CreateTime>1700000001</CreateTime>\n<MsgType><![CDATA[" + msgType + "]]></MsgType>\n" + content + "</xml>"
}

// judge is Judge for what is not encrypted.
func judge(body []byte, in *message.Message) (*Reply, []finding.Finding) {
	j := Judge(body, Asked{Message: in})
	return j.Reply, j.Findings
}

const hello = "<Content><![CDATA[hi]]></Content>"

func articles(n, count int) string {
	return fmt.Sprintf("<ArticleCount>%d</ArticleCount><Articles>", count) +
		strings.Repeat("<item><Title>t</Title><Description>d</Description><PicUrl>p</PicUrl><Url>u</Url></item>", n) + "</Articles>"
}

func TestGoodReplies(t *testing.T) {
	text, event := sample(t, "text"), sample(t, "click")
	mini := sample(t, "text")
	mini.Format = msgcrypt.JSON
	for _, c := range []struct {
		body, wantType string
		in             *message.Message
	}{
		{"", TypeEmpty, text},
		{"success", TypeSuccess, text},
		{reply("text", hello), "text", text},
		{reply("text", hello) + "\n", "text", nil},
		{"<?xml version=\"1.0\" encoding='UTF-8'?>\n" + reply("text", hello), "text", text},
		{reply("text", "<Content>a &lt; b &amp; c</Content><FuncFlag>0</FuncFlag>"), "text", text},
		{reply("text", "<Content>\n <![CDATA[a]]]]><![CDATA[>b]]>\n</Content>"), "text", text},
		{reply("text", "<Content><![CDATA[2 * 3 ** 2 = 18，# 1 号，[链接] (无)，a | b]]></Content>"), "text", text},
		{reply("text", "<Content><![CDATA[抱歉，出错了（Error 500），请稍后再试。Null Island 在哪里？]]></Content>"), "text", text},
		{reply("image", "<Image><MediaId>m</MediaId></Image>"), "image", text},
		{reply("voice", "<Voice>\n<MediaId><![CDATA[m]]></MediaId>\n</Voice>"), "voice", text},
		{reply("video", "<Video><MediaId>m</MediaId></Video>"), "video", text},
		{reply("music", "<Music><ThumbMediaId>m</ThumbMediaId></Music>"), "music", text},
		{reply("news", articles(1, 1)), "news", text},
		{reply("news", articles(8, 8)), "news", event},
		{reply("transfer_customer_service", ""), "transfer_customer_service", text},
		{reply("transfer_customer_service", "<TransInfo><KfAccount>a@b</KfAccount></TransInfo>"), "transfer_customer_service", text},
		{"<xml><Encrypt><![CDATA[x]]></Encrypt><MsgSignature>x</MsgSignature><TimeStamp>1700000000</TimeStamp><Nonce>1</Nonce></xml>", TypeEncrypted, text},
		{`{"Encrypt":"x","MsgSignature":"x","TimeStamp":1713424427,"Nonce":"1"}`, TypeEncrypted, mini},
		{`{"demo_resp":"good luck"}`, TypeOther, mini},
		{`{"ToUserName":"` + user + `","FromUserName":"` + account + `","CreateTime":1700000000,"MsgType":"transfer_customer_service"}`, "transfer_customer_service", mini},
		{"success", TypeSuccess, mini},
		{"success", TypeSuccess, sample(t, "component_verify_ticket")},
	} {
		r, found := judge([]byte(c.body), c.in)
		if r.Type != c.wantType || len(found) > 0 {
			t.Errorf("%s:\ngot %s %v", c.body, r.Type, found)
		}
	}
}

type badReply struct {
	want string // id and variant
	body string
	in   string // the type of the message; "" is text, "json" text in JSON
	more string // a part of the evidence, or a fact as name=value
}

var badReplies = []badReply{
	{"M06 quoted-success", `"success"`, "", `"\"success\""`},
	{"M06 quoted-success", `'success'`, "", ""},
	{"M06 printed-success", `b'success'`, "", ""},
	{"M06 printed-success", `"c3VjY2Vzcw=="`, "", ""},
	{"M06 blank-success", "success\n", "", `"success\n"`},
	{"M06 blank-success", " success", "", ""},
	{"M06 success-case", "SUCCESS", "", ""},
	{"M06 wrapped-success", `<string xmlns="http://x/">success</string>`, "", ""},
	{"M06 wrapped-success", `<?xml version="1.0"?><String>success</String>`, "", ""},
	{"M06 wrapped-success", "<xml>success</xml>", "", ""},
	{"M06 wrapped-success", "<xml><![CDATA[SUCCESS]]></xml>", "", ""},
	{"M06 success-as-text", reply("text", "<Content>success</Content>"), "", ""},
	{"M06 pay-ack", "<xml><return_code><![CDATA[SUCCESS]]></return_code></xml>", "", ""},
	{"M06 blank-body", "\r\n", "", "length=2"},
	{"M06 word", "null", "", "null"},
	{"M06 word", `""`, "", ""},
	{"M06 word", "None\n", "", ""},
	{"M06 word", "[]", "", ""},
	{"M06 plain-text", "hello", "", ""},
	{"M06 stream", "data: {\"delta\":\"你\"}\n\ndata: [DONE]\n\n", "", "delta"},
	{"M06 stream", "event: message\nid: 1\ndata: 你\n\n", "", ""},
	{"M06 plain-text", "\x1b[2Jhi", "", `\x1B[2Jhi`},
	{"M06 html", "<!DOCTYPE html><html><body>x</body></html>", "", ""},
	{"M06 html", "\n<html><head>", "", ""},
	{"M06 platform", reply("text", hello), "component_verify_ticket", ""},
	{"M06 platform", "<xml><a>b</a></xml>", "authorized", ""},
	{"M06 platform", `{"code":0,"msg":"success"}`, "authorized", ""},
	{"M06 platform-empty", "", "component_verify_ticket", ""},
	{"M06 platform-encrypted", "<xml><Encrypt>AAAA</Encrypt><MsgSignature>a</MsgSignature><TimeStamp>1</TimeStamp><Nonce>2</Nonce></xml>", "authorized", ""},

	{"M07 reply-control", reply("text", "<Content><![CDATA[a\x02]]></Content>"), "", "U+0002"},
	{"M07 reply-utf8", reply("text", "<Content><![CDATA[a\xe4\xbd]]></Content>"), "", "E4 BD"},
	{"M07 reply-cdata-end", reply("text", "<Content><![CDATA[a]]>b]]></Content>"), "", ""},
	{"M07 reply-lost", reply("text", "<Content>echo: ??</Content>"), "hello", `"你好"`},
	{"M07 reply-question-marks", reply("text", "<Content>???????</Content>"), "", `"???????"`},
	{"M07 reply-question-marks", reply("news", "<ArticleCount>1</ArticleCount><Articles><item><Title>????</Title><Description/><PicUrl/><Url/></item></Articles>"), "", ""},
	{"M07 reply-replaced", reply("text", "<Content>\ufffd\ufffd你</Content>"), "", ""},
	{"M07 reply-replaced", reply("text", "<Content>锟斤拷锟斤拷</Content>"), "", ""},
	{"M07 reply-mojibake", reply("text", "<Content>ä½\u00a0å¥½</Content>"), "", "Latin-1"},
	{"M07 reply-mojibake", reply("text", "<Content>æ¬¢è¿Žå…³æ³¨ wxdev</Content>"), "", "Latin-1"},
	{"M07 reply-mojibake", reply("text", "<Content>浣犲ソ</Content>"), "", "GBK"},
	{"M07 reply-mojibake", reply("text", "<Content>娆㈣繋鍏虫敞</Content>"), "", "GBK"},
	{"M07 reply-newline", reply("text", `<Content>one\ntwo</Content>`), "", `"one\\ntwo", with \n`},
	{"M07 reply-newline", reply("text", `<Content>一\r\n二</Content>`), "", ""},
	{"M07 reply-newline", reply("text", `<Content><![CDATA[一<br/>二]]></Content>`), "", ""},
	{"M07 reply-unicode", reply("text", `<Content>\u4f60\u597d</Content>`), "", ""},
	{"M07 reply-unicode", reply("text", `<Content>Hi %E6%82%A8%E5%A5%BD</Content>`), "", "%E6%82%A8"},
	{"M07 reply-entity", reply("text", "<Content><![CDATA[a &lt; b]]></Content>"), "", ""},
	{"M07 reply-entity", reply("text", "<Content>a&amp;nbsp;b</Content>"), "", "&nbsp;"},
	{"M07 reply-markdown", reply("text", "<Content><![CDATA[**你好**，世界]]></Content>"), "", "**你好**"},
	{"M07 reply-markdown", reply("text", "<Content><![CDATA[例如：\n```go\nx := 1\n```]]></Content>"), "", "```"},
	{"M07 reply-markdown", reply("text", "<Content><![CDATA[步骤\n## 一、取号]]></Content>"), "", "## 一"},
	{"M07 reply-markdown", reply("text", "<Content><![CDATA[见[这里](https://example.com/a)]]></Content>"), "", ""},
	{"M07 reply-markdown", reply("text", "<Content><![CDATA[|a|b|\n|---|---|\n|1|2|]]></Content>"), "", ""},
	{"M07 reply-error", reply("text", "<Content><![CDATA[Error: Request timed out.]]></Content>"), "", "timed out"},
	{"M07 reply-error", reply("text", "<Content><![CDATA[openai.RateLimitError: Error code: 429 - {'error': {}}]]></Content>"), "", ""},
	{"M07 reply-error", reply("text", "<Content><![CDATA[Traceback (most recent call last):\n  File]]></Content>"), "", ""},
	{"M07 reply-error", reply("text", "<Content>[object Object]</Content>"), "", ""},
	{"M07 reply-error", reply("text", "<Content>None</Content>"), "", ""},

	{"M10 bom", "\xef\xbb\xbf" + reply("text", hello), "", "count=1"},
	{"M10 bom", "\xef\xbb\xbf\xef\xbb\xbfsuccess", "", "count=2"},
	{"M10 blank-before", "\n\n" + reply("text", hello), "", "length=2"},
	{"M10 before", "<br />\n<b>Notice</b>: x" + reply("text", hello), "", "Notice"},
	{"M10 before", "<?xml version=\"1.0\"?>debug" + reply("text", hello), "", ""},
	{"M10 before", "<b>Warning</b><br />\nsuccess", "", ""},
	{"M10 after", reply("text", hello) + "<script>toolbar</script>", "", "toolbar"},
	{"M10 after", "success<!-- 0.1s -->", "", ""},

	{"M12 too-large", "<xml>" + strings.Repeat(" ", message.MaxBody) + "</xml>", "", "1048576"},
	{"M12 too-deep", "<xml>" + strings.Repeat("<a>", 10000), "", "64"},
	{"M12 malformed", reply("text", "<Content>a&b</Content>"), "", "entity"},
	{"M12 malformed", `{"a":tru}`, "json", ""},
	{"M12 truncated", "<xml><ToUserName>a", "", "ends inside <ToUserName>"},
	{"M12 truncated", `{"a":`, "json", ""},
	{"M12 encoding", `<?xml version="1.0" encoding="GBK"?>` + reply("text", hello), "", "GBK"},
	{"M12 root", "<Xml><a/></Xml>", "", "<Xml>"},
	{"M12 root", "<message/>", "", "<message>"},
	{"M12 json-reply", `{"Encrypt":"x","MsgSignature":"x","TimeStamp":1713424427,"Nonce":"1"}`, "", ""},

	{"M19 printed-error", "<br />\n<b>Fatal error</b>:  Uncaught Error: Call to undefined function f() in /srv/wx.php:7\nStack trace:\n#0 {main}", "", "Fatal error:  Uncaught Error: Call to undefined function f() in /srv/wx.php:7\""},
	{"M19 printed-error", strings.Repeat("\xce\xde\xb7\xa8", 40) + " Warning: mysqli_connect()", "", `"Warning: mysqli_connect()"`}, // GBK
	{"M19 printed-error", "PHP Parse error: x in y\n\nParse error: x in y", "", "Parse error: x in y\""},
	{"M19 printed-error", "<html><body><pre>Traceback (most recent call last):\n  File \"a.py\", line 3, in f\n    m['Content']\nKeyError: 'Content'\n</pre></body></html>", "", `"KeyError: 'Content'"`},
	{"M12 nested-xml", "<xml>" + reply("text", hello) + "</xml>", "", ""},
	{"M12 json-string", `"<xml>\n<a/></xml>"`, "", ""},
	{"M12 wrapped", "<string>" + strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(reply("text", hello)) + "</string>", "", "<string>"},
	{"M12 wrapped", `<?xml version="1.0" encoding="utf-8"?><string xmlns="http://x/">&lt;xml&gt;&lt;/xml&gt;</string>`, "", ""},
	{"M12 wrapped", "<String>" + reply("text", hello) + "</String>\n", "", "<String>"},
	{"M12 printed-bytes", "b'" + strings.ReplaceAll(reply("text", hello), "\n", `\n`) + "'", "", "b'<xml>"},
	{"M12 printed-bytes", `bytearray(b"<xml></xml>")`, "", ""},
	{"M12 printed-bytes", `b'\n<xml></xml>'`, "", ""},
	{"M12 printed-bytes", "[60 120 109 108 62]", "", ""},
	{"M12 printed-bytes", `{"type":"Buffer","data":[60,120]}`, "", ""},
	{"M12 printed-bytes", "<Buffer 3c 78 6d 6c 3e>", "", ""},
	{"M12 printed-bytes", "[B@1b6d3586", "", ""},
	{"M12 printed-bytes", `"PHhtbD48L3htbD4="`, "", ""},
	{"M12 printed-object", "[object Object]", "", ""},
	{"M12 printed-object", "<wechatpy.replies.TextReply object at 0x7f1c2d3e4f50>", "", ""},
	{"M12 printed-object", "com.example.TextReply@1b6d3586", "", ""},
	{"M12 escaped", "&lt;xml&gt;&lt;/xml&gt;", "", ""},
	{"M12 json-reply", `{"errcode":0}`, "", "errcode"},
	{"M12 json-reply", `{}`, "click", ""},
	{"M12 xml-reply", reply("transfer_customer_service", ""), "json", ""},
	{"M12 loose-text", strings.Replace(reply("text", hello), "<Content>", "oops<Content>", 1), "", "oops"},
	{"M12 missing", strings.Replace(reply("text", hello), "MsgType", "Type", 2), "", "MsgType"},
	{"M12 missing", reply("text", ""), "", "Content"},
	{"M12 missing", reply("image", "<Image></Image>"), "", "Image/MediaId"},
	{"M12 missing", reply("music", "<Music><Title>t</Title></Music>"), "", "Music/ThumbMediaId"},
	{"M12 missing", reply("news", "<Articles><item><Title>t</Title><Description/><PicUrl/><Url/></item></Articles>"), "", "ArticleCount"},
	{"M12 missing", reply("news", "<ArticleCount>1</ArticleCount>"), "", "Articles"},
	{"M12 missing", reply("transfer_customer_service", "<TransInfo></TransInfo>"), "", "TransInfo/KfAccount"},
	{"M12 missing-in-item", reply("news", "<ArticleCount>1</ArticleCount><Articles><item><Title>t</Title><Description/><PicUrl/></item></Articles>"), "", "Articles/item[1]/Url"},
	{"M12 empty", reply("image", "<Image><MediaId> </MediaId></Image>"), "", "Image/MediaId"},
	{"M12 case", reply("text", "<content>hi</content>"), "", "element=content want=Content"},
	{"M12 case", strings.ReplaceAll(reply("text", hello), "CreateTime", "createTime"), "", "CreateTime"},
	{"M12 case", `{"encrypt":"x","msgsignature":"x","timestamp":1,"nonce":"1"}`, "json", "element=encrypt want=Encrypt"},
	{"M12 misplaced", reply("image", "<MediaId>m</MediaId>"), "", "element=MediaId want=Image/MediaId"},
	{"M12 misplaced", reply("text", "<Text><Content>hi</Content></Text>"), "", "element=Text/Content want=Content"},
	{"M12 twice", reply("text", hello+hello), "", "2 times"},
	{"M12 markup", reply("text", "<Content>a <b>c</b></Content>"), "", `"b"`},
	{"M12 markup", reply("image", "<Image><MediaId><x/></MediaId></Image>"), "", "Image/MediaId"},
	{"M12 unknown-type", reply("mpnews", ""), "", "mpnews"},
	{"M12 unknown-type", reply("", hello), "", ""},
	{"M12 type-case", reply("Text", hello), "", "want=text"},
	{"M12 long-text", reply("text", "<Content>"+strings.Repeat("长", 683)+"</Content>"), "", "2049"},
	{"M06 json-success", `{"code":0,"msg":"success"}`, "json", "success"},
	{"M12 mini-content", `{"ToUserName":"` + user + `","FromUserName":"` + account + `","CreateTime":1700000000,"MsgType":"text","Content":"hi"}`, "json", "text"},
	{"M12 link-amp", reply("text", `<Content><![CDATA[<a href="weixin://bizmsgmenu?msgmenucontent=a&amp;msgmenuid=1">a</a>]]></Content>`), "", ""},
	{"M12 link-open", reply("text", `<Content><![CDATA[see <a href="https://example.com">here]]></Content>`), "", "here"},

	{"M13 empty", reply("text", "<Content><![CDATA[]]></Content>"), "", ""},
	{"M13 blank", reply("text", "<Content><![CDATA[ \n]]></Content>"), "", ""},

	{"M14 not-swapped", strings.NewReplacer(user, account, account, user).Replace(reply("text", hello)), "", ""},
	{"M14 wrong-to", strings.Replace(reply("text", hello), user, "oSomebody", 1), "", "oSomebody"},
	{"M14 wrong-from", strings.Replace(reply("text", hello), account, "gh_other", 1), "", "gh_other"},
	{"M14 appid", strings.Replace(reply("text", hello), account, "wx0123456789abcdef", 1), "", "wx0123456789abcdef"},
	{"M14 empty", strings.Replace(reply("text", hello), user, "", 1), "", "ToUserName"},
	{"M14 blanks", strings.Replace(reply("text", hello), user, user+" ", 1), "", ""},

	{"M15 missing", strings.Replace(reply("text", hello), "<CreateTime>1700000001</CreateTime>", "", 1), "", ""},
	{"M15 not-integer", strings.Replace(reply("text", hello), "1700000001", "[1682391258]", 1), "", "[1682391258]"},
	{"M15 not-integer", strings.Replace(reply("text", hello), "1700000001", "", 1), "", ""},
	{"M15 not-integer", strings.Replace(reply("text", hello), "1700000001", "1700000001.5", 1), "", ""},
	{"M15 milliseconds", strings.Replace(reply("text", hello), "1700000001", "1700000001000", 1), "", ""},
	{"M15 not-seconds", strings.Replace(reply("text", hello), "1700000001", "12345678", 1), "", ""},

	{"M16 http-head", "HTTP/1.0 200 OK\r\nDate: x\r\n\r\n" + reply("text", hello), "", "HTTP/1.0 200 OK"},
	{"M16 http-head", "HTTP/1.1 200 OK\r\n\r\nsuccess", "", ""},
	{"M16 two-documents", reply("text", hello) + "\n" + reply("text", hello), "", ""},
	{"M16 success-after", reply("text", hello) + "success", "", ""},
	{"M16 success-after", "successsuccess", "", ""},

	{"M20 none", reply("news", "<ArticleCount>0</ArticleCount><Articles></Articles>"), "", ""},
	{"M20 not-a-number", strings.Replace(reply("news", articles(1, 1)), "<ArticleCount>1", "<ArticleCount>one", 1), "", "one"},
	{"M20 count-mismatch", reply("news", articles(1, 2)), "", "count=2 items=1"},
	{"M20 too-many-for-message", reply("news", articles(2, 2)), "", "shows 1"},
	{"M20 too-many-for-event", reply("news", articles(9, 9)), "click", "shows 8"},

	{"M24 milliseconds", "<xml><Encrypt>x</Encrypt><TimeStamp>1700000000000</TimeStamp></xml>", "", ""},
	{"M26 rounded", reply("text", "<Content>your id is 24300000000000000</Content>"), "", "24300000000000001"},
	{"M26 rounded", reply("text", "<Content>2.43e+16</Content>"), "", ""},
}

func inbound(t *testing.T, name string) *message.Message {
	switch name {
	case "":
		return sample(t, "text")
	case "json":
		m := sample(t, "text")
		m.Format = msgcrypt.JSON
		return m
	case "hello":
		m := sample(t, "text")
		_ = m.Set("Content", "你好")
		return m
	}
	return sample(t, name)
}

// Each wrong body must give just the problem it was made for.
func TestRules(t *testing.T) {
	for i, c := range badReplies {
		_, found := judge([]byte(c.body), inbound(t, c.in))
		var got []string
		for _, p := range found {
			got = append(got, p.ID+" "+p.Variant)
			words := evidence(p, finding.English)
			if strings.ContainsAny(words, "\n\x1b") || placeholder.MatchString(words) || !strings.Contains(words+factsText(p), c.more) && len(found) == 1 {
				t.Errorf("%d %s: %s", i, c.want, words)
			}
			if at := p.Place; at != nil && (at.Offset >= len(c.body) && at.Offset > 0 && p.Variant != "truncated" || at.Offset < 0 || at.Line < 1 || at.Column < 1) {
				t.Errorf("%d %s: %+v", i, c.want, at)
			}
		}
		if !slices.Equal(got, []string{c.want}) {
			t.Errorf("%d: got %q, want %q\n%.300s", i, got, c.want, c.body)
		}
	}
}

// factsText is the facts but those of the place, as name=value.
func factsText(f finding.Finding) string {
	s := ""
	for _, name := range slices.Sorted(maps.Keys(f.Facts)) {
		if !slices.Contains(placeFacts, name) {
			s += " " + name + "=" + f.Facts.Text(finding.English, name)
		}
	}
	return s
}

// everyFinding is what is found in all wrong answers of the tests.
func everyFinding(t *testing.T) []finding.Finding {
	t.Helper()
	var all []finding.Finding
	for _, c := range badReplies {
		_, found := judge([]byte(c.body), inbound(t, c.in))
		all = append(all, found...)
	}
	for _, c := range envelopeCases(t) {
		all = append(all, Judge([]byte(c.body), encrypted(t, msgcrypt.Safe)).Findings...)
	}
	return append(all, Judge([]byte(envelopeCases(t)["right"].body), encrypted(t, msgcrypt.Plain)).Findings...)
}

func TestEveryRuleHasACaseAndItsFacts(t *testing.T) {
	covered := map[string]finding.Finding{}
	for _, p := range everyFinding(t) {
		covered[p.ID+" "+p.Variant] = p
	}
	doc, err := os.ReadFile("rules.go")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, r := range rules {
		key := r.ID + " " + r.Variant
		p, ok := covered[key]
		if !ok || seen[key] {
			t.Errorf("%s: no case, or twice in the table", key)
		}
		seen[key] = true
		line := "//\t" + key
		for _, f := range slices.Sorted(maps.Keys(p.Facts)) {
			if !slices.Contains(placeFacts, f) {
				line += " {" + f + "}"
			}
		}
		if !strings.Contains(string(doc), line+"\n") {
			t.Errorf("the comment of rule has no line %q", line)
		}
		if p.Severity == "" || p.Severity != catalog.SeverityOf(r.ID, r.Variant) {
			t.Errorf("%s: severity %q", key, p.Severity)
		}
	}
}

func TestProblemsTellTheirPlace(t *testing.T) {
	body := reply("text", "\n<Content>你好<![CDATA[\x1d]]></Content>")
	_, found := judge([]byte(body), nil)
	want := finding.Place{In: finding.InBody, Offset: strings.Index(body, "\x1d"), Length: 1, Line: 6, Column: 21, Remove: true}
	if len(found) != 1 || found[0].ID != "M07" || found[0].Variant != "reply-control" || *found[0].Place != want {
		t.Fatalf("got %+v", found)
	}
	if f := found[0].Facts; !f.Equal(finding.NewFacts("line", 6, "column", 21, "offset", want.Offset, "char", "U+001D")) {
		t.Errorf("got %v", f)
	}
}

func TestSeveralProblemsInOneBody(t *testing.T) {
	body := "\xef\xbb\xbf\n" + strings.Replace(reply("text", "<Content></Content>"), account, "wx0123456789abcdef", 1) + "x"
	_, found := judge([]byte(body), sample(t, "text"))
	var got []string
	for _, p := range found {
		got = append(got, p.ID+" "+p.Variant)
	}
	if want := []string{"M10 bom", "M10 blank-before", "M10 after", "M14 appid", "M13 empty"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestAnswers(t *testing.T) {
	for _, typ := range []string{"text", "subscribe"} {
		in := sample(t, typ)
		limit := 1
		if in.IsEvent() {
			limit = 8
		}
		list := slices.Repeat([]Article{{"t", "d", "p", "u"}}, limit)
		for want, m := range map[string]*message.Message{
			"text":  Text(in, then, "a]]>b"),
			"image": Image(in, then, "M"),
			"voice": Voice(in, then, "M"),
			"video": Video(in, then, "M", "t", ""),
			"music": Music(in, then, Song{Title: "t", URL: "u", ThumbMediaID: "M"}),
			"news":  News(in, then, list...),

			"transfer_customer_service": Transfer(in, then, "a@b"),
		} {
			body, err := m.Append(nil)
			if err != nil {
				t.Fatal(err)
			}
			r, found := judge(body, in)
			if r.Type != want || len(found) > 0 {
				t.Errorf("%s: %v\n%s", want, found, body)
			}
		}
	}
	in := sample(t, "text")
	got, err := Text(in, then, "hi").AppendXML(nil)
	want := strings.Replace(reply("text", hello+"\n"), "1700000001", "1700000000", 1)
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
	in.Format = msgcrypt.JSON
	body, err := Transfer(in, then, "").Append(nil)
	if r, found := judge(body, in); err != nil || len(found) > 0 || r.Type != "transfer_customer_service" {
		t.Errorf("got %s, %v, %v", body, found, err)
	}
	if body, err := News(in, then, Article{}).Append(nil); err != nil || !strings.Contains(string(body), `"Articles":{"item":[{"Title":""`) {
		t.Errorf("got %s, %v", body, err)
	}
}

func TestReplyForPeople(t *testing.T) {
	for body, want := range map[string]string{
		"":         "empty",
		"success":  "success",
		"oops\x1b": `unreadable: "oops\x1B"`,
		reply("text", "<Content><![CDATA[one\n<a href=\"https://example.com/?a=1&b=2\">two</a>\x7f]]></Content>"): "text\n  one\n  <a href=\"https://example.com/?a=1&b=2\">two</a>\\x7F\n  link \"two\" opens https://example.com/?a=1&b=2",
		reply("news", articles(2, 2)):                         "news\n  1. t\n     d\n     p\n     u\n  2. t\n     d\n     p\n     u",
		reply("image", "<Image><MediaId>M</MediaId></Image>"): "image\n  MediaId  M",
		reply("transfer_customer_service", ""):                "transfer_customer_service",
		"<xml><Encrypt>x</Encrypt></xml>":                     "encrypted",
		"<xml><a>1</a></xml>":                                 "other",
	} {
		r, _ := Parse([]byte(body))
		if got := r.String(); got != want {
			t.Errorf("%s:\ngot  %q\nwant %q", body, got, want)
		}
	}
	r, _ := Parse([]byte(reply("video", "<Video><MediaId>M</MediaId></Video>")))
	if r.MediaID() != "M" || !r.IsMessage() || r.Text() != "" || r.Articles() != nil || len(r.Links()) > 0 {
		t.Errorf("got %+v", r)
	}
	if r, _ := Parse([]byte("success")); r.IsMessage() || r.MediaID() != "" {
		t.Error("success shows nothing to a user")
	}
}

func TestLinks(t *testing.T) {
	got := Links(`a <a href="https://example.com/?x=1&y=2">page</a> <abc> ` +
		`<A HREF='weixin://bizmsgmenu?msgmenucontent=我要&退款&msgmenuid=101'>退款</A>` +
		`<a href="weixin://bizmsgmenu?msgmenuid=2&msgmenucontent=%E4%BD%A0">b</a>` +
		`<a href="http://x" data-miniprogram-appid="wx1" data-miniprogram-path="pages/a?b=>">mini</a>` +
		`<a disabled href=bare>c</a><a>none</a>`)
	want := []Link{
		{Text: "page", Href: "https://example.com/?x=1&y=2"},
		{Text: "退款", Href: "weixin://bizmsgmenu?msgmenucontent=我要&退款&msgmenuid=101", MenuID: "101", MenuContent: "我要&退款"},
		{Text: "b", Href: "weixin://bizmsgmenu?msgmenuid=2&msgmenucontent=%E4%BD%A0", MenuID: "2", MenuContent: "你"},
		{Text: "mini", Href: "http://x", AppID: "wx1", Path: "pages/a?b=>"},
		{Text: "c", Href: "bare"},
		{Text: "none"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v", got)
	}
	for _, text := range []string{"", "no link", "a < b", "<a", "<a href='x", "<a href=x>y", "<abbr>x</abbr>"} {
		if got := Links(text); len(got) != 0 {
			t.Errorf("%q: got %+v", text, got)
		}
	}
}

func TestAWideMessageIsReadAndJudgedInTime(t *testing.T) {
	start := time.Now()
	for _, body := range []string{
		"<xml>" + strings.Repeat("<a/>", 200_000) + "</xml>",
		"<xml><MsgType>news</MsgType><Articles>" + strings.Repeat("<item/>", 140_000) + "</Articles></xml>",
		"<xml><MsgType>text</MsgType><Content><![CDATA[" + strings.Repeat("<a\thref=x></a>", 70_000) + "]]></Content></xml>",
		"<xml><MsgType>text</MsgType><Content><![CDATA[" + strings.Repeat("<a ", 300_000) + "]]></Content></xml>",
		"<xml><MsgType>text</MsgType><Content><![CDATA[" + strings.Repeat("<a href=weixin://bizmsgmenu?a&amp;b></a>", 20_000) + "]]></Content></xml>",
		"<xml>" + strings.Repeat("<b>\n</b>", 100_000) + strings.Repeat("<c/><b/>", 10_000) + "</xml>",
	} {
		if len(body) > message.MaxBody {
			t.Fatalf("%d bytes are too many for this test", len(body))
		}
		r, found := judge([]byte(body), nil)
		if r.Doc == nil || len(found) == 0 || len(found) > 100 {
			t.Errorf("%.60s: %d problems", body, len(found))
		}
		_ = r.String()
		if _, err := r.Doc.AppendJSON(nil); err != nil {
			t.Error(err)
		}
	}
	if d := time.Since(start); d > 5*busy.Net {
		t.Errorf("took %v", d)
	}
}
