package api

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/bilingual"
	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/tokenstore"
)

const (
	testAppID  = "wx0123456789abcdef"
	testSecret = "5ec4e75ec4e75ec4e75ec4e75ec4e700"
)

// fake is an API with one account, which answers what a test tells it to.
// Package emulator has one that knows by itself.
type fake struct {
	*httptest.Server
	mu     sync.Mutex
	calls  []string          // METHOD PATH?QUERY BODY
	tokens int               // made
	valid  string            // the token that is accepted
	life   int               // of a token, in seconds
	answer map[string]string // by path
	handle map[string]http.HandlerFunc
}

func newFake(t *testing.T) *fake {
	f := &fake{life: 7200, answer: map[string]string{}, handle: map[string]http.HandlerFunc{}}
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(f.Close)
	return f
}

func (f *fake) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	f.mu.Lock()
	f.calls = append(f.calls, strings.TrimSpace(r.Method+" "+r.URL.RequestURI()+" "+string(body)))
	handle, answer := f.handle[r.URL.Path], f.answer[r.URL.Path]
	valid := f.valid
	f.mu.Unlock()
	w.Header().Set("Content-Type", "application/json; encoding=utf-8")
	switch {
	case handle != nil:
		handle(w, r)
	case r.URL.Path == "/cgi-bin/stable_token":
		var q struct {
			Force bool `json:"force_refresh"`
		}
		json.Unmarshal(body, &q)
		f.give(w, q.Force || valid == "")
	case r.URL.Path == "/cgi-bin/token":
		f.give(w, true)
	case r.URL.Query().Get("access_token") != valid:
		fmt.Fprint(w, `{"errcode":40001,"errmsg":"invalid credential, access_token is invalid or not latest rid: 640d8707-66796d60-192e4bee"}`)
	default:
		fmt.Fprint(w, answer)
	}
}

func (f *fake) give(w io.Writer, anew bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if anew {
		f.tokens++
		f.valid = fmt.Sprintf("66_token%d", f.tokens)
	}
	fmt.Fprintf(w, `{"access_token":"%s","expires_in":%d}`, f.valid, f.life)
}

// invalidate ends the token, as an expiry or somebody's forced refresh does.
func (f *fake) invalidate() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.valid = ""
}

// called returns the calls of a path.
func (f *fake) called(path string) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var found []string
	for _, c := range f.calls {
		_, uri, _ := strings.Cut(c, " ")
		if uri == path || strings.HasPrefix(uri, path+"?") || strings.HasPrefix(uri, path+" ") {
			found = append(found, c)
		}
	}
	return found
}

// world is a client of a fake, and what it says.
type world struct {
	*Client
	fake  *fake
	now   time.Time
	mu    sync.Mutex
	notes []string
	trace []Trace
}

func newWorld(t *testing.T, change ...func(*Options)) *world {
	w := &world{fake: newFake(t), now: time.Unix(1_700_000_000, 0)}
	o := Options{
		Base: w.fake.URL, AppID: testAppID, Secret: testSecret, Store: &tokenstore.Memory{}, Timeout: busy.Net,
		Now: func() time.Time { return w.now },
		Notify: func(notice finding.Fact) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.notes = append(w.notes, notice.In(finding.English))
			if s := bilingual.In(notice.In(finding.Chinese)); s != "" {
				t.Error(s)
			}
		},
		Trace: func(try Trace) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.trace = append(w.trace, try)
		},
	}
	for _, f := range change {
		f(&o)
	}
	w.Client = New(o)
	w.backoff = func(int) time.Duration { return time.Millisecond }
	t.Cleanup(func() { w.demandNoSecret(t) })
	return w
}

// demandNoSecret looks for secrets in all that was said.
func (w *world) demandNoSecret(t *testing.T) {
	t.Helper()
	said := slices.Clone(w.notes)
	for _, try := range w.trace {
		said = append(said, try.Sent, try.Received)
		if try.Err != nil {
			said = append(said, try.Err.Error())
		}
	}
	for _, text := range said {
		demandClean(t, text)
	}
}

func demandClean(t *testing.T, text string) {
	t.Helper()
	for _, secret := range []string{testSecret, "66_token", "kgt8ON7y"} {
		if strings.Contains(text, secret) {
			t.Errorf("a secret is in %q", text)
		}
	}
}

// noted says whether a note has all the words.
func (w *world) noted(words ...string) bool {
	return slices.ContainsFunc(w.notes, func(note string) bool {
		return !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(note, word) })
	})
}

// demandChinese looks for English in what a Chinese user reads of an error.
func demandChinese(t *testing.T, err error) {
	t.Helper()
	if _, coded := err.(*Error); coded && err.(*Error).Code != 0 {
		return // the words are WeChat's
	}
	if fault := bilingual.Fault(err); fault != "" {
		t.Error(fault)
	}
}
