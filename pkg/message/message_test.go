package message

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

const (
	account = "gh_0123456789ab"
	user    = "oAbCdEfGhIjKlMnOpQrStUvWxYz0"
	firstID = 24300000000000001
)

var then = time.Unix(1700000000, 0)

// sample makes a message of the type, its fields set as pairs of path and
// value.
func sample(t testing.TB, name string, pairs ...string) *Message {
	t.Helper()
	typ, ok := LookupType(name)
	if !ok {
		t.Fatalf("there is no type %q", name)
	}
	m := typ.New(user, account, then, firstID)
	for i := 0; i < len(pairs); i += 2 {
		if err := m.Set(pairs[i], pairs[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

func vector(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "testdata", "vectors", "message", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The layouts were written down by hand from captured requests, so each is a
// known answer for the writer.
func TestWritesWhatWeChatWrites(t *testing.T) {
	for _, c := range []struct {
		file, typ string
		set       []string
	}{
		{"text.xml", "text", []string{"Content", "你好，/::) [Lol] a<b & c"}},
		{"text_menu.xml", "text", []string{"Content", "满意", "bizmsgmenuid", "101"}},
		{"image.xml", "image", []string{"PicUrl", "http://mmbiz.qpic.cn/mmbiz_jpg/abc/0", "MediaId", "MEDIA"}},
		{"voice.xml", "voice", []string{"MediaId", "MEDIA"}},
		{"video.xml", "video", []string{"MediaId", "MEDIA", "ThumbMediaId", "THUMB"}},
		{"shortvideo.xml", "shortvideo", []string{"MediaId", "MEDIA", "ThumbMediaId", "THUMB"}},
		{"location.xml", "location", []string{"Location_X", "31.237238", "Location_Y", "121.666672", "Label", "上海市"}},
		{"link.xml", "link", []string{"Title", "标题", "Description", "", "Url", "http://example.com/s?a=1&b=2#rd"}},
		{"subscribe.xml", "subscribe", nil},
		{"unsubscribe.xml", "unsubscribe", nil},
		{"subscribe_scene.xml", "subscribe_scene", []string{"EventKey", "qrscene_110", "Ticket", "TICKET"}},
		{"scan.xml", "scan", []string{"EventKey", "110", "Ticket", "TICKET"}},
		{"report_location.xml", "LOCATION", []string{"Latitude", "31.267813", "Longitude", "121.598755"}},
		{"click.xml", "CLICK", nil},
		{"view.xml", "view", []string{"MenuId", "461000000"}},
		{"view_miniprogram.xml", "view_miniprogram", []string{"EventKey", "pages/a", "MenuId", "461000000"}},
		{"scancode_push.xml", "scancode_push", []string{"ScanCodeInfo.ScanResult", "https://example.com/?f=2&m=N0M==x"}},
		{"scancode_waitmsg.xml", "scancode_waitmsg", []string{"ScanResult", "https://example.com/?f=2&m=N0M==x"}},
		{"pic_sysphoto.xml", "pic_sysphoto", []string{"SendPicsInfo.PicList.item.PicMd5Sum", "c4eb1ac953fe810e7436ca0421c92aa4"}},
		{"pic_photo_or_album.xml", "pic_photo_or_album", []string{"PicList.item[1].PicMd5Sum", "c4eb1ac953fe810e7436ca0421c92aa4"}},
		{"pic_weixin.xml", "pic_weixin", []string{"PicList.item.PicMd5Sum", "c4eb1ac953fe810e7436ca0421c92aa4"}},
		{"pic_weixin_two.xml", "pic_weixin", []string{
			"PicList.item.PicMd5Sum", "c4eb1ac953fe810e7436ca0421c92aa4",
			"PicList.item[2].PicMd5Sum", "5776aee1cd37dd33a327949a910ddd17",
		}},
		{"location_select.xml", "location_select", []string{
			"Location_X", "31.257009506225586", "Location_Y", "121.59297180175781", "Label", "上海市", "Poiname", "公园",
		}},
		{"template_sent.xml", "TEMPLATESENDJOBFINISH", []string{"MsgID", "2702600966117900288"}},
		{"subscribe_msg_popup_event_two.xml", "subscribe_msg_popup_event", []string{
			"List.TemplateId", "T1", "List.PopupScene", "0",
			"List[2].TemplateId", "T2", "List[2].SubscribeStatusString", "reject",
		}},
	} {
		t.Run(c.file, func(t *testing.T) {
			got, err := sample(t, c.typ, c.set...).AppendXML([]byte("kept"))
			if err != nil {
				t.Fatal(err)
			}
			if want := "kept" + vector(t, c.file); string(got) != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestWritesAPlatformsPush(t *testing.T) {
	typ, _ := LookupType("component_verify_ticket")
	m := typ.New("", "wx0123456789abcdef", then, firstID)
	if err := m.Set("ComponentVerifyTicket", "ticket@@@abc"); err != nil {
		t.Fatal(err)
	}
	if got, err := m.AppendXML(nil); err != nil || string(got) != vector(t, "component_verify_ticket.xml") {
		t.Errorf("got %s, %v", got, err)
	}
	if got := string(m.Envelope("E").Body()); !strings.Contains(got, "    <AppId><![CDATA[wx0123456789abcdef]]></AppId>\n    <Encrypt>") {
		t.Errorf("got %s", got)
	}
}

func TestWritesJSON(t *testing.T) {
	for _, c := range []struct {
		file, typ string
		set       []string
	}{
		{"text.json", "text", []string{"Content", "a<b & c \"q\" \n你好"}},
		{"miniprogrampage.json", "miniprogrampage", []string{
			"Title", "t", "PagePath", "pages/index/index", "ThumbUrl", "https://example.com/t.jpg", "ThumbMediaId", "MEDIA",
		}},
		{"subscribe_msg_popup_event.json", "subscribe_msg_popup_event", []string{"List.TemplateId", "T1", "List.PopupScene", "0"}},
		{"subscribe_msg_popup_event_two.json", "subscribe_msg_popup_event", []string{
			"List.TemplateId", "T1", "List.PopupScene", "0",
			"List[2].TemplateId", "T2", "List[2].SubscribeStatusString", "reject",
		}},
		{"wxa_media_check.json", "wxa_media_check", nil},
		{"debug_demo.json", "debug_demo", []string{
			"ToUserName", "gh_97417a04a28d", "FromUserName", "o9AgO5Kd5ggOC-bXrbNODIiE3bGY", "CreateTime", "1714112445",
		}},
	} {
		t.Run(c.file, func(t *testing.T) {
			m := sample(t, c.typ, c.set...)
			m.Format = msgcrypt.JSON
			got, err := m.Append(nil)
			if err != nil {
				t.Fatal(err)
			}
			if want := vector(t, c.file); string(got) != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestCompatibleAndSafeMode(t *testing.T) {
	m := sample(t, "text")
	if got, err := m.AppendCompat(nil, "BASE64/+=="); err != nil || string(got) != vector(t, "compat_text.xml") {
		t.Errorf("got\n%s%v", got, err)
	}
	if got := string(m.Envelope("BASE64/+==").Body()); got != vector(t, "safe.xml") {
		t.Errorf("got\n%s", got)
	}
	m.Format = msgcrypt.JSON
	if got := string(m.Envelope("BASE64/+==").Body()); got != vector(t, "safe.json") {
		t.Errorf("got %s", got)
	}
	plain, err := m.AppendJSON(nil)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.TrimSuffix(string(plain), "}") + `,"Encrypt":"BASE64/+=="}`
	if got, err := m.AppendCompat(nil, "BASE64/+=="); err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
	if m.Get("Encrypt") != "" {
		t.Error("AppendCompat changed the message")
	}
	m.Set("Content", "\xff")
	if _, err := m.AppendCompat(nil, "E"); err == nil {
		t.Error("what is not UTF-8 was written")
	}
}

func TestIndentsGroups(t *testing.T) {
	got, err := sample(t, "scancode_push", "ScanResult", "r").appendIndented(nil)
	want := "    <ScanCodeInfo>\n        <ScanType><![CDATA[qrcode]]></ScanType>\n" +
		"        <ScanResult><![CDATA[r]]></ScanResult>\n    </ScanCodeInfo>\n</xml>\n"
	if err != nil || !strings.HasSuffix(string(got), want) {
		t.Errorf("got %s, %v", got, err)
	}
}

// The Content-Length of captured requests, with values of the same number of
// bytes as theirs.
func TestLengthsOfCapturedRequests(t *testing.T) {
	x := func(n int) string { return strings.Repeat("x", n) }
	for _, c := range []struct {
		typ  string
		set  []string
		want int
	}{
		{"subscribe", nil, 278},
		{"unsubscribe", nil, 280},
		{"text", []string{"Content", "文本消息"}, 283},
		{"video", []string{"MediaId", x(64), "ThumbMediaId", x(64)}, 442},
		{"location", []string{"Label", x(28)}, 388},
	} {
		got, err := sample(t, c.typ, c.set...).AppendXML(nil)
		if err != nil || len(got) != c.want {
			t.Errorf("%s: %d bytes, want %d, %v", c.typ, len(got), c.want, err)
		}
	}
	m := sample(t, "text", "Content", x(27))
	if got, _ := m.AppendCompat(nil, x(472)); len(got) != 832 {
		t.Errorf("compatible mode: %d bytes", len(got))
	}
	if got := m.Envelope(x(472)).Body(); len(got) != 578 {
		t.Errorf("safe mode: %d bytes", len(got))
	}
}

func TestVectorsSurviveReadingAndWriting(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "vectors", "message", "*"))
	if err != nil || len(files) < 30 {
		t.Fatalf("%d vectors, %v", len(files), err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m, err := Parse(body)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		write := m.Append
		if strings.HasPrefix(string(body), "<xml>\n") {
			write = m.appendIndented
		}
		if got, err := write(nil); err != nil || string(got) != string(body) {
			t.Errorf("%s: got %s, %v", file, got, err)
		}
	}
}

func TestEmptyAndSplitCDATA(t *testing.T) {
	m := &Message{Fields: []*Field{{Name: "A"}, {Name: "B", Value: "a]]>b]]>"}, {Name: "C", Kind: Bare, Value: "a&b<c>d"}, {Name: "D", Kind: Group}}}
	const want = "<xml><A><![CDATA[]]></A>\n<B><![CDATA[a]]]]><![CDATA[>b]]]]><![CDATA[>]]></B>\n<C>a&amp;b&lt;c&gt;d</C>\n<D></D>\n</xml>"
	if got, err := m.AppendXML(nil); err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestForbiddenCharacters(t *testing.T) {
	for value, want := range map[string]string{
		"a\x02b":         `write XML: field "Content": U+0002 at byte 1 is not allowed in XML`,
		"\x00":           `write XML: field "Content": U+0000 at byte 0 is not allowed in XML`,
		"a\xed\xa0\x80b": `write XML: field "Content": byte 0xED, which is not UTF-8, at byte 1 is not allowed in XML`,
		"\uffff":         `write XML: field "Content": U+FFFF at byte 0 is not allowed in XML`,
	} {
		m := sample(t, "text", "Content", value)
		if _, err := m.AppendXML(nil); err == nil || err.Error() != want {
			t.Errorf("%q: %v", value, err)
		}
		m.Raw = true
		got, err := m.AppendXML(nil)
		if err != nil || !strings.Contains(string(got), "<![CDATA["+value+"]]>") {
			t.Errorf("raw %q: got %q, %v", value, got, err)
		}
	}
	m := sample(t, "text", "Content", "\xff")
	if _, err := m.AppendXML(nil); finding.ErrorIn(finding.Chinese, err) != `写成 XML 失败：字段 "Content"：偏移 0 处的字节 0xFF 不是 UTF-8，XML 不允许出现` {
		t.Errorf("in Chinese: %s", finding.ErrorIn(finding.Chinese, err))
	}
	if _, err := m.AppendJSON(nil); finding.ErrorIn(finding.Chinese, err) != `写成 JSON 失败："\xFF" 不是 UTF-8` {
		t.Errorf("JSON: %v", err)
	}
	m.Raw = true
	if got, err := m.AppendJSON(nil); err != nil || !strings.Contains(string(got), "\"\xff\"") {
		t.Errorf("got %q, %v", got, err)
	}
	m = sample(t, "text", "Content", "a\x02\x1f")
	if got, err := m.AppendJSON(nil); err != nil || !strings.Contains(string(got), `"a\u0002\u001f"`) {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestNamesXMLDoesNotAllow(t *testing.T) {
	for _, name := range []string{"", "a b", "1a", "<a>", "名", "a\n"} {
		m := &Message{Fields: []*Field{{Name: name}}}
		if got, err := m.AppendXML([]byte("x")); err == nil || string(got) != "x" {
			t.Errorf("%q: got %s, %v", name, got, err)
		}
	}
}

func TestBareValuesInJSON(t *testing.T) {
	for value, want := range map[string]string{
		"24300000000000001": "24300000000000001", "30.000000": "30.000000", "-1": "-1", "1e400": "1e400",
		"true": "true", "null": "null",
		"": `""`, "007": `"007"`, "+1": `"+1"`, " 1": `" 1"`, "1 ": `"1 "`, "MENUID": `"MENUID"`,
		"media1|media2": `"media1|media2"`, "[1]": `"[1]"`, "1,2": `"1,2"`, "falsch": `"falsch"`,
	} {
		m := &Message{Fields: []*Field{{Name: "a", Kind: Bare, Value: value}}}
		if got, err := m.AppendJSON(nil); err != nil || string(got) != `{"a":`+want+`}` {
			t.Errorf("%q: got %s, %v", value, got, err)
		}
	}
}

func TestDedupKey(t *testing.T) {
	keyOf := func(m *Message) string { return m.DedupKey() }
	text := sample(t, "text")
	if want := `"oAbCdEfGhIjKlMnOpQrStUvWxYz0" "1700000000" "24300000000000001"`; keyOf(text) != want {
		t.Errorf("got %s", keyOf(text))
	}
	keys := map[string]string{}
	for what, m := range map[string]*Message{
		"text":               text,
		"another id":         sample(t, "text", "MsgId", "24300000000000003"),
		"the id of a friend": sample(t, "text", "FromUserName", "oFriend"),
		"location event":     sample(t, "LOCATION"),
		"click":              sample(t, "click"),
		"another button":     sample(t, "click", "EventKey", "B"),
		"a second later":     sample(t, "click", "CreateTime", "1700000001"),
		"template":           sample(t, "template_sent"),
		"another template":   sample(t, "template_sent", "MsgID", "1"),
		"notice":             sample(t, "subscribe_msg_sent_event"),
		"another notice":     sample(t, "subscribe_msg_sent_event", "List.MsgID", "1"),
		"two notices":        sample(t, "subscribe_msg_sent_event", "List[2].MsgID", "1"),
		"authorized":         sample(t, "authorized"),
		"by another":         sample(t, "authorized", "AuthorizerAppid", "wx1"),
	} {
		key := keyOf(m)
		if other, ok := keys[key]; ok {
			t.Errorf("%s and %s have one key", what, other)
		}
		keys[key] = what
		body, err := m.AppendXML(nil)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := Parse(body); err != nil || keyOf(again) != key {
			t.Errorf("%s: the key of what was read is %s, not %s", what, keyOf(again), key)
		}
	}
}

func TestLabels(t *testing.T) {
	for name, want := range map[string]string{"text": "text", "scan": "event SCAN", "authorized": "push authorized"} {
		if got := sample(t, name).Label().In(finding.English); got != want {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

func TestIDs(t *testing.T) {
	if id := OpenID("alice"); !IsOpenID(id) || !strings.HasPrefix(id, TestPrefix) || id != OpenID("alice") || id == OpenID("bob") {
		t.Errorf("got %q", id)
	}
	if id := OriginalID("wx0123456789abcdef"); len(id) != 15 || !strings.HasPrefix(id, "gh_") {
		t.Errorf("got %q", id)
	}
}
