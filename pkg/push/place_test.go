package push_test

import (
	"fmt"
	"testing"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/wire"
)

// TestPlacesInWhatCame: the status, a header, and what is wrong with the body,
// each in the bytes that came.
func TestPlacesInWhatCame(t *testing.T) {
	for _, c := range []struct{ answer, ids, bytes, expected string }{
		{"HTTP/1.0 201 Created\r\n\r\nsuccess", "V44 other-2xx", "201", "200"},
		{"HTTP/1.0 500 Oops\r\n\r\n500", "M19 error-status", "500", ""},
		{"HTTP/1.0 200 OK\r\nContent-Length: 100\r\n\r\nsuccess", "V25 length", "100", "7"},
		{"HTTP/1.0 302 Found\r\nlocation:  /x \r\n\r\n", "M18 post-redirected", "/x", ""},
		{"HTTP/1.0 200 OK\r\nContent-Encoding: gzip\r\n\r\nxx", "V41 compressed", "gzip", ""},
		{"HTTP/1.0 200 OK\r\n\r\nsuccess \n", "M06 blank-success", "success \n", "success"},
		{"HTTP/1.0 200 OK\r\n\r\n\ufeffsuccess", "M10 bom", "\ufeff", ""},
	} {
		d := pushTo(t, "http://"+serve(t, writes(c.answer))+"/", wire.Sender{})
		if ids(d) != c.ids {
			t.Errorf("%q: %s", c.answer, ids(d))
			continue
		}
		p := d.Received(d.Findings[0].Place)
		if p == nil || p.In != finding.InReceived {
			t.Errorf("%s: %+v", c.ids, p)
			continue
		}
		received := d.Last().Received
		if got := string(received[p.Offset : p.Offset+p.Length]); got != c.bytes || p.Expected != c.expected {
			t.Errorf("%s: %q should be %q, want %q, %q", c.ids, got, p.Expected, c.bytes, c.expected)
		}
		if place := fmt.Sprint(p.Line > 0, p.Column > 0); place != "true true" {
			t.Errorf("%s: %+v", c.ids, p)
		}
	}
	if d := pushTo(t, "http://"+serve(t, writes(""))+"/", wire.Sender{}); d.Received(nil) != nil {
		t.Error("a place of nothing")
	}
}
