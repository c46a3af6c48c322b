//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/receiver"
)

// TestVerifyInterrupted: Ctrl-C while verify is at work ends it with what there
// is so far, in text, JSON and JUnit.
func TestVerifyInterrupted(t *testing.T) {
	for _, flag := range []string{"--lang=en", "--lang=zh", "--json"} {
		t.Run(flag, func(t *testing.T) {
			t.Parallel()
			asked := make(chan struct{}, 100)
			good := &receiver.Handler{Token: "letmein7"}
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body) // else the server does not see that the client is gone
				if asked <- struct{}{}; len(asked) > 5 {
					<-r.Context().Done()
					return
				}
				good.ServeHTTP(w, r)
			}))
			defer s.Close()
			dir := t.TempDir()
			junit := filepath.Join(dir, "verify.xml")
			var out, failed bytes.Buffer
			cmd := exec.Command("wxdev", "verify", flag, "--url", s.URL, "--token", "letmein7", "--report", "junit="+junit)
			cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_CACHE_HOME="+dir)
			cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &failed
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			for end := time.Now().Add(busy.Net); len(asked) < 6 && time.Now().Before(end); {
				time.Sleep(10 * time.Millisecond)
			}
			if err := interrupt(t, cmd, os.Interrupt); err != nil {
				t.Errorf("%v: %s%s", err, &out, &failed)
			}
			switch flag {
			case "--json":
				var doc verifyJSON
				if err := json.Unmarshal(out.Bytes(), &doc); err != nil || doc.OK || len(doc.Probes) < 5 || len(doc.Checks) < 20 {
					t.Errorf("%v: %s", err, &out)
				}
			case "--lang=zh":
				if !strings.Contains(out.String(), "已中断，以下是到目前为止的结果") || !strings.Contains(out.String(), "没有检查：已中断") {
					t.Errorf("%s", &out)
				}
			default:
				if !strings.Contains(out.String(), "Interrupted: this is what was found so far.") || !strings.Contains(out.String(), "not checked: interrupted") {
					t.Errorf("%s", &out)
				}
			}
			report, err := os.ReadFile(junit)
			if err != nil || xml.Unmarshal(report, new(struct{})) != nil || !strings.Contains(string(report), "<skipped") || !strings.Contains(string(report), "<failure") {
				t.Errorf("%v: %s", err, report)
			}
		})
	}
}
