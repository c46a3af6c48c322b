package jssdk

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
)

// question is what the stand-in asks.
type question struct {
	Config json.RawMessage `json:"config"`
	URL    string          `json:"url"`   // location.href, the fragment included
	Entry  string          `json:"entry"` // the URL under which the page was loaded
}

// verdict is the answer.
type verdict struct {
	OK       bool          `json:"ok"`
	ErrMsg   string        `json:"err_msg"` // as WeChat would say it
	Findings []findingJSON `json:"findings"`
}

type findingJSON struct {
	ID       string           `json:"id"`
	Variant  string           `json:"variant"`
	Severity finding.Severity `json:"severity"`
	Title    string           `json:"title"`
	Evidence string           `json:"evidence"`
	Fix      string           `json:"fix"`
	Doc      string           `json:"doc"`
	URLs     *twoURLs         `json:"urls,omitempty"`
}

// twoURLs are the URL that was signed and the page's, cut where they begin to
// differ.
type twoURLs struct {
	Same   string `json:"same"`
	Signed string `json:"signed"`
	Page   string `json:"page"`
}

// maxQuestion is how long a question may be.
const maxQuestion = 64 << 10

func (d *Desk) check(w http.ResponseWriter, r *http.Request) {
	say := words[language(r)]
	// Only JSON: a page may send it to another origin after a preflight, and
	// a form as it likes.
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		fail(w, http.StatusUnsupportedMediaType, say.notJSON)
		return
	}
	var q question
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxQuestion))
	if err == nil {
		err = json.Unmarshal(body, &q)
	}
	if err != nil || q.URL == "" || len(q.URL) > maxURL || len(q.Entry) > maxURL {
		fail(w, http.StatusBadRequest, say.notJSON)
		return
	}
	config, err := pageConfig(q.Config)
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	ticket, ok := d.ticket(w, r, "check", q.URL)
	if !ok {
		return
	}
	ask := Request{URL: q.URL, Ticket: ticket, AppID: d.AppID, EntryURL: q.Entry, OtherURLs: d.remember(CleanURL(q.URL))}
	if d.Others != nil {
		ask.OtherTickets = d.Others(r.Context())
	}
	v := Visit{What: "check", URL: q.URL, Found: config.Check(ask)}
	d.log(v)
	answer := verdict{OK: v.OK(), ErrMsg: errMsg(v), Findings: []findingJSON{}}
	for _, m := range v.Found {
		answer.Findings = append(answer.Findings, describe(language(r), m, CleanURL(q.URL)))
	}
	reply(w, http.StatusOK, answer)
}

// pageConfig reads the argument of wx.config as JSON.stringify wrote it; what
// is no object has no fields.
func pageConfig(raw json.RawMessage) (Config, error) {
	text := strings.TrimSpace(string(raw))
	if !strings.HasPrefix(text, "{") {
		return Config{}, nil
	}
	object, err := parseObject(text, 0)
	if err != nil {
		return Config{}, err
	}
	return readConfig(object)
}

// errMsg is what WeChat says: "invalid signature" is all it tells of a
// signature, and it tells nothing of a field.
func errMsg(v Visit) string {
	if v.OK() {
		return "config:ok"
	}
	for _, m := range v.Found {
		if m.ID == "J19" && m.Severity() == finding.Error {
			return "config:fail"
		}
	}
	return "config:fail,invalid signature"
}

// describe puts a mistake into words. Its texts are shown as text by the
// stand-in, never as HTML.
func describe(lang finding.Lang, m Mistake, page string) findingJSON {
	f := findingJSON{ID: m.ID, Variant: m.Variant, Severity: m.Severity(), Doc: "wxdev explain " + m.ID}
	if e, ok := catalog.Lookup(m.ID); ok {
		f.Title, f.Evidence, f.Fix = e.Describe(lang, m.Variant, catalog.Phrases(m.Facts))
	}
	if m.With != nil {
		second := describe(lang, *m.With, "")
		f.Title += words[lang].and + second.Title
		if m.With.Facts["signed"] == "" { // else both tell the same URL
			f.Evidence += words[lang].and + second.Evidence
		}
		f.Fix += " " + second.Fix
		f.Doc += "; " + second.Doc
	}
	if m.URL != "" && page != "" && m.URL != page {
		n := Difference(m.URL, page)
		f.URLs = &twoURLs{text.Line(page[:n]), text.Line(m.URL[n:]), text.Line(page[n:])}
	}
	return f
}
