package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// builtAs gives the program a version for the length of a test.
func builtAs(t *testing.T, version string) {
	t.Helper()
	before := buildVersion
	t.Cleanup(func() { buildVersion = before })
	buildVersion = version
}

func TestVersionCheck(t *testing.T) {
	answer, status := "", http.StatusOK
	github := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("User-Agent") != "wxdev" || r.Header.Get("Accept") != "application/vnd.github+json" {
			t.Errorf("the headers are %v", r.Header)
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(answer))
	}))
	defer github.Close()
	for _, c := range []struct {
		own, tag string
		status   int
		code     int
		says     string
	}{
		{"v1.2.3", "v1.2.3", 200, exitOK, "that is the newest release"},
		{"v1.2.3", "v1.2.2", 200, exitOK, "that is the newest release"},
		{"v1.2.3", "v1.10.0", 200, exitNo, "v1.10.0 is newer: https://github.com/wxdev/wxdev/releases/tag/v1.10.0"},
		{"v1.3.0-rc.1", "v1.3.0", 200, exitNo, "v1.3.0 is newer"},
		{"v1.2.3-4-g0123abc", "v1.2.3", 200, exitOK, "newest"},
		{"v1.2.3-4-g0123abc-dirty", "v1.2.4", 200, exitNo, "newer"},
		{"v1.2.3-dirty", "v1.2.3", 200, exitOK, "newest"},
		{"v1.2.4-0.20260101000000-0123456789ab", "v1.2.3", 200, exitOK, "newest"},
		{"v1.2.4-0.20260101000000-0123456789ab", "v1.2.4", 200, exitNo, "newer"},
		{"0123abc", "v1.2.3", 200, exitOK, "the newest release is v1.2.3, this program is of none"},
		{"v0.0.0-g0123abc", "v1.2.3", 200, exitOK, "this program is of none"},
		{"v1.2.3", "", 404, exitOK, "there is no release yet"},
		{"v1.2.3", "", 403, exitFailed, "the answer is 403"},
		{"v1.2.3", "latest", 200, exitFailed, "the answer names no release"},
		{"v1.2.3", "v2.0.0/../../evil", 200, exitFailed, "the answer names no release"},
		{"v1.2.3", "v2.0.0\x1b[2J", 200, exitFailed, "the answer names no release"},
		{"v1.2.3", "v99999999999999999999.0.0", 200, exitFailed, "the answer names no release"},
	} {
		builtAs(t, c.own)
		text, _ := json.Marshal(map[string]string{"tag_name": c.tag})
		answer, status = string(text), c.status
		env, out, errOut := testEnv(t, releaseVariable, github.URL)
		code := Main([]string{"version", "--check"}, env)
		if said := out.String() + errOut.String(); code != c.code || !strings.Contains(said, c.says) || !strings.HasPrefix(said, "wxdev version "+c.own+"\n") {
			t.Errorf("%s beside %q: exit %d, want %d and %q:\n%s", c.own, c.tag, code, c.code, c.says, said)
		}
	}
}

// TestVersionCheckJSON: what scripts read.
func TestVersionCheckJSON(t *testing.T) {
	github := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"tag_name":"v1.3.0"}`))
	}))
	defer github.Close()
	builtAs(t, "v1.2.3")
	env, out, errOut := testEnv(t, releaseVariable, github.URL)
	if code := Main([]string{"version", "--check", "--json"}, env); code != exitNo {
		t.Errorf("exit %d: %s", code, errOut)
	}
	var doc versionJSON
	if err := json.Unmarshal(out.Bytes(), &doc); err != nil || doc.OK || doc.Latest == nil || doc.Latest.Version != "v1.3.0" || !*doc.Latest.Newer {
		t.Errorf("%v: %s", err, out)
	}
}

// TestVersionCheckAstray: a redirect without end, and one to what is no web page. In
// Chinese, too, and --json has the version all the same.
func TestVersionCheckAstray(t *testing.T) {
	to := ""
	github := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusFound)
	}))
	defer github.Close()
	builtAs(t, "v1.2.3")
	for _, to = range []string{"/", "file:///etc/passwd"} {
		for lang, want := range map[string]string{"en": "the answer is 302", "zh": "302"} {
			env, out, errOut := testEnv(t, releaseVariable, github.URL)
			code := Main([]string{"version", "--check", "--json", "--lang", lang}, env)
			var doc versionJSON
			if err := json.Unmarshal(out.Bytes(), &doc); err != nil || code != exitFailed || doc.OK || doc.Version != "v1.2.3" || doc.Error == nil {
				t.Fatalf("%s: exit %d, %v: %s", to, code, err, out)
			}
			if said := errOut.String(); !strings.Contains(said, want) || !strings.Contains(doc.Error.Message, want) || strings.Contains(said, "stopped") || strings.Contains(said, "scheme") {
				t.Errorf("%s: it says %q and %q", to, doc.Error.Message, said)
			}
		}
	}
}

// TestVersionAsksNobody without --check.
func TestVersionAsksNobody(t *testing.T) {
	asked := false
	github := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer github.Close()
	for _, args := range [][]string{{"version"}, {"version", "--json"}, {"--version"}, {"help"}} {
		env, _, _ := testEnv(t, releaseVariable, github.URL)
		if code := Main(args, env); code != exitOK || asked {
			t.Errorf("%v: exit %d, asked %t", args, code, asked)
		}
	}
}

// TestVersionCheckEnds: a GitHub that does not answer.
func TestVersionCheckEnds(t *testing.T) {
	gone := make(chan struct{})
	github := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-gone }))
	defer github.Close()
	defer close(gone)
	env, _, errOut := testEnv(t, releaseVariable, github.URL)
	if code := Main([]string{"version", "--check", "--timeout", "50ms"}, env); code != exitFailed || !strings.Contains(errOut.String(), "longer than 50ms") {
		t.Errorf("exit %d: %s", code, errOut)
	}
}
