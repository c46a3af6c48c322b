package verify

import (
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/wire"
)

// WithSlow sets what is slow. In the tests of what is no matter of time it is
// more than a busy machine takes.
func (o Options) WithSlow(d time.Duration) Options {
	o.slow = d
	return o
}

// Hasty has requests follow each other at once that are otherwise sent slowly.
// Most tests' servers do not know the time.
func (o Options) Hasty() Options {
	o.apart = time.Millisecond
	return o
}

// TestSpeed: what is slow, when nobody says. That the times are taken is
// tested on sockets.
func TestSpeed(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		first, second, way time.Duration
		want               string
	}{
		{1 * ms, 1 * ms, 1 * ms, ""},
		{999 * ms, 999 * ms, 0, ""},
		{1000 * ms, 251 * ms, 0, ""}, // it varies
		{999 * ms, 1 * ms, 0, ""},
		{1000 * ms, 250 * ms, 0, "V28 first-noticeable"},
		{2499 * ms, 250 * ms, 0, "V28 first-noticeable"},
		{2500 * ms, 250 * ms, 0, "V28 first-slow"},
		{1000 * ms, 1000 * ms, 0, "V37 noticeable"},
		{1 * ms, 1000 * ms, 0, "V37 noticeable"},
		{1 * ms, 2499 * ms, 0, "V37 noticeable"},
		{1 * ms, 2500 * ms, 0, "V37 close"},
		{1 * ms, 1 * ms, 999 * ms, ""},
		{1 * ms, 1 * ms, 1000 * ms, "V14 far"},
		{1000 * ms, 1000 * ms, 1000 * ms, "V37 noticeable"},
	} {
		e, err := newEngine(t.Context(), Options{URL: "http://wx.example.com/", Token: "t"})
		if err != nil {
			t.Fatal(err)
		}
		e.base = &wire.Exchange{}
		h := &handle{engine: e, check: &table()[place(Twice)]}
		judgeSpeed(h, c.first, c.second, &wire.Exchange{Request: &wire.Request{}, Times: wire.Times{Connect: c.way, Total: c.way + c.second}})
		got := ""
		for _, f := range h.findings {
			got += f.ID + " " + f.Variant
		}
		if got != c.want {
			t.Errorf("%v, %v, way %v: found %q, want %q", c.first, c.second, c.way, got, c.want)
		}
	}
}
