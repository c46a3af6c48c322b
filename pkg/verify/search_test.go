package verify_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/wxdev/wxdev/pkg/finding"
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
		if got := serious(r); !slices.Equal(got, []string{"V33 query-in-hash"}) || r.Findings[0].Facts.Text(finding.English, "names") != "p 5" {
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
	if got := serious(r); !slices.Equal(got, []string{"V03 token-or-query"}) {
		t.Errorf("found %q", got)
	}
	if len(asked) != 1 || !asked[host] {
		t.Errorf("looked up %v", asked)
	}
	if !slices.ContainsFunc(r.Probes, func(p verify.Probe) bool { return strings.Contains(p.Exchange.Request.URL, "/-wxdev-nowhere") }) {
		t.Error("no other path was asked")
	}
}

// joined is the text that is hashed, when it is right.
func joined(v values) string {
	parts := []string{token, v.timestamp, v.nonce}
	slices.Sort(parts)
	return strings.Join(parts, "")
}

func hexed(b []byte) string {
	s := sha1.Sum(b)
	return hex.EncodeToString(s[:])
}

// TestSignatureMistakesAreNamed: what the search is for.
func TestSignatureMistakesAreNamed(t *testing.T) {
	list := func(open, quote, separator string) func(values) string {
		return func(v values) string {
			parts := []string{token, v.timestamp, v.nonce}
			slices.Sort(parts)
			return hexed([]byte(open + quote + strings.Join(parts, quote+separator+quote) + quote + "]"))
		}
	}
	for want, compute := range map[string]func(values) string{
		"V45 empty-text":   func(values) string { return hexed(nil) },
		"V45 hashed-twice": func(v values) string { return hexed([]byte(hexed([]byte(joined(v))))) },
		"V45 base64": func(v values) string {
			s := sha1.Sum([]byte(joined(v)))
			return base64.StdEncoding.EncodeToString(s[:])
		},
		"V45 dashes": func(v values) string {
			return strings.ReplaceAll(fmt.Sprintf("% X", sha1.Sum([]byte(joined(v)))), " ", "-")
		},
		"V45 utf16": func(v values) string {
			return hexed([]byte(strings.Join(strings.Split(joined(v), ""), "\x00") + "\x00"))
		},
		"V45 hmac": func(v values) string {
			mac := hmac.New(sha1.New, []byte(token))
			mac.Write([]byte(v.timestamp + v.nonce)) // sorted, as our nonce is the larger
			return hex.EncodeToString(mac.Sum(nil))
		},
		"V49 printed-list":  list("[", `"`, ", "),
		"V49 printed-list ": list("[", `'`, ", "),
		"V49 missing-input": func(v values) string { return sum(nil, token, v.nonce) },
		"V49 missing-input ": func(v values) string {
			return sum(nil, token, "undefined", "undefined")
		},
		"V03 token-bom":       func(v values) string { return sum(nil, "\ufeff"+token, v.timestamp, v.nonce) },
		"V03 token-newline":   func(v values) string { return sum(nil, token+"\r", v.timestamp, v.nonce) },
		"V03 token-semicolon": func(v values) string { return sum(nil, token+";", v.timestamp, v.nonce) },
		"V03 token-prefix":    func(v values) string { return sum(nil, "token="+token, v.timestamp, v.nonce) },
		"V03 token-brackets":  func(v values) string { return sum(nil, "<"+token+">", v.timestamp, v.nonce) },
		"V03 token-base64":    func(v values) string { return sum(nil, "d3hkZXZ0b2tlbg==", v.timestamp, v.nonce) },
		"V03 token-default":   func(v values) string { return sum(nil, "${WX_TOKEN}", v.timestamp, v.nonce) },
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			r := run(t, options(handler(hashing(compute))(t)))
			if got := serious(r); !slices.Equal(got, []string{strings.TrimSpace(want)}) {
				t.Errorf("found %q", got)
			}
			describable(t, r)
			printable(t, r)
		})
	}
}
