package scenario

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/push"
)

// FuzzParse: no file panics, an error names a place on one printable line,
// and what is accepted can be run.
func FuzzParse(f *testing.F) {
	example := sample(finding.English, Sample, "file.scenario.")
	f.Add([]byte(example))
	f.Add([]byte(commented.ReplaceAllString(example, "$1")))
	f.Add([]byte("from=\"{{n}}\"\n[[step]]\nsend='click'\nset.ScanCodeInfo.\"ScanResult\"=1\ncapture={a='(x)'}\n[[step]]\nsend='text'\nvalue='{{a}}{{openid}}'\nexpect={match=['{{a}}','\\p{Han}'],fields={\"a[2].b\"=true}}"))
	f.Add([]byte("step=[{send='text',expect.type='fault',retry=true}]\nstep.x=1"))
	files, err := filepath.Glob("../../examples/scenarios/*.toml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	r := &Runner{Pusher: &push.Pusher{URL: "http://127.0.0.1:9/", Token: "letmein7", Attempts: 1}}
	r.Pusher.Sender.Dial = func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no network here") }
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Parse("f", data)
		if err != nil {
			var e *finding.FileError
			if !errors.As(err, &e) || !strings.HasPrefix(e.Error(), "f:") || strings.ContainsAny(e.Error()+e.HintIn(finding.English), "\n\r\x00\x1b") {
				t.Fatalf("error %q", err)
			}
			return
		}
		if r.Check(s) != nil {
			return
		}
		for _, st := range s.Steps {
			st.Repeat = min(st.Repeat, 2)
		}
		err = r.Run(t.Context(), []*Scenario{s}, func(res *Result) {
			if len(res.Steps) != len(s.Steps) || res.Ran() == 0 {
				t.Fatalf("%d of %d steps ran", res.Ran(), len(s.Steps))
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
