package verify

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/wire"
)

// TestTable: each row is whole, what it needs comes before it, and what it
// finds has words.
func TestTable(t *testing.T) {
	for i, c := range table() {
		if c.name == "" || c.run == nil || len(c.finds) == 0 || place(c.name) != i {
			t.Errorf("row %d, %s, is not whole, or not alone", i, c.name)
		}
		for _, n := range c.needs {
			if n.from != "" && place(n.from) >= i {
				t.Errorf("%s needs %s, which comes later", c.name, n.from)
			}
			if (n.ok == nil) == (n.tell == nil) {
				t.Errorf("%s has a need of nothing", c.name)
			}
		}
		for _, id := range slices.Concat(c.finds, c.also) {
			if _, ok := catalog.Lookup(id); !ok {
				t.Errorf("%s finds %s, which is not in the catalogue", c.name, id)
			}
		}
	}
}

// TestEachFindingIsDecided: for each id that can be asked for alone, some check
// decides whether it is there, or it only ever comes up beside others.
func TestEachFindingIsDecided(t *testing.T) {
	for _, id := range IDs() {
		if id != deadly && !slices.ContainsFunc(CheckNames(), func(c CheckName) bool { return decides(c, id) }) {
			t.Errorf("no check decides whether %s is there", id)
		}
	}
}

// TestHandleRefuses: an id that the row does not name ends the run with an
// error.
func TestHandleRefuses(t *testing.T) {
	e, err := newEngine(t.Context(), Options{URL: "http://127.0.0.1:1/", Token: "letmein7"})
	if err != nil {
		t.Fatal(err)
	}
	h := &handle{engine: e, check: &table()[place(Echostr)]}
	h.find("V23", "int64", nil)
	if e.err != nil || len(h.findings) != 1 {
		t.Errorf("V23 of %s: %v", h.check.name, e.err)
	}
	h.find("V18", "numeric-sort", nil)
	if e.err == nil || !strings.Contains(e.err.Error(), "echostr found V18 numeric-sort") || len(h.findings) != 1 {
		t.Errorf("V18 of %s: %v", h.check.name, e.err)
	}
}

// TestEveryCheckIsReported: whatever becomes of a run, each check is in its
// report once, in order, and a skipped one says why.
func TestEveryCheckIsReported(t *testing.T) {
	var all []CheckName
	for _, c := range table() {
		if c.suits("") {
			all = append(all, c.name)
		}
	}
	refusing := func(_ context.Context, req *wire.Request) *wire.Exchange { return answering(req, 403, "forbidden") }
	nobody := func(_ context.Context, req *wire.Request) *wire.Exchange {
		return &wire.Exchange{Request: req, Err: &wire.Error{Kind: wire.Refused, Err: finding.Because("refused")}}
	}
	for name, o := range map[string]Options{
		"healthy":     {inProcess: right(t)},
		"only":        {inProcess: right(t), Only: []string{"V09"}},
		"refused":     {inProcess: refusing},
		"nobody":      {inProcess: nobody},
		"no requests": {inProcess: right(t), MaxRequests: 1},
	} {
		r := inBubble(t, func() Options { return o })
		var names []CheckName
		for _, c := range r.Checks {
			names = append(names, c.Name)
			if (c.Outcome == Skipped) != (c.Reason != "") || c.Outcome == "" {
				t.Errorf("%s: %s is %q for %q", name, c.Name, c.Outcome, c.Reason)
			}
			if c.Reason != "" && !slices.Contains(Reasons(), c.Reason) {
				t.Errorf("%s: %s has the reason %q", name, c.Name, c.Reason)
			}
		}
		if !slices.Equal(names, all) {
			t.Errorf("%s: the checks are %q", name, names)
		}
	}
}

// TestLooked: with Only, what came of looking for a finding.
func TestLooked(t *testing.T) {
	refusing := func(_ context.Context, req *wire.Request) *wire.Exchange { return answering(req, 403, "forbidden") }
	for _, c := range []struct {
		server func(context.Context, *wire.Request) *wire.Exchange
		id     string
		want   Looked
	}{
		{right(t), "V18", Looked{"V18", Passed, ""}},
		{right(t), "V03", Looked{"V03", Passed, ""}},
		{right(t), "V01", Looked{"V01", Passed, ""}},
		{right(t), "V09", Looked{"V09", Failed, ""}}, // an old one is accepted
		{right(t), "M08", Looked{"M08", Skipped, NotAsked}},
		{right(t), "V13", Looked{"V13", Passed, ""}},
		{refusing, "V18", Looked{"V18", Skipped, Refused}},
		{refusing, "V03", Looked{"V03", Failed, ""}},
		{refusing, "V08", Looked{"V08", Skipped, Masked}},
		{refusing, "V23", Looked{"V23", Skipped, Refused}},
		{refusing, "V26", Looked{"V26", Failed, ""}}, // the port
	} {
		r := inBubble(t, func() Options { return Options{inProcess: c.server, Only: []string{strings.ToLower(c.id)}} })
		if got := r.Looked(); !slices.Equal(got, []Looked{c.want}) {
			t.Errorf("%s: %v, want %v", c.id, got, c.want)
		}
		if r.OK() != (c.want.Outcome == Passed) {
			t.Errorf("%s: OK is %v", c.id, r.OK())
		}
	}
}

// TestPredicates holds the five questions to a table of answers.
func TestPredicates(t *testing.T) {
	req := wire.NewRequest("GET", "http://127.0.0.1/?echostr=4242", nil)
	failed := func(kind wire.Kind) *wire.Exchange { return &wire.Exchange{Request: req, Err: &wire.Error{Kind: kind}} }
	h := &handle{engine: &engine{report: &Report{Accepted: true}}}
	for name, c := range map[string]struct {
		ex                         *wire.Exchange
		accepts, conclusive, down_ bool
	}{
		"the echostr":      {answering(req, 200, "4242"), true, true, false},
		"more than it":     {answering(req, 200, "4242\n"), false, true, false},
		"a refusal":        {answering(req, 403, "no"), false, true, false},
		"429":              {answering(req, 429, "slow down"), false, false, false},
		"503":              {answering(req, 503, "busy"), false, false, false},
		"500":              {answering(req, 500, "error"), false, true, false},
		"nobody":           {failed(wire.Refused), false, true, true},
		"reset":            {failed(wire.Reset), false, true, false},
		"timed out":        {failed(wire.Timeout), false, true, false},
		"ended by us":      {failed(wire.Canceled), false, false, false},
		"an error of ours": {unsent(req), false, false, false},
	} {
		if h.accepts(c.ex, "4242") != c.accepts || conclusive(c.ex) != c.conclusive || down(c.ex) != c.down_ {
			t.Errorf("%s: accepts %v, conclusive %v, down %v", name, h.accepts(c.ex, "4242"), conclusive(c.ex), down(c.ex))
		}
	}
}
