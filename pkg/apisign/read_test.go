package apisign

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// written are the forms in which a call is kept.
func written(r Request, answer string) map[string]string {
	var raw, crlf, curl, java strings.Builder
	fmt.Fprintf(&raw, "%s %s HTTP/1.1\nHost: api.weixin.qq.com\n", r.Method, strings.TrimPrefix(r.URL, official))
	fmt.Fprintf(&curl, "curl -X %s '%s' \\\n", r.Method, r.URL)
	java.WriteString("【请求地址】: " + r.URL + "\n【请求参数】：Headers: {")
	var list []map[string]string
	object := map[string]string{}
	for i, name := range sortedKeys(r.Header) {
		value := r.Header[name][0]
		fmt.Fprintf(&raw, "%s: %s\n", name, value)
		fmt.Fprintf(&curl, "  -H '%s: %s' \\\n", name, value)
		if i > 0 {
			java.WriteString(", ")
		}
		fmt.Fprintf(&java, "%s=%s", name, value)
		list = append(list, map[string]string{"name": name, "value": value})
		object[name] = value
	}
	raw.WriteString("\n")
	crlf.WriteString(strings.ReplaceAll(raw.String(), "\n", "\r\n") + string(r.Body))
	fmt.Fprintf(&raw, "%s\n", r.Body)
	fmt.Fprintf(&curl, "  --compressed --data-raw '%s'\n", strings.ReplaceAll(string(r.Body), "'", `'\''`))
	fmt.Fprintf(&java, "} Body: %s\n【响应数据】：%s\n", r.Body, answer)
	entry := map[string]any{"request": map[string]any{"method": r.Method, "url": r.URL, "headers": list, "postData": map[string]string{"text": string(r.Body)}}, "response": map[string]any{"status": 200, "headers": []any{}, "content": map[string]any{"text": answer}}}
	har := map[string]any{"log": map[string]any{"entries": []any{map[string]any{"request": map[string]any{"url": "https://example.com/"}}, entry}}}
	plain := map[string]any{"method": r.Method, "url": r.URL, "headers": object, "body": string(r.Body)}
	text := func(v any) string { b, _ := json.MarshalIndent(v, "", " "); return string(b) }
	return map[string]string{
		"HTTP": raw.String(), "HTTP with CRLF": crlf.String(), "curl": curl.String(), "log": java.String(),
		"HAR entry": text(entry), "HAR": text(har), "JSON": text(plain), "JSON in request": text(map[string]any{"request": plain}),
	}
}

// TestRead: a call that was kept in any of these ways is read as it was, and
// explained as it was.
func TestRead(t *testing.T) {
	v, k := readVectors(t)
	for _, c := range v.Requests {
		r := Request{Method: c.Request.Method, URL: c.Request.URL, Header: headerOf(c.Request.Headers), Body: []byte(c.Request.Body)}
		rid := strconv.FormatInt(v.Now, 16)
		for form, text := range written(r, `{"errcode":40234,"errmsg":"invalid signature rid: `+rid+`-12345678-12345678"}`) {
			got, err := Read(text, nil)
			if err != nil {
				t.Errorf("%s as %s: %v", c.ID, form, err)
				continue
			}
			if form == "log" && (c.ID == "e02" || strings.Contains(c.ID, "s01")) {
				continue // no log has such a one
			}
			g := got.Request
			if g.URL != r.URL || g.Method != r.Method || !bytes.Equal(g.Body, r.Body) || header(g.Header, HeaderSignature) != header(r.Header, HeaderSignature) {
				t.Errorf("%s as %s: %q %q %q", c.ID, form, g.Method, g.URL, g.Body)
			}
			if got.Response != nil && (!g.At.Equal(time.Unix(v.Now, 0)) || g.ErrCode != 40234) {
				t.Errorf("%s as %s: at %v, %d", c.ID, form, g.At, g.ErrCode)
			}
			r.At, g.At, g.ErrCode = now, now, 0
			if want, is := ids(Explain(r, k).Mistakes), ids(Explain(g, k).Mistakes); !slices.Equal(want, is) {
				t.Errorf("%s as %s: %v, want %v", c.ID, form, is, want)
			}
		}
	}
}

// TestReadLogs: as SDKs and people break lines.
func TestReadLogs(t *testing.T) {
	for _, text := range []string{
		"Headers: {\n  Wechatmp-Signature=ab+/==,\n  Wechatmp-Appid=wx1,\n  Wechatmp-TimeStamp=12\n}\nBody: {\"iv\":\"x\",\"data\":\"y\"}\nerrmsg: invalid signature rid: 6955b900-12345678-9abcdef0",
		`2026 DEBUG https://api.weixin.qq.com/wxa/x?access_token=T headers={"Wechatmp-Signature":"ab+/==","Wechatmp-Appid":"wx1","Wechatmp-TimeStamp":"12"} body={"iv":"x","data":"y"} 微信原始报文：{"errcode":40234,"errmsg":"invalid signature rid: 6955b900-12345678-9abcdef0"}`,
		"headers: map[Wechatmp-Signature:[ab+/==] Wechatmp-Appid:[wx1] Wechatmp-TimeStamp:[12]] body: {\"iv\":\"x\",\"data\":\"y\"} rid: 6955b900-12345678-9abcdef0",
	} {
		c, err := Read(text, nil)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		h := c.Request.Header
		if header(h, HeaderSignature) != "ab+/==" || header(h, HeaderAppID) != "wx1" || header(h, HeaderTimestamp) != "12" || string(c.Request.Body) != `{"iv":"x","data":"y"}` || c.Request.At.IsZero() {
			t.Errorf("%q: %v %q %v", text, h, c.Request.Body, c.Request.At)
		}
	}
}

// TestReadCurl: the ways in which a command names method, body and headers.
func TestReadCurl(t *testing.T) {
	files := map[string]string{"body.json": "{\"a\":\n1}\n"}
	open := func(name string) ([]byte, error) {
		if s, ok := files[name]; ok {
			return []byte(s), nil
		}
		return nil, errors.New("absent")
	}
	for text, want := range map[string]string{
		`curl https://x/y`: "GET https://x/y  []",
		`$ curl -XPOST --url=https://x/y -d @body.json`:            "POST https://x/y {\"a\":1} [Content-Type]",
		`curl https://x/y --data-binary @body.json`:                "POST https://x/y {\"a\":\n1}\n [Content-Type]",
		`curl https://x/y -d a=1 -d b=2 -o out -s -H "A: \"b\" c"`: `POST https://x/y a=1&b=2 [A Content-Type]`,
		`curl https://x/y --data-raw $'{"a":"\u6587\'\x41\n"}'`:    "POST https://x/y {\"a\":\"文'A\n\"} [Content-Type]",
		"curl https://x/y --json '{}' -H 'X;'":                     "POST https://x/y {} [Content-Type X]",
	} {
		c, err := Read(text, open)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := fmt.Sprint(c.Request.Method, " ", c.Request.URL, " ", string(c.Request.Body), " ", slices.Sorted(maps.Keys(c.Request.Header))); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	for text, want := range map[string]reason.ID{
		"": reason.APICallEmpty, " \n": reason.APICallEmpty, "hello": reason.APICallUnknown, "{}": reason.APICallUnknown, "curl 'x": reason.APICallQuotes,
		"curl x -H": reason.APICallCurl, "POST /x HTTP/1.1\nno header\n\n": reason.APICallHeader, `{"request":{}}`: reason.APICallUnknown, "curl x -d @f": reason.APICallCurl,
	} {
		var r *finding.Reason
		if _, err := Read(text, nil); !errors.As(err, &r) || r.ID != want {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestContentLength: it says what the body is, and not the end of the file.
func TestContentLength(t *testing.T) {
	for text, want := range map[string]string{
		"POST /x HTTP/1.1\nContent-Length: 2\n\n{}\n":  "{}",
		"POST /x HTTP/1.1\nContent-Length: 3\n\n{}\n":  "{}\n",
		"POST /x HTTP/1.1\nContent-Length: 99\n\n{}\n": "{}\n",
		"POST /x HTTP/1.1\n\n{}\r\n":                   "{}",
	} {
		if c, err := Read(text, nil); err != nil || string(c.Request.Body) != want {
			t.Errorf("%q: %q, %v", text, c.Request.Body, err)
		}
	}
	r, err := ReadResponse("HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n\r\n{\"errcode\":40234}\r\n")
	if err != nil || string(r.Body) != `{"errcode":40234}` {
		t.Errorf("%q, %v", r.Body, err)
	}
	var q Request
	q.Answered(r)
	if q.ErrCode != 40234 || !q.At.Equal(now) {
		t.Errorf("%+v", q)
	}
}

func FuzzRead(f *testing.F) {
	v, _ := readVectors(f)
	c := v.Requests[0]
	r := Request{Method: "POST", URL: c.Request.URL, Header: headerOf(c.Request.Headers), Body: []byte(c.Request.Body)}
	for _, text := range written(r, `{"errcode":40234}`) {
		f.Add(text)
	}
	f.Add(`curl $'\x4\u12' "a\$b" -H`)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Read(text, func(string) ([]byte, error) { return nil, errors.New("no") })
		if err == nil && (c == nil || len(c.Request.Body) > len(text)*3) {
			t.Errorf("%q: %+v", text, c)
		}
		_, _ = ReadResponse(text)
	})
}
