package local_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
)

// TestServer: the API, the control API and its pages are on one port, and
// after Close nothing is.
func TestServer(t *testing.T) {
	s, err := local.NewServer(emulator.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for path, want := range map[string]string{
		"/cgi-bin/menu/get":     `"errcode":41001`,
		"/":                     `"errcode":40066`,
		"/__wxdev/ready":        `"ready": true`,
		"/__wxdev/nothing":      "GET /__wxdev/ lists what there is",
		"/q/1":                  "The QR code has expired",
		"/__wxdev/media/nobody": "there is no such file",
		"/__wxdev/js-sdk/" + emulator.DefaultAppID + "/jweixin.js": "wx.config",
	} {
		res, err := http.Get(s.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || !strings.Contains(string(body), want) {
			t.Errorf("%s: %v, %.300s", path, err, body)
		}
	}
	s.Close()
	if res, err := http.Get(s.URL + "/__wxdev/ready"); err == nil {
		res.Body.Close()
		t.Error("it answers after Close")
	}
}

func TestBadConfig(t *testing.T) {
	bad := emulator.Config{Accounts: []emulator.Account{{AppID: "!"}}}
	if _, err := local.New(bad); err == nil {
		t.Error("New took an account without an AppID")
	}
	if _, err := local.NewServer(bad); err == nil {
		t.Error("NewServer took an account without an AppID")
	}
}

func ExampleNewServer() {
	s, err := local.NewServer(emulator.Config{})
	if err != nil {
		panic(err)
	}
	defer s.Close()
	res, err := http.Get(s.URL + "/__wxdev/accounts/" + emulator.DefaultAppID)
	if err != nil {
		panic(err)
	}
	defer res.Body.Close()
	fmt.Println(res.StatusCode, len(s.Accounts()))
	// Output: 200 1
}
