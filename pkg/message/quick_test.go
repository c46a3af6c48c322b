package message

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/internal/source"
	"github.com/wxdev/wxdev/internal/wxxml"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// bothWays reads what begins at start quickly, and holds that to the general
// reader. It reports whether the quick one took it.
func bothWays(t *testing.T, body []byte, start int) bool {
	t.Helper()
	quickly, generally := quickXML, generalXML
	switch {
	case strings.HasPrefix(string(body[start:]), "{"):
		if source.InvalidUTF8(body[start:]) >= 0 {
			return false
		}
		quickly, generally = quickJSON, generalJSON
	case wxxml.Forbidden(body[start:]) >= 0:
		return false
	}
	got, end, ok := quickly(body, start)
	if !ok {
		return false
	}
	want, wantEnd, err := generally(body, start)
	if err != nil || end != wantEnd || !reflect.DeepEqual(got, want) {
		t.Fatalf("%q:\n got %s to %d\nwant %s to %d, %v", body[start:], describe(got.Fields), end, describe(want.Fields), wantEnd, err)
	}
	return true
}

// describe is fields for a failure.
func describe(fields []*Field) string {
	var b strings.Builder
	for _, f := range fields {
		b.WriteString(strings.TrimSuffix(strings.Join([]string{f.Name, f.Value, describe(f.Children)}, ":"), ":"))
		b.WriteByte(' ')
	}
	return b.String()
}

func TestQuick(t *testing.T) {
	for body, quick := range map[string]bool{
		"<xml></xml>": true, "<xml>\n \t\r\n</xml> rest": true,
		"<xml><A><![CDATA[a<b>&]]</xml>]]></A>\n<B>1</B></xml>":    true,
		"<xml><A> \r\n<![CDATA[]]>\n</A><B> x </B><C></C></xml>":   true,
		"<xml><A><B><C>1</C><C>2</C></B> <D></D></A><E></E></xml>": true,
		"<xml><A>你好，世界 😀</A><A>]]</A></xml>":                       true,

		"": false, "<xml>": false, "<xml": false, "<xml/>": false, "<xml >": false, "<Xml></Xml>": false, "\n<xml></xml>": false,
		"<xml><A></xml>": false, "<xml><A></A": false, "<xml><A>1</B></xml>": false, "<xml><A>": false, "<xml><": false,
		"<xml><A>a&amp;b</A></xml>": false, "<xml><A>a\rb</A></xml>": false, "<xml><A>a]]></A></xml>": false,
		"<xml><A/></xml>": false, "<xml><A >1</A></xml>": false, "<xml><A>1</A ></xml>": false, "<xml><A b=\"c\">1</A></xml>": false,
		"<xml>x</xml>": false, "<xml><A>x<B></B></A></xml>": false, "<xml><A><B></B>x</A></xml>": false,
		"<xml><A><![CDATA[a]]><![CDATA[b]]></A></xml>": false, "<xml><A><![CDATA[a]]>b</A></xml>": false, "<xml><A><![CDATA[a</A></xml>": false,
		"<xml><!-- --><A>1</A></xml>": false, "<xml><p:A>1</p:A></xml>": false, "<xml><1>1</1></xml>": false, "<xml><>1</></xml>": false,

		`{}`: true, `{ } `: true, "{\"a\" :\n1 , \"b\":\"x\",\"c\":{\"a\":-20,\"d\":{}},\"e\":true,\"f\":false,\"g\":null}x": true,
		`{"code":0,"msg":"success"}`: true, `{"":"你好"}`: true,

		`{`: false, `{"a"`: false, `{"a":`: false, `{"a":1`: false, `{"a":1,}`: false, `{,}`: false, `{"a":1 "b":2}`: false, `{a:1}`: false,
		`{"a\n":"x\"\\\/\b\f\n\r\t","b":"\n"}`: true, `{"a":"\`: false, `{"a":"\"`: false, `{"a":"\u0041"}`: false, `{"a":"\x"}`: false, `{"a":"\n` + "\n" + `"}`: false,
		"{\"a\":\"\n\"}": false, `{"a":[]}`: false, `{"a":1.5}`: false, `{"a":1e3}`: false, `{"a":01}`: false, `{"a":-}`: false,
		`{"a":+1}`: false, `{"a":truex}`: false, `{"a":tru}`: false, `{"a":1,"a":2}`: false, `{"b":{},"a":1,"c":{"a":1},"a":1}`: false, `{"a":'b'}`: false,
	} {
		if got := bothWays(t, []byte(body), 0); got != quick {
			t.Errorf("%s: read quickly: %t", body, got)
		}
		if got := bothWays(t, []byte("}\n"+body), 2); got != quick {
			t.Errorf("%s: read quickly from an offset: %t", body, got)
		}
	}
}

// What has more fields or is deeper than usual is for the general readers.
func TestQuickIsBounded(t *testing.T) {
	var members []string
	for i := range quickFields + 1 {
		members = append(members, fmt.Sprintf(`"%d":1`, i))
	}
	for _, n := range []int{0, usualFields, usualFields + 1, quickFields, quickFields + 1} {
		for _, body := range []string{
			"<xml>" + strings.Repeat("<A>1</A>", n) + "</xml>",
			"{" + strings.Join(members[:n], ",") + "}",
		} {
			if got := bothWays(t, []byte(body), 0); got != (n <= quickFields) {
				t.Errorf("%d fields of %.20s: read quickly: %t", n, body, got)
			}
		}
	}
	for _, n := range []int{quickDepth, quickDepth + 1} {
		for _, body := range []string{
			"<xml>" + strings.Repeat("<A>", n) + strings.Repeat("</A>", n) + "</xml>",
			strings.Repeat(`{"a":`, n) + "1" + strings.Repeat("}", n),
		} {
			if got := bothWays(t, []byte(body), 0); got != (n == quickDepth) {
				t.Errorf("%d levels of %.20s: read quickly: %t", n, body, got)
			}
		}
	}
}

// The pushes that WeChat sends are read quickly, all but a few odd ones.
func TestQuickTakesPushes(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "vectors", "message", "*"))
	if err != nil || len(files) == 0 {
		t.Fatal("no vectors", err)
	}
	slow := 0 // with arrays
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bothWays(t, body, 0) {
			slow++
		}
	}
	if slow > len(files)/4 {
		t.Errorf("%d of %d are not read quickly", slow, len(files))
	}
}

// replies are as servers write them: by hand, with templates and with libraries.
var replies = []string{
	"<xml><ToUserName><![CDATA[o]]></ToUserName><FromUserName><![CDATA[gh_1]]></FromUserName><CreateTime>1700000001</CreateTime>" +
		"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好]]></Content></xml>",
	"<xml>\n    <ToUserName><![CDATA[o]]></ToUserName>\n    <FromUserName><![CDATA[gh_1]]></FromUserName>\n    <CreateTime>1700000001</CreateTime>\n" +
		"    <MsgType><![CDATA[text]]></MsgType>\n    <Content><![CDATA[]]></Content>\n    <FuncFlag>0</FuncFlag>\n</xml>\n",
	"<xml>\r\n\t<Content>hi</Content>\r\n\t<MsgType>text</MsgType>\r\n\t<CreateTime> 1700000001 </CreateTime>\r\n</xml>",
	"<xml><MsgType><![CDATA[image]]></MsgType><Image><MediaId><![CDATA[m]]></MediaId></Image></xml>",
	"<xml>\n<MsgType>\n<![CDATA[voice]]>\n</MsgType>\n<Voice>\n<MediaId>\n<![CDATA[m]]>\n</MediaId>\n</Voice>\n</xml>",
	"<xml><MsgType><![CDATA[news]]></MsgType><ArticleCount>1</ArticleCount><Articles><item><Title><![CDATA[a]]></Title><Description><![CDATA[b]]></Description>" +
		"<PicUrl><![CDATA[https://example.com/a.png]]></PicUrl><Url><![CDATA[https://example.com/?a=1&b=2]]></Url></item></Articles></xml>",
	`{"ToUserName":"o","FromUserName":"gh_1","CreateTime":1700000001,"MsgType":"transfer_customer_service"}`,
	`{"code": 0, "msg": "success", "data": null}`,
}

func TestQuickTakesReplies(t *testing.T) {
	for _, body := range replies {
		if !bothWays(t, []byte(body), 0) {
			t.Errorf("not read quickly: %s", body)
		}
	}
}

// FuzzQuick: what is read quickly is read as the general readers read it, and
// they object to nothing in it.
func FuzzQuick(f *testing.F) {
	addVectors(f)
	for _, body := range replies {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for start := range min(len(body), 4) {
			bothWays(t, body, start)
		}
	})
}

// TestAllocs: a load test makes a message for every delivery, and reads a reply.
func TestAllocs(t *testing.T) {
	typ, _ := LookupType("text")
	text := typ.New(user, account, then, firstID)
	text.Format = msgcrypt.JSON
	inJSON, err := text.Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	inXML := []byte(vector(t, "text.xml"))
	for _, c := range []struct {
		what string
		most float64
		do   func()
	}{
		{"reading XML", 2, func() { _, err = Parse(inXML) }},
		{"reading JSON", 2, func() { _, err = Parse(inJSON) }},
		{"making a message", 2, func() { typ.New(user, account, then, firstID) }},
		{"a field of its own value", 0, func() { err = text.Set("Content", "hello") }},
		{"looking for a field", 0, func() { text.Get("content") }},
		{"writing XML", 1, func() { _, err = text.AppendXML(nil) }},
		{"writing JSON", 1, func() { _, err = text.AppendJSON(nil) }},
	} {
		if n := testing.AllocsPerRun(100, c.do); n > c.most || err != nil {
			t.Errorf("%s: %v allocations, %v", c.what, n, err)
		}
	}
}

// Fields of one name are written together, however many there are.
func TestJSONOfManyNames(t *testing.T) {
	m := &Message{Format: msgcrypt.JSON}
	var want []string
	for i := range 40 {
		name := fmt.Sprint("f", i)
		m.Fields = append(m.Fields, &Field{Name: name, Value: "x"})
		want = append(want, `"`+name+`":"x"`)
		got, err := m.Append(nil)
		if err != nil || string(got) != "{"+strings.Join(want, ",")+"}" {
			t.Fatalf("%s, %v", got, err)
		}
		twice := &Message{Format: msgcrypt.JSON, Fields: append(m.Fields[:i+1:i+1], &Field{Name: "f0", Kind: Bare, Value: "7"})}
		got, err = twice.Append(nil)
		if err != nil || string(got) != "{"+strings.Join(append([]string{`"f0":["x",7]`}, want[1:]...), ",")+"}" {
			t.Fatalf("%s, %v", got, err)
		}
	}
}
