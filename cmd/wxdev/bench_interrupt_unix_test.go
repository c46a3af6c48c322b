//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
)

// TestBenchInterrupted: Ctrl-C ends a load with what there is so far, in text, in
// JSON and on the page, also when messages are on their way that nobody answers.
func TestBenchInterrupted(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for time to pass")
	}
	var got atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // or the end of the connection is not noticed
		if got.Add(1) > 3 {
			<-r.Context().Done()
			return
		}
		_, _ = io.WriteString(w, "success")
	}))
	defer server.Close()
	for _, asJSON := range []bool{false, true} {
		got.Store(0)
		dir := t.TempDir()
		args := []string{"bench", "--rate", "20/s", "--duration", "1h", "--timeout", "1h", "--html", "bench.html", "--fail-if", "p99>1h"}
		if asJSON {
			args = append(args, "--json")
		}
		var out, failed bytes.Buffer
		cmd := exec.Command("wxdev", args...)
		cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "WXDEV_URL="+server.URL, "WXDEV_TOKEN=letmein7")
		cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &failed
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(busy.Net); got.Load() < 6 && time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		}
		if err := interrupt(t, cmd, os.Interrupt); err != nil {
			t.Errorf("%v: %s%s", err, &out, &failed)
		}
		if page, err := os.ReadFile(filepath.Join(dir, "bench.html")); err != nil || !strings.Contains(string(page), "interrupted") {
			t.Errorf("the page: %v", err)
		}
		if !asJSON {
			if !strings.Contains(out.String(), "Interrupted: this is what there was so far.") || !strings.Contains(out.String(), "answered      3\n") {
				t.Errorf("said %s", &out)
			}
			continue
		}
		var doc benchJSON
		if err := json.Unmarshal(out.Bytes(), &doc); err != nil || doc.OK || !doc.Interrupted || doc.Count < 6 || doc.Answered != 3 || doc.Error == nil {
			t.Errorf("%v %s", err, &out)
		}
	}
}
