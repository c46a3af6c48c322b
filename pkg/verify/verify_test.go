package verify_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/signature"
	"github.com/wxdev/wxdev/pkg/verify"
	"github.com/wxdev/wxdev/pkg/wire"
)

// options are for servers that no limit of time matters to: those of slow ones
// are in slow_test.go.
func options(url string) verify.Options {
	o := verify.Options{
		URL: url, Token: token, AppID: "wx0123456789abcdef",
		Others: []signature.Named{{Name: "staging", Token: "stagingtoken"}},
		Sender: wire.Sender{Timeout: busy.Net},
	}.WithSlow(time.Hour)
	if testing.Short() {
		o = o.Hasty()
	}
	return o
}

func run(t *testing.T, o verify.Options) *verify.Report {
	t.Helper()
	r, err := verify.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// serious returns the errors and warnings, each as "ID variant".
func serious(r *verify.Report) []string {
	var ids []string
	for _, f := range r.Findings {
		if f.Severity != finding.Info {
			ids = append(ids, f.ID+" "+f.Variant)
		}
	}
	return ids
}

// wantsError reports whether a wanted finding is worse than a warning.
func wantsError(want []string) bool {
	return slices.ContainsFunc(want, func(name string) bool {
		id, variant, _ := strings.Cut(name, " ")
		return catalog.SeverityOf(id, variant) == finding.Error
	})
}

func TestEachFaultyServerIsNamed(t *testing.T) {
	for i, c := range faulty {
		t.Run(fmt.Sprintf("%02d %s", i, c.want), func(t *testing.T) {
			t.Parallel()
			o := options(c.start(t))
			if c.token != "" {
				o.Token = c.token
			}
			r := run(t, o)
			if got := serious(r); !names(r, c.want) {
				t.Errorf("found %q, want %q", got, c.want)
				for _, p := range r.Probes {
					t.Logf("%-24s %-5s %s", p.Name, p.Shown, p.Exchange.Request.Line())
				}
			}
			describable(t, r)
			inChinese(t, r)
		})
	}
}

// names reports whether the report has the finding wanted, and no other that
// is more than an info.
func names(r *verify.Report, want string) bool {
	id, variant, _ := strings.Cut(want, " ")
	if catalog.SeverityOf(id, variant) != finding.Info {
		return slices.Equal(serious(r), []string{want})
	}
	return len(serious(r)) == 0 && slices.ContainsFunc(r.Findings, func(f finding.Finding) bool {
		return f.ID == id && f.Variant == variant
	})
}

// describable demands a text in both languages for every finding, with a
// fact for every placeholder.
func describable(t *testing.T, r *verify.Report) {
	t.Helper()
	for _, f := range r.Findings {
		e, ok := catalog.Lookup(f.ID)
		if !ok {
			t.Fatalf("%s is not in the catalogue", f.ID)
		}
		if _, ok := e.Variant(f.Variant); !ok {
			t.Errorf("%s has no variant %q", f.ID, f.Variant)
		}
		for _, lang := range []finding.Lang{finding.English, finding.Chinese} {
			facts := finding.Facts{}
			for k := range f.Facts {
				facts[k] = finding.Name("-")
			}
			title, evidence, fix := e.Describe(lang, f.Variant, facts)
			if title == "" || evidence == "" || fix == "" {
				t.Errorf("%s %s: a text is missing in %s", f.ID, f.Variant, lang)
			}
			if text := title + evidence + fix; strings.Contains(text, "{") {
				t.Errorf("%s %s: no fact for a placeholder in %q", f.ID, f.Variant, text)
			}
		}
	}
}

// inChinese demands evidence without English in a Chinese report.
func inChinese(t *testing.T, r *verify.Report) {
	t.Helper()
	for _, f := range r.Findings {
		e, _ := catalog.Lookup(f.ID)
		if _, evidence, _ := e.Describe(finding.Chinese, f.Variant, f.Facts); inEnglish.MatchString(notOurs.ReplaceAllString(evidence, "-")) {
			t.Errorf("%s %s: the Chinese evidence is %s", f.ID, f.Variant, evidence)
		}
	}
}

// inEnglish finds three words in a row, notOurs what may be English in a
// Chinese text: quotations, statuses, bytes in hex.
var (
	inEnglish = regexp.MustCompile(`\b[A-Za-z]+ [A-Za-z]+ [A-Za-z]+\b`)
	notOurs   = regexp.MustCompile(`“[^”]*”|"(?:[^"\\]|\\.)*"|\b[1-5][0-9]{2} [A-Z][A-Za-z' -]+|\b[0-9A-F]{2} [0-9A-F]{2}\b`)
)

func TestCorrectServersAreSilent(t *testing.T) {
	for name, h := range map[string]http.Handler{
		"receiver":       &receiver.Handler{Token: token},
		"textbook":       textbook(right, plain),
		"refuses by 200": refusing(func(r *http.Request) bool { return !right(of(r)) }, status(200, "")),
		"refuses by 401": refusing(func(r *http.Request) bool { return !right(of(r)) }, status(401, "fail")),
		"refuses by 404": refusing(func(r *http.Request) bool { return !right(of(r)) }, http.NotFound),
		"html type": textbook(right, func(w http.ResponseWriter, v values) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			plain(w, v)
		}),
		"fresh timestamps only": refusing(func(r *http.Request) bool {
			return of(r).timestamp < fmt.Sprint(time.Now().Unix()-300)
		}, status(403, "expired")),
		"digits only": refusing(func(r *http.Request) bool {
			return strings.Trim(of(r).nonce, "0123456789") != ""
		}, status(403, "bad nonce")),
		"escapes HTML": textbook(right, func(w http.ResponseWriter, v values) {
			fmt.Fprint(w, strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(v.echostr))
		}),
		"own query": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("account") != "7" {
				http.NotFound(w, r)
				return
			}
			textbook(right, plain)(w, r)
		}),
	} {
		for _, mode := range []string{"plain", "compat", "safe"} {
			t.Run(name+" "+mode, func(t *testing.T) {
				t.Parallel()
				o := options(handler(h)(t) + "?account=7")
				o.Mode = mode
				r := run(t, o)
				if got := serious(r); len(got) > 0 || !r.OK() {
					t.Errorf("false alarm: %q, OK %v", got, r.OK())
				}
				describable(t, r)
			})
		}
	}
}
