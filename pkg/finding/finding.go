// Package finding says what is wrong, as data: an id and a variant of package
// catalog, how bad it is, the facts of the case, the place in a file or body,
// and the exchange that shows it.
//
// The packages that judge make a [Finding] and never a sentence. Package
// catalog has the sentences, in two languages, with {placeholders} for the
// [Facts]; an error that reaches people carries a [Reason], whose words are in
// package reason.
//
// # Compatibility
//
// The README says what a release may change. Severities, languages and the JSON
// keys of a [Finding] are among what scripts rely on; the words of a [Fact] are
// not.
package finding

import "time"

// Lang is a language in which people are told something.
type Lang string

// The languages there are.
const (
	English Lang = "en"
	Chinese Lang = "zh"
)

// Severity says how bad a finding is.
type Severity string

// Error: WeChat would refuse, it is insecure, or users see a wrong thing.
// Warning: it will fail now and then, or for some. Info: worth knowing, and
// found on many correct servers.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
)

// Finding is something that is wrong, or worth knowing. In JSON it is its id,
// variant and severity; whoever reports more adds words of package catalog.
type Finding struct {
	ID       string    `json:"id"`                // of the catalogue: "V18"
	Variant  string    `json:"variant,omitempty"` // the way in which it shows; empty where the entry has none
	Severity Severity  `json:"severity"`          // empty: the catalogue's
	Facts    Facts     `json:"-"`
	Place    *Place    `json:"-"` // nil when it has none
	Exchange *Exchange `json:"-"` // nil when no request shows it
}

// New makes a finding with the catalogue's severity. The pairs are those of
// [NewFacts].
func New(id, variant string, pairs ...any) Finding {
	return Finding{ID: id, Variant: variant, Facts: NewFacts(pairs...)}
}

// Exchange is a request and what came of it, as plain bytes and times.
type Exchange struct {
	Sent     []byte
	Received []byte
	Took     time.Duration
	Replay   string // a shell command that sends the request again
}
