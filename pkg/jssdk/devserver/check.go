package devserver

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/jssdk"
)

// checkRequest is what the stand-in sends.
type checkRequest struct {
	Config json.RawMessage `json:"config"`
	URL    string          `json:"url"`   // location.href, the fragment included
	Entry  string          `json:"entry"` // the URL under which the page was loaded
}

// checkResponse is the answer.
type checkResponse struct {
	OK          bool          `json:"ok"`
	ErrMsg      string        `json:"err_msg"`     // as WeChat would say it
	Registrable bool          `json:"registrable"` // as far as the page's host goes
	Findings    []findingJSON `json:"findings"`
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

// maxRequest is how long a checkRequest may be.
const maxRequest = 64 << 10

func (s *Server) check(w http.ResponseWriter, r *http.Request) {
	lang := s.language(r)
	say := words.Get()[lang]
	var q checkRequest
	if !readJSON(w, r, &q, say.notJSON) {
		return
	}
	if q.URL == "" || len(q.URL) > maxURL || len(q.Entry) > maxURL {
		fail(w, http.StatusBadRequest, say.notJSON)
		return
	}
	config, err := jssdk.ParseArgument(string(q.Config))
	if err != nil {
		fail(w, http.StatusBadRequest, finding.ErrorIn(lang, err))
		return
	}
	ticket, ok := s.ticket(w, r, "check", q.URL)
	if !ok {
		return
	}
	real := func(address string) string { return address }
	if s.Real != nil {
		real = s.Real
	}
	page := real(q.URL)
	ask := jssdk.Request{URL: page, Ticket: ticket, AppID: s.AppID, EntryURL: real(q.Entry), OtherURLs: s.remember(jssdk.CleanURL(page))}
	if s.Others != nil {
		ask.OtherTickets = s.Others(r.Context())
	}
	event := Event{What: "check", URL: page, Found: config.Check(ask)}
	if page != q.URL && !event.OK() { // the page itself may have said what to sign
		ask.URL, ask.EntryURL = q.URL, q.Entry
		if seen := (Event{Found: config.Check(ask)}); seen.OK() {
			event.Found = seen.Found
		}
	}
	host := unregistrable(page)
	if event.OK() { // else what is to be mended first is the config
		event.Found = append(event.Found, host...)
	}
	event.Said = errMsg(event)
	s.log(event)
	answer := checkResponse{OK: event.OK(), ErrMsg: event.Said, Registrable: len(host) == 0, Findings: []findingJSON{}}
	for _, m := range event.Found {
		answer.Findings = append(answer.Findings, describe(lang, m, jssdk.CleanURL(page)))
	}
	reply(w, http.StatusOK, answer)
}

// readJSON reads the body of a request, or answers what it should have been. Only
// JSON: a page may send it to another origin after a preflight, and a form as it
// likes.
func readJSON(w http.ResponseWriter, r *http.Request, v any, should string) bool {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		fail(w, http.StatusUnsupportedMediaType, should)
		return false
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err == nil {
		err = json.Unmarshal(body, v)
	}
	if err != nil {
		fail(w, http.StatusBadRequest, should)
	}
	return err == nil
}

// unregistrable is why no account can register a page's host, which keeps nobody
// from working on the page: a warning at most. Of an address the port is no
// news.
func unregistrable(page string) []jssdk.Mistake {
	var port, address []jssdk.Mistake
	for _, f := range jssdk.Warnings(page) {
		switch {
		case f.ID != "J11":
		case f.Variant == "url-port":
			port = append(port, jssdk.Mistake{Finding: f})
		default:
			address = append(address, jssdk.Mistake{Finding: f})
		}
	}
	if address != nil {
		return address
	}
	return port
}

// errMsg is what WeChat says: of a signature only that it is invalid, and of a
// field nothing.
func errMsg(e Event) string {
	if e.OK() {
		return "config:ok"
	}
	for _, m := range e.Found {
		if m.ID == "J19" && m.Severity == finding.Error {
			return "config:fail"
		}
	}
	return "config:fail,invalid signature"
}

// describe puts a mistake into words. Its texts are shown as text by the
// stand-in, never as HTML.
func describe(lang finding.Lang, m jssdk.Mistake, page string) findingJSON {
	f := findingJSON{ID: m.ID, Variant: m.Variant, Severity: m.Severity, Doc: "wxdev explain " + m.ID}
	f.Title, f.Evidence, f.Fix = catalog.Describe(lang, m.Finding)
	if m.With != nil {
		second := describe(lang, *m.With, "")
		f.Title += words.Get()[lang].and + second.Title
		if m.With.Facts["signed"] == nil { // else both tell the same URL
			f.Evidence += words.Get()[lang].and + second.Evidence
		}
		f.Fix += " " + second.Fix
		f.Doc += "; " + second.Doc
	}
	if m.URL != "" && page != "" && m.URL != page {
		n := jssdk.Difference(m.URL, page)
		f.URLs = &twoURLs{text.Line(page[:n]), text.Line(m.URL[n:]), text.Line(page[n:])}
	}
	return f
}
