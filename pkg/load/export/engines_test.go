package export_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/internal/stacks"
	"github.com/wxdev/wxdev/pkg/load"
	"github.com/wxdev/wxdev/pkg/load/export"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
)

// source makes messages of a mix.
func source(t testing.TB, mix string, format msgcrypt.Format) *load.Source {
	t.Helper()
	m, err := load.ParseMix(mix)
	if err != nil {
		t.Fatal(err)
	}
	s, err := load.NewSource(load.Options{Mix: m, Format: format, Users: 1000, To: message.OriginalID(appID)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// everyWay runs a test for each mode and format.
func everyWay(t *testing.T, run func(t *testing.T, mode msgcrypt.Mode, format msgcrypt.Format)) {
	for _, mode := range []msgcrypt.Mode{msgcrypt.Plain, msgcrypt.Compat, msgcrypt.Safe} {
		for _, format := range []msgcrypt.Format{msgcrypt.XML, msgcrypt.JSON} {
			t.Run(string(mode)+" "+string(format), func(t *testing.T) { run(t, mode, format) })
		}
	}
}

// tookAll demands that the server got some and refused nothing.
func (s *strict) tookAll(t *testing.T, want int) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.got < want || len(s.refused) > 0 {
		t.Errorf("of %d, fewer than %d, or refused %d: %.5q", s.got, want, len(s.refused), s.refused)
	}
}

// TestVegeta has vegeta attack a server with what is streamed to it, in every
// mode: all of it is accepted, and when vegeta is done the stream ends without
// an error.
func TestVegeta(t *testing.T) {
	stacks.Need(t, "vegeta")
	vegeta := stacks.LoadTool(t, "vegeta")
	everyWay(t, func(t *testing.T, mode msgcrypt.Mode, format msgcrypt.Format) {
		server := newStrict(t, mode, format)
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() {
			ended <- export.Vegeta(w, pusher(t, server.URL+"/wechat?from=vegeta", mode), source(t, "text=2,image", format).Next)
			w.Close()
		}()
		cmd := exec.Command(vegeta, "attack", "-lazy", "-format", "json", "-rate", "500/s", "-duration", "1s")
		cmd.Stdin = r
		results, err := cmd.Output()
		r.Close()
		if err != nil {
			t.Fatal(err)
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
		server.tookAll(t, 400)
		report := exec.Command(vegeta, "report", "-type", "json")
		report.Stdin = bytes.NewReader(results)
		out, err := report.Output()
		var told struct {
			Success float64  `json:"success"`
			Errors  []string `json:"errors"`
		}
		if err := json.Unmarshal(out, &told); err != nil || told.Success != 1 || len(told.Errors) > 0 {
			t.Errorf("%v %s", err, out)
		}
		if err != nil {
			t.Error(err)
		}
	})
}

// TestK6 runs the script with k6, in every mode.
func TestK6(t *testing.T) {
	stacks.Need(t, "k6")
	k6 := stacks.LoadTool(t, "k6")
	everyWay(t, func(t *testing.T, mode msgcrypt.Mode, format msgcrypt.Format) {
		server := newStrict(t, mode, format)
		mix := map[msgcrypt.Format]string{msgcrypt.XML: "text=2,image,click", msgcrypt.JSON: "text=2,image"}[format]
		script, err := export.K6(pusher(t, server.URL+"/wechat?from=k6", mode), source(t, mix, format), export.Options{
			Connections: 8, Count: 200, Timeout: busy.Net, Say: func(part string) string { return part + "\nmore" },
		})
		if err != nil {
			t.Fatal(err)
		}
		checkK6(t, k6, script)
		server.tookAll(t, 200)
		if texts, images := server.types["text "], server.types["image "]; texts < images+images/2 || len(server.types) != strings.Count(mix, ",")+1 || len(server.users) < 190 {
			t.Errorf("%v by %d users", server.types, len(server.users))
		}
	})
}

// TestK6Paces runs the other shapes of a load.
func TestK6Paces(t *testing.T) {
	stacks.Need(t, "k6")
	k6 := stacks.LoadTool(t, "k6")
	for name, o := range map[string]export.Options{
		"rate":        {Rate: 50, Duration: time.Second, Timeout: busy.Net},
		"slow":        {Rate: 2.5, Count: 3, Timeout: busy.Net},
		"connections": {Connections: 2, Duration: time.Second, KeepAlive: true, Timeout: busy.Net},
	} {
		t.Run(name, func(t *testing.T) {
			server := newStrict(t, msgcrypt.Plain, msgcrypt.XML)
			script, err := export.K6(pusher(t, server.URL, msgcrypt.Plain), source(t, "text", msgcrypt.XML), o)
			if err != nil {
				t.Fatal(err)
			}
			checkK6(t, k6, script)
			server.tookAll(t, 1) // how many is for the machine to say
		})
	}
}

// checkK6 runs a script, and demands that no check of it fails.
func checkK6(t *testing.T, k6 string, script []byte) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "bench.js")
	if err := os.WriteFile(file, script, 0o600); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(script, []byte(token)) || bytes.Contains(script, []byte(aesKey)) {
		t.Error("a secret is in the script")
	}
	cmd := exec.Command(k6, "run", "--no-usage-report", "--no-color", "--address", "", "--summary-mode", "full", file)
	cmd.Env = append(os.Environ(), "WXDEV_TOKEN="+token, "WXDEV_AES_KEY="+aesKey, "HOME="+t.TempDir())
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "100.00%") {
		t.Errorf("%v\n%s", err, out)
	}
}

// pusher is for a server at a URL.
func pusher(t testing.TB, url string, mode msgcrypt.Mode) *push.Pusher {
	return &push.Pusher{URL: url, Token: token, Mode: mode, Codec: codec(t)}
}

// TestVegetaTargeter runs the program of examples/, which has vegeta as a library.
func TestVegetaTargeter(t *testing.T) {
	stacks.Need(t, "vegeta-lib")
	server := newStrict(t, msgcrypt.Plain, msgcrypt.XML)
	server.to = message.OriginalID("wxdev")
	cmd := exec.Command(stacks.VegetaExample(t))
	cmd.Env = append(os.Environ(), "URL="+server.URL+"/wechat", "TOKEN="+token)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "400 requests, 100.0% answered, ") || !strings.HasSuffix(string(out), "errors []\n") {
		t.Errorf("%v %s", err, out)
	}
	server.tookAll(t, 400)
}

// TestVegetaFails: what w refuses is an error, what its reader leaves is none.
func TestVegetaFails(t *testing.T) {
	next := source(t, "text", msgcrypt.XML).Next
	p := pusher(t, "http://127.0.0.1/", msgcrypt.Plain)
	r, w := io.Pipe()
	r.Close()
	if err := export.Vegeta(w, p, next); err != nil {
		t.Error(err)
	}
	r, w = io.Pipe()
	r.CloseWithError(os.ErrPermission)
	if err := export.Vegeta(w, p, next); err == nil {
		t.Error("a write that failed is no error")
	}
	p.Codec, p.Mode = nil, msgcrypt.Safe
	if err := export.Vegeta(io.Discard, p, next); err == nil {
		t.Error("nothing could be encrypted, and that is no error")
	}
}
