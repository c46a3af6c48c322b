package control_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
	"github.com/wxdev/wxdev/pkg/jssdk"
)

func getJSON(t *testing.T, address string, v any) int {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if v != nil {
		if err := json.Unmarshal(body, v); err != nil {
			t.Fatalf("%s: %v: %s", address, err, body)
		}
	}
	return res.StatusCode
}

// TestJSSDKSignsWithTheAPIsTicket: what the dev server signs, WeChat's ticket proves.
func TestJSSDKSignsWithTheAPIsTicket(t *testing.T) {
	s, err := local.NewServer(emulator.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	var token struct {
		AccessToken string `json:"access_token"`
	}
	getJSON(t, s.URL+"/cgi-bin/token?grant_type=client_credential&appid="+emulator.DefaultAppID+"&secret="+emulator.DefaultSecret, &token)
	var ticket struct{ Ticket string }
	getJSON(t, s.URL+"/cgi-bin/ticket/getticket?type=jsapi&access_token="+token.AccessToken, &ticket)

	const page = "https://example.com/page?x=1"
	var config struct {
		AppID, NonceStr, Signature string
		Timestamp                  json.Number
	}
	server := s.URL + "/__wxdev/js-sdk/" + emulator.DefaultAppID
	getJSON(t, server+"/sign?url="+url.QueryEscape(page), &config)
	if want := jssdk.Sign(ticket.Ticket, config.NonceStr, config.Timestamp.String(), page); config.Signature != want || ticket.Ticket == "" {
		t.Errorf("the dev server signed %q, the ticket gives %q", config.Signature, want)
	}
	if code := getJSON(t, server+"/jweixin.js", nil); code != http.StatusOK {
		t.Errorf("jweixin.js: status %d", code)
	}
	if code := getJSON(t, s.URL+"/__wxdev/js-sdk/wx9999999999999999/sign?url=x", nil); code != http.StatusNotFound {
		t.Errorf("the dev server of nobody's account: status %d", code)
	}
}

// TestJSSDKWhileTheClockTurns is for the race detector: the dev server reads
// the emulator's clock while the control API turns it.
func TestJSSDKWhileTheClockTurns(t *testing.T) {
	s, err := local.NewServer(emulator.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	const times = 50
	var both sync.WaitGroup
	both.Go(func() {
		for range times {
			res, err := http.Post(s.URL+"/__wxdev/clock", "application/json", strings.NewReader(`{"advance":"1s"}`))
			if err != nil {
				t.Error(err)
				return
			}
			res.Body.Close()
		}
	})
	both.Go(func() {
		for range times {
			res, err := http.Get(s.URL + "/__wxdev/js-sdk/" + emulator.DefaultAppID + "/sign?url=https://example.com/")
			if err != nil {
				t.Error(err)
				return
			}
			res.Body.Close()
			if res.StatusCode != http.StatusOK {
				t.Errorf("sign: status %d", res.StatusCode)
			}
		}
	})
	both.Wait()
}
