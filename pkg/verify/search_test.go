package verify_test

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/wxdev/wxdev/pkg/verify"
)

// TestManyParameters: with more parameters than are tried one by one, those
// tried are always the first of the URL.
func TestManyParameters(t *testing.T) {
	t.Parallel()
	url := handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := of(r)
		ok := v.signature == sum(nil, token, v.timestamp, v.nonce, r.URL.Query().Get("p 5"))
		textbook(func(values) bool { return ok }, plain)(w, r)
	}))(t) + "?"
	for i := range 12 {
		url += fmt.Sprintf("p%%20%d=v%%2b%d&", i, i)
	}
	for range 20 {
		r := run(t, options(url))
		if got := serious(r); !slices.Equal(got, []string{"V33 query-in-hash"}) || r.Findings[0].Facts["names"] != "p 5" {
			t.Fatalf("found %q, %q", got, r.Findings[0].Facts)
		}
		printable(t, r)
	}
}

// TestNoForeignHost: a probe of another path stays on the host that was given,
// though its URL has no path.
func TestNoForeignHost(t *testing.T) {
	t.Parallel()
	addr := listening(t, "127.0.0.1:0", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		status(403, flask403)(w, r)
	}))
	o := options("http://" + host)
	o.Sender = public(map[string]string{publicIP: addr}, publicIP)
	resolve := o.Sender.Resolve
	var mu sync.Mutex
	asked := map[string]bool{}
	o.Sender.Resolve = func(ctx context.Context, name string) ([]netip.Addr, error) {
		mu.Lock()
		defer mu.Unlock()
		asked[name] = true
		return resolve(ctx, name)
	}
	r := run(t, o)
	if got := serious(r); !slices.Equal(got, []string{"V03 token-unknown"}) {
		t.Errorf("found %q", got)
	}
	if len(asked) != 1 || !asked[host] {
		t.Errorf("looked up %v", asked)
	}
	if !slices.ContainsFunc(r.Probes, func(p verify.Probe) bool { return strings.Contains(p.Exchange.Request.URL, "/-wxdev-nowhere") }) {
		t.Error("no other path was asked")
	}
}
