package reply

import (
	"os"
	"path/filepath"
	"testing"
	"time"
	"unicode"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

func addVectors(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "vectors", "message", "*"))
	if err != nil || len(files) == 0 {
		f.Fatal("no vectors", err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	for _, c := range badReplies {
		if len(c.body) < 2000 {
			f.Add([]byte(c.body))
		}
	}
	f.Add([]byte(`{"a":[],"b":[[1]],"c":{"d":[{}]},"c d":null}`))
	f.Add([]byte("<xml><E> a <F/><![CDATA[ b]]></E><G>&#13;</G><H>x<![CDATA[y\r]]></H></xml>"))
}

// No reply panics, and nothing of it reaches a terminal raw.
func FuzzReply(f *testing.F) {
	addVectors(f)
	in := sample(f, "text")
	typ, _ := message.LookupType("click")
	click := typ.New(user, account, time.Unix(1700000000, 0), 1)
	click.Format = msgcrypt.JSON
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, m := range []*message.Message{nil, in, click} {
			r, found := judge(body, m)
			if r == nil {
				t.Fatal("no reply")
			}
			texts := []string{r.String()}
			for _, p := range found {
				texts = append(texts, evidence(p, finding.English), evidence(p, finding.Chinese))
				for _, fact := range p.Facts {
					texts = append(texts, fact.In(finding.English), fact.In(finding.Chinese))
				}
				if p.Place != nil && p.Place.Offset > len(body) || evidence(p, finding.English) == "" {
					t.Fatalf("%q: %+v", body, p)
				}
			}
			if len(found) == 0 && r.Type == "" {
				t.Fatalf("%q is unreadable and there is no problem", body)
			}
			for _, s := range texts {
				for _, c := range s {
					if c != '\n' && !unicode.IsPrint(c) {
						t.Fatalf("%q lets %U through: %q", body, c, s)
					}
				}
			}
		}
	})
}
