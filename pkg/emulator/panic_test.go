package emulator_test

import (
	"regexp"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
)

// TestPanic: a handler that panics is an answer and a line in the log, and the
// next call is answered as ever. What panics here is the clock that the
// emulator is given.
func TestPanic(t *testing.T) {
	var broken atomic.Bool
	e, err := local.New(emulator.Config{Now: func() time.Time {
		if broken.CompareAndSwap(true, false) {
			panic("no time")
		}
		return start
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	b := &bench{Emulator: e, t: t}
	b.login()

	broken.Store(true)
	w := b.do("GET", anyCall, "")
	if want := regexp.MustCompile(`^{"errcode":-1,"errmsg":"system error rid: .*"}$`); w.Code != 500 || !want.MatchString(w.Body.String()) {
		t.Errorf("the API: %d %s", w.Code, w.Body)
	}
	broken.Store(true)
	b.control(500, "GET", "clock", "")
	b.ok("GET", anyCall, "")
	b.control(200, "GET", "clock", "")

	log := e.Log(emulator.Match{})
	where := regexp.MustCompile(`^no time at panic_test\.go:\d+$`)
	if len(log) != 4 || log[1].Status != 500 || !where.MatchString(log[1].Panic) || log[2].Kind != emulator.KindControl || !where.MatchString(log[2].Panic) {
		t.Errorf("the log is %+v", log)
	}
}

// TestPanicOfAnAction leaves no lock behind.
func TestPanicOfAnAction(t *testing.T) {
	var broken atomic.Bool
	e, err := local.New(emulator.Config{Now: func() time.Time {
		if broken.CompareAndSwap(true, false) {
			panic("no time")
		}
		return start
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	b := &bench{Emulator: e, t: t}
	broken.Store(true)
	b.control(500, "POST", "users/alice/follow", "")
	b.control(200, "POST", "users/alice/follow", "")
}

// TestNulls: lists with null in them are lists without it.
func TestNulls(t *testing.T) {
	b := newBench(t, people)
	b.control(200, "POST", "accounts", `{"appid":"wx0123456789abcdef","user":[null],"tag":[null],"template":[null],"media":[null],"usage":[null]}`)
	b.control(200, "POST", "users", `{"name":"dora","chat":[null],"window":[null]}`)
	b.control(200, "GET", "users", "")
	b.control(200, "POST", "users/dora/text", "value=hi")
	if _, err := b.Snapshot(); err != nil {
		t.Error(err)
	}
}
