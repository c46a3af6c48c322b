package load_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/bilingual"
	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/load"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
)

func nobody(t testing.TB) string { return busy.Nobody(t) }

func mixOf(t testing.TB, s string) load.Mix {
	t.Helper()
	mix, err := load.ParseMix(s)
	if err != nil {
		t.Fatal(err)
	}
	return mix
}

func source(t testing.TB, o load.Options) *load.Source {
	t.Helper()
	s, err := load.NewSource(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestParseMix(t *testing.T) {
	got := mixOf(t, "text=70, click=20,subscribe")
	if want := (load.Mix{{"text", 70}, {"click", 20}, {"subscribe", 1}}); !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	for in, nearest := range map[string]string{
		"": "", "txt=1": "text", "text=1,clic=2": "click", "text=": "", "text=-1": "", "text=x": "", "text=0": "", "text=10001": "", "text,,click": "", "=3": "",
	} {
		_, err := load.ParseMix(in)
		var mix *load.MixError
		if !errors.As(err, &mix) || mix.Nearest != nearest {
			t.Errorf("%q: %v, nearest %+v", in, err, mix)
			continue
		}
		if fault := bilingual.Fault(err); fault != "" {
			t.Error(fault)
		}
	}
}

// TestMix: of each hundred messages each type has its share, evenly spread, and in
// time each user sends each type.
func TestMix(t *testing.T) {
	s := source(t, load.Options{Mix: mixOf(t, "text=7,click=2,subscribe=1"), Users: 10})
	types, pairs := map[string]int{}, map[string]bool{}
	for n := range 1000 {
		m := s.Next()
		name := m.Type().Name
		types[name]++
		pairs[name+m.Get("FromUserName")] = true
		if n == 9 && types["text"] != 7 {
			t.Errorf("of the first ten: %v", types)
		}
	}
	if types["text"] != 700 || types["click"] != 200 || types["subscribe"] != 100 || len(pairs) != 30 {
		t.Errorf("%v, %d pairs", types, len(pairs))
	}
}

// TestDistinct: no two messages are taken for one, whoever makes them and
// whichever the type, even with fewer users than events in a second; and each is
// what its type writes.
func TestDistinct(t *testing.T) {
	var all []string
	for _, typ := range message.Types() {
		all = append(all, typ.Name)
	}
	now := func() time.Time { return time.Unix(1_700_000_000, 0) }
	s := source(t, load.Options{Mix: mixOf(t, strings.Join(all, ",")), Users: 3, Now: now})
	var mu sync.Mutex
	var group sync.WaitGroup
	keys, texts := map[string]bool{}, map[string]bool{}
	for range 4 {
		group.Go(func() {
			for range 500 {
				m := s.Next()
				if _, err := m.Append(nil); err != nil {
					t.Error(err)
				}
				mu.Lock()
				key := m.Get("FromUserName") + m.Get("CreateTime")
				if !m.IsEvent() {
					key = m.Get("MsgId")
				} else if m.Get("InfoType") != "" {
					key = m.DedupKey()
				}
				if keys[key] {
					t.Errorf("twice: %s", m.DedupKey())
				}
				keys[key] = true
				if m.Get("MsgType") == "text" {
					texts[m.Get("Content")] = true
				}
				mu.Unlock()
			}
		})
	}
	group.Wait()
	if want := 2000 / len(all); len(texts) < want {
		t.Errorf("%d texts: %v", len(texts), slices.Collect(maps.Keys(texts)))
	}
}

func TestSourceFails(t *testing.T) {
	for _, o := range []load.Options{
		{Mix: load.Mix{{"nothing", 1}}},
		{Mix: load.Mix{{"text", 0}}},
		{Mix: load.Mix{{"text", -1}, {"click", 2}}},
		{Mix: mixOf(t, "click"), Format: msgcrypt.JSON},
	} {
		_, err := load.NewSource(o)
		if fault := bilingual.Fault(err); err == nil || fault != "" {
			t.Errorf("%v: %v %s", o.Mix, err, fault)
		}
	}
	if _, err := load.NewSource(load.Options{Mix: load.Mix{{"text", 1}, {"click", 0}}, Format: msgcrypt.JSON}); err != nil {
		t.Errorf("a share of nothing: %v", err)
	}
}

// TestPlanFails: what cannot be carried out is said before anything is sent.
func TestPlanFails(t *testing.T) {
	good := func() *load.Plan { return planTo(t, "http://127.0.0.1:1/", load.Options{}) }
	for name, spoil := range map[string]func(p *load.Plan){
		"no pace":    func(p *load.Plan) { p.Connections = 0 },
		"below zero": func(p *load.Plan) { p.Rate = -1 },
		"no end":     func(p *load.Plan) { p.Count = 0 },
		"no URL":     func(p *load.Plan) { p.Pusher.URL = "localhost" },
		"no host":    func(p *load.Plan) { p.Pusher.URL = "http://nothing.invalid/" },
		"no key":     func(p *load.Plan) { p.Pusher = &push.Pusher{URL: p.Pusher.URL, Token: token, Mode: msgcrypt.Safe} },
	} {
		p := good()
		spoil(p)
		_, err := p.Run(t.Context())
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		if fault := bilingual.Fault(err); fault != "" {
			t.Errorf("%s: %s", name, fault)
		}
	}
}
