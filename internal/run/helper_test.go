package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	if code, ok := Helper(os.Args); ok {
		os.Exit(code)
	}
	os.Exit(m.Run())
}

// redirect is a Redirect on a port, with what it was told and asked.
type redirect struct {
	*Redirect
	url string // of the proxy
	tls int    // the port of who knows of no proxy

	mu    sync.Mutex
	calls []string // "GET /path proto"
	told  []string
}

// newRedirect starts one whose emulator answers with what it was asked.
func newRedirect(t testing.TB, o Options) *redirect {
	t.Helper()
	r := &redirect{}
	o.API = http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		r.note(&r.calls, fmt.Sprintf("%s %s HTTP/%d", req.Method, req.URL.Path, req.ProtoMajor))
		fmt.Fprintf(w, `{"emulated":true,"host":%q,"tls":%t,"body":%q}`, req.Host, req.TLS != nil, body)
	})
	if o.Own == nil {
		o.Own = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "own") })
	}
	if o.LookupEnv == nil {
		o.LookupEnv = func(string) (string, bool) { return "", false }
	}
	o.Now = time.Now
	o.Refused = func(host string) { r.note(&r.told, "refused "+host) }
	o.Broken = func(host string, err error) {
		if untrusted := (*UntrustedError)(nil); errors.As(err, &untrusted) {
			r.note(&r.told, "untrusted "+host+": "+err.Error())
			return
		}
		r.note(&r.told, "broken "+host+": "+err.Error())
	}
	l := listen(t)
	o.Base = "http://" + l.Addr().String()
	var err error
	if r.Redirect, err = NewRedirect(o); err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: r.Redirect}
	go func() { _ = s.Serve(l) }()
	direct := listen(t)
	go func() { _ = r.ServeHosts(direct) }()
	r.url, r.tls = o.Base, direct.Addr().(*net.TCPAddr).Port
	t.Cleanup(func() {
		_ = s.Close()
		direct.Close()
		r.Close()
	})
	return r
}

func (r *redirect) note(to *[]string, line string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	*to = append(*to, line)
}

// seen are the calls that the emulator got, joined.
func (r *redirect) seen() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.calls, "\n")
}

// hears waits until the redirect has told of something.
func (r *redirect) hears(t testing.TB, line string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for ctx.Err() == nil {
		r.mu.Lock()
		all := strings.Join(r.told, "\n")
		r.mu.Unlock()
		if strings.Contains(all, line) {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Errorf("nothing was told of %q: %q", line, r.told)
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// kit writes the files for a program.
func (r *redirect) kit(t testing.TB) *Kit {
	t.Helper()
	k, err := NewKit(r.Redirect, t.TempDir(), r.url, r.tls)
	if err != nil {
		t.Fatal(err)
	}
	return k
}
