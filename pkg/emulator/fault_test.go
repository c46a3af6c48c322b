package emulator_test

import (
	"encoding/json"
	"net/http"
	"runtime"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
)

func TestFaults(t *testing.T) {
	b := newBench(t, "")
	b.control(200, "POST", "faults", `{"path":"/cgi-bin/menu/get","errcode":-1,"count":2}`)
	for range 2 {
		if got := b.fails(-1, "GET", "/cgi-bin/menu/get", ""); got != "system error" {
			t.Errorf("errmsg %q", got)
		}
	}
	b.fails(46003, "GET", "/cgi-bin/menu/get", "") // the third works as usual
	if n := len(b.Faults()); n != 0 {
		t.Errorf("%d faults are left", n)
	}

	b.control(200, "POST", "faults", `{"path":"/cgi-bin/*","method":"GET","status":502}`)
	for range 3 {
		if w := b.do("GET", anyCall, ""); w.Code != 502 {
			t.Errorf("status %d", w.Code)
		}
	}
	b.ok("POST", createPath, goodMenu)
	b.control(200, "DELETE", "faults", "")
	b.ok("GET", anyCall, "")

	b.control(200, "POST", "faults", `{"errcode":40001,"errmsg":"whatever","status":500,"count":1}`)
	w := b.do("GET", anyCall, "")
	var v map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil || w.Code != 500 || v["errcode"] != 40001.0 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for _, bad := range []string{`{}`, `{"status":99}`, `{"errcode":-1,"count":-1}`, `{"delay":"-1s"}`, `{"delay":"soon"}`, `{"errcodes":1}`, `[`, ``} {
		b.control(400, "POST", "faults", bad)
	}
}

// TestFaultsOnTheWire needs a connection to drop, and a clock to be late by.
func TestFaultsOnTheWire(t *testing.T) {
	s, err := local.NewServer(emulator.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, f := range []emulator.Fault{{Drop: true, Count: 1}, {Delay: emulator.Duration(50 * time.Millisecond), Count: 1}} {
		if err := s.Fail(f); err != nil {
			t.Fatal(err)
		}
	}
	if res, err := http.Get(s.URL + tokenURL); err == nil {
		t.Errorf("an answer came: %s", res.Status)
	}
	begun := time.Now()
	res, err := http.Get(s.URL + tokenURL)
	if err != nil {
		t.Fatal(err)
	}
	body := readAll(t, res.Body)
	res.Body.Close()
	if took := time.Since(begun); took < 50*time.Millisecond || res.StatusCode != 200 || len(body) < 136 {
		t.Errorf("%v, %s, %s", took, res.Status, body)
	}
	entries := s.Log(emulator.Match{})
	if len(entries) != 2 || entries[0].Status != 0 || !entries[0].Fault || entries[1].Status != 200 {
		t.Errorf("log %+v", entries)
	}
}

// TestCloseEndsDelays: Close does not wait for a fault of an hour.
func TestCloseEndsDelays(t *testing.T) {
	s, err := local.NewServer(emulator.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Fail(emulator.Fault{Delay: emulator.Duration(time.Hour), Count: 1}); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if res, err := http.Get(s.URL + tokenURL); err == nil {
			res.Body.Close()
		}
	}()
	for len(s.Faults()) > 0 { // until the request waits
		runtime.Gosched()
	}
	s.Close()
	<-done
}
