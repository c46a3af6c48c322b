package emulator_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/receiver"
)

func TestIPLists(t *testing.T) {
	b := newBench(t, "")
	for _, path := range []string{"/cgi-bin/getcallbackip", "/cgi-bin/get_api_domain_ip"} {
		if got := b.do("GET", path, "").Body.String(); got != `{"ip_list":["127.0.0.1"]}` {
			t.Errorf("%s %s", path, got)
		}
	}
}

func TestCallbackCheck(t *testing.T) {
	b := newBench(t, "")
	const path = "/cgi-bin/callback/check"
	all := `{"action":"all","check_operator":"DEFAULT"}`
	b.fails(40201, "POST", path, all)
	srv := httptest.NewServer(&receiver.Handler{Token: emulator.DefaultToken})
	defer srv.Close()
	b.control(200, "POST", "accounts", `{"appid":"wx0123456789abcdef","url":"`+srv.URL+`/wechat"}`)
	got := b.do("POST", path, all).Body.String()
	if !strings.HasPrefix(got, `{"dns":[{"ip":"127.0.0.1","real_operator":"DEFAULT"}],"ping":[{"ip":"127.0.0.1","from_operator":"DEFAULT","package_loss":"0%","time":"`) {
		t.Errorf("all: %s", got)
	}
	if got := b.do("POST", path, `{"action":"dns","check_operator":"CAP"}`).Body.String(); got != `{"dns":[{"ip":"127.0.0.1","real_operator":"CAP"}]}` {
		t.Errorf("dns: %s", got)
	}
	b.fails(40202, "POST", path, `{"action":"trace"}`)
	b.fails(40203, "POST", path, `{"action":"all","check_operator":"TELECOM"}`)

	// a port that nobody listens on
	b.control(200, "POST", "accounts", `{"appid":"wx0123456789abcdef","url":"http://`+busy.Nobody(t)+`/"}`)
	if got := b.do("POST", path, `{"action":"ping"}`).Body.String(); !strings.Contains(got, `"package_loss":"100%"`) {
		t.Errorf("ping: %s", got)
	}
}
