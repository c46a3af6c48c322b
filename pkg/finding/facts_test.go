package finding

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/wxdev/wxdev/pkg/finding/reason"
)

func TestFacts(t *testing.T) {
	long := strings.Repeat("a", 265)
	for _, c := range []struct {
		value  any
		en, zh string
	}{
		{"Content-Type", "Content-Type", "Content-Type"},
		{"a\x1b[2J", `a\x1B[2J`, `a\x1B[2J`},
		{12, "12", "12"},
		{int64(1) << 40, "1099511627776", "1099511627776"},
		{90 * time.Microsecond, "<0.1 ms", "<0.1 ms"},
		{1500 * time.Microsecond, "1.5 ms", "1.5 ms"},
		{12 * time.Millisecond, "12 ms", "12 ms"},
		{2500 * time.Millisecond, "2.5 s", "2.5 s"},
		{12 * time.Second, "12 s", "12 s"},
		{[]byte("no such host, EOF"), `"no such host, EOF"`, `"no such host, EOF"`},
		{Excerpt(long), `"` + long[:120] + `"… (265 bytes)`, `"` + long[:120] + `"……（共 265 字节）`},
		{Quoted(`say "hi"`), `"say \"hi\""`, `"say \"hi\""`},
		{Verbatim("unexpected EOF"), "unexpected EOF", "“unexpected EOF”"},
		{Hex("\xef\xbb\xbf"), "EF BB BF", "EF BB BF"},
		{Status{404, "Not Found"}, "404 Not Found", "404 Not Found"},
		{Status{Code: 500}, "500", "500"},
		{Names("a", "b"), "a, b", "a、b"},
		{Because(reason.NoAddress, "host", "example.com"), "example.com has no address", "example.com 没有任何地址"},
		{Because(reason.AnswerEmpty, "status", Status{403, "Forbidden"}), "403 Forbidden, empty body", "403 Forbidden，响应体为空"},
		{Because(reason.AnswerBody, "status", Status{200, "OK"}, "body", []byte("no such host, EOF")), `200 OK, "no such host, EOF"`, `200 OK，"no such host, EOF"`},
		{Because(reason.Answered, "what", Names("HTTP/1.0", "Mozilla/4.0"), "answer", Because(reason.AnswerBody, "status", Status{403, "Forbidden"}, "body", []byte("no"))), `HTTP/1.0, Mozilla/4.0 (403 Forbidden, "no")`, `HTTP/1.0、Mozilla/4.0（403 Forbidden，"no"）`},
		{List{Name("HTTP/1.1"), Because(reason.ABrowser)}, "HTTP/1.1, browser", "HTTP/1.1、浏览器"},
		{Because(reason.Event, "event", "subscribe"), "event subscribe", "事件 subscribe"},
		{Because(reason.NoSuchHost), "no such host", "域名不存在"},
		{Because(reason.ClosedWithoutAnswer), "connection closed without an answer", "没有响应就关闭了连接"},
		{Because(reason.NotHTTP), "the answer is not HTTP", "响应不是 HTTP"},
		{Because(reason.NotEncrypted), "the message is not encrypted, but safe mode requires it", "消息没有加密，而安全模式要求加密"},
		{fmt.Errorf("try 2: %w", Because(reason.ConnectionRefused)), "try 2: connection refused", "try 2: 连接被拒绝"},
		{fmt.Errorf("read the key: %w", io.EOF), "read the key: EOF", "read the key: 内容已到结尾"},
	} {
		f := NewFacts("x", c.value)
		if got := f.Text(English, "x"); got != c.en {
			t.Errorf("%v: %q in English, want %q", c.value, got, c.en)
		}
		if got := f.Text(Chinese, "x"); got != c.zh {
			t.Errorf("%v: %q in Chinese, want %q", c.value, got, c.zh)
		}
	}
	if got := NewFacts("a", 1, "b", "x").Fill(English, "{a} {b} {c}"); got != "1 x {c}" {
		t.Errorf("filled: %q", got)
	}
}

func TestReasonWraps(t *testing.T) {
	err := error(Because(reason.TimedOut).Wrap(io.ErrUnexpectedEOF))
	if !errors.Is(err, io.ErrUnexpectedEOF) || err.Error() != "no complete answer in time" {
		t.Errorf("%v", err)
	}
	var r *Reason
	if !errors.As(fmt.Errorf("send: %w", err), &r) || r.ID != reason.TimedOut {
		t.Errorf("%v", r)
	}
}

// Whatever bytes a fact is made of, it stays on its line, is short enough for
// a report and moves no cursor.
func FuzzFactsArePrintable(f *testing.F) {
	f.Add([]byte("\x1b[31m\u202e\x00\xff"), 3)
	f.Fuzz(func(t *testing.T, b []byte, limit int) {
		for _, fact := range []Fact{
			Name(b),
			Quote{string(b), limit},
			Excerpt(b), Verbatim(b), Hex(b),
			Status{limit, string(b)},
			List{Name(b), Quoted(b)},
			Because(reason.NoAddress, "host", b),
			failure{errors.New(string(b))},
		} {
			for _, lang := range []Lang{English, Chinese} {
				s := fact.In(lang)
				if len(s) > 5*maxFact || !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
					t.Fatalf("%T of %q: %q", fact, b, s)
				}
			}
		}
	})
}
