package apisign

import (
	"crypto/rsa"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// Request is a call as it was sent. Header has names in any case.
type Request struct {
	Method string
	URL    string // with its query, as far as it is known; a path will do
	Header http.Header
	Body   []byte

	At      time.Time // when WeChat got it, by WeChat's clock; zero where nobody knows
	ErrCode int       // what WeChat answered; 0 where it is not known
}

// Mistake is what is wrong with a call or an answer.
type Mistake struct {
	finding.Finding

	// Certain: it was seen in the call, or the text or key that it speaks of was
	// really found. Else it is what remains.
	Certain bool
}

// Explanation is what [Explain] found out.
type Explanation struct {
	Mistakes []Mistake // none: nothing is wrong, as far as it was looked
	Also     []Mistake // that would give the same signature as one of them

	ToSign    []byte // the right text; nil where headers are missing
	Look      *Look  // nil: the signature shows nothing under any key
	Signed    []byte // the text that was signed; nil: not found
	Tried     int    // texts
	Plaintext []byte // nil: not opened
	AAD       string // that was used; of an opened envelope only

	NotChecked []finding.Fact // and why
}

// OK reports whether nothing was found that WeChat refuses.
func (x *Explanation) OK() bool {
	for _, m := range x.Mistakes {
		if m.Severity != finding.Info {
			return false
		}
	}
	return true
}

// maxSkew is how far a clock may be off. WeChat's limit is unknown; 300 s is
// what the page's sample takes of an answer.
const maxSkew = 300 * time.Second

// Explain says which mistakes are in a call. The more of keys is given the
// more it looks at: the public key shows how the signature was made, the
// symmetric key what was encrypted; the numbers and AppIDs are what may stand in
// the wrong place.
func Explain(r Request, k Keys) *Explanation {
	e := &explainer{r: r, k: k, out: &Explanation{}}
	e.base = recipe{
		url: Target(r.URL), appID: strings.TrimSpace(header(r.Header, HeaderAppID)), timestamp: strings.TrimSpace(header(r.Header, HeaderTimestamp)),
		method: strings.ToUpper(r.Method), body: r.Body, order: "uatb", sep: "\n",
	}
	if e.base.appID != "" && e.base.timestamp != "" {
		e.out.ToSign = e.base.render(nil)
	}
	e.headers()
	e.clock()
	e.account()
	form := e.body() // reported after what is wrong with the signature
	inside := e.encryption()
	e.signature()
	e.out.add(form...)
	e.out.add(inside...)
	e.console()
	return e.out
}

type explainer struct {
	r    Request
	k    Keys
	out  *Explanation
	base recipe // of the right text

	env                   *envelope
	inner                 []byte // the envelope that was meant, inside of what was sent
	innerID, innerVariant string
	plaintext             []byte
}

func mistake(certain bool, id, variant string, facts ...any) Mistake {
	f := finding.New(id, variant, facts...)
	f.Severity = catalog.SeverityOf(id, variant)
	return Mistake{f, certain}
}

func (c change) mistake() Mistake { return mistake(true, c.id, c.variant, c.facts...) }

// add adds what is not there yet.
func (x *Explanation) add(list ...Mistake) {
next:
	for _, m := range list {
		for _, have := range x.Mistakes {
			if have.ID == m.ID && have.Variant == m.Variant && have.Facts.Equal(m.Facts) {
				continue next
			}
		}
		x.Mistakes = append(x.Mistakes, m)
	}
}

func (x *Explanation) notChecked(id reason.ID) {
	x.NotChecked = append(x.NotChecked, finding.Because(id))
}

// Target is the URL that has to be signed. A call that went to a host of
// somebody's is passed on to WeChat's.
func Target(address string) string {
	path := URLPath(address)
	u, err := url.Parse(path)
	if err != nil || u.Host == "" {
		return official + "/" + strings.TrimLeft(pathOf(path), "/")
	}
	if host := u.Hostname(); host == "weixin.qq.com" || strings.HasSuffix(host, ".weixin.qq.com") {
		return path
	}
	return official + pathOf(path)
}

// headers looks for the three that must be there.
func (e *explainer) headers() {
	var missing, empty []string
	for _, name := range []string{HeaderAppID, HeaderTimestamp, HeaderSignature} {
		if header(e.r.Header, name) != "" {
			continue
		}
		if underscored(e.r.Header, name) {
			e.out.add(mistake(true, "S01", "underscore", "header", name))
		} else if present(e.r.Header, name) {
			empty = append(empty, name)
		} else {
			missing = append(missing, name)
		}
	}
	if missing != nil {
		e.out.add(mistake(true, "S01", "missing", "headers", finding.AllOf(missing)))
	}
	if empty != nil {
		e.out.add(mistake(true, "S01", "empty", "headers", finding.AllOf(empty)))
	}
}

func present(h http.Header, name string) bool {
	for key := range h {
		if strings.EqualFold(key, name) {
			return true
		}
	}
	return false
}

func underscored(h http.Header, name string) bool {
	return present(h, strings.ReplaceAll(name, "-", "_"))
}

// clock looks at the form of the time, and at its age where WeChat's is known.
func (e *explainer) clock() {
	ts := e.base.timestamp
	if ts == "" {
		return
	}
	n, err := strconv.ParseInt(ts, 10, 64)
	switch {
	case err != nil || n < 0:
		e.out.add(mistake(true, "S02", "form", "timestamp", finding.Excerpt(ts)))
	case len(ts) == 13:
		e.out.add(mistake(true, "S02", "milliseconds", "timestamp", ts))
	case len(ts) != 10:
		e.out.add(mistake(true, "S02", "form", "timestamp", finding.Excerpt(ts)))
	case e.r.At.IsZero():
		e.out.notChecked(reason.APINoClock)
	default:
		if skew := e.r.At.Sub(time.Unix(n, 0)); skew > maxSkew {
			e.out.add(mistake(true, "S02", "behind", "timestamp", ts, "by", skew.Truncate(time.Second)))
		} else if skew < -maxSkew {
			e.out.add(mistake(true, "S02", "ahead", "timestamp", ts, "by", -skew.Truncate(time.Second)))
		}
	}
}

// account compares the AppID with the one whose keys these are.
func (e *explainer) account() {
	if id := e.base.appID; id != "" && e.k.AppID != "" && id != e.k.AppID {
		e.out.add(mistake(true, "S16", "header", "sent", id, "want", e.k.AppID))
	}
}

// console says what is left when a call is right for the keys that are known,
// and was refused.
func (e *explainer) console() {
	if !e.out.OK() {
		return
	}
	switch {
	case e.r.ErrCode == 40234 && e.out.Signed != nil:
		e.out.add(mistake(false, "S11", "console"))
	case e.r.ErrCode == 40235 && e.out.AAD != "":
		e.out.add(mistake(false, "E10", "console", "number", e.k.SymmetricSN))
	}
}

// example is the modulus of the private key that the page prints.
const example = "" +
	"3FoQOmOl5/CF5hF7ta4EzCy2LaU3Eu2k9DBwQ73J82I53Sx9LAgM1DH3IsYohRRx/BESfbdDI2powvr6QYKVIC+4Yavwg7gzhZRxWWmT1HruEADC" +
	"ZAgkUCu+9Il/9FPuitPSoIpBd07NqdkkRe82NBOfrKTdhge/5zd457fl7J81Q5VTIxO8vvq7FSw7k6Jtv+eOjR6SZOWbbUO7f9r4UuUkXmvdGv21" +
	"qiqtaO1EMw4tUCELzY73M7NpCH3RorlommYX3P6q0VrkDHrCE0/QMhmHsF+46E+IRcJ3wtEj3p/mO1VoCpEhawC1U728ZUTwWNEii8hPEhcNAZTK" +
	"aQMaTQ=="

func exampleKey() *rsa.PublicKey { return &rsa.PublicKey{N: decodedInt(example), E: 65537} }
