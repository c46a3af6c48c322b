// Package scenario runs conversations written in TOML against a server: what
// users send, and what they must see.
//
// [Parse] reads a file, and a [Runner] runs what it holds:
//
//	s, err := scenario.Parse("greeting.toml", data)
//	r := &scenario.Runner{Pusher: &push.Pusher{URL: url, Token: token}}
//	if err := r.Check(s); err != nil { … }
//	err = r.Run(ctx, []*scenario.Scenario{s}, func(res *scenario.Result) { fmt.Println(res.OK()) })
//
// # The file
//
// A file is one scenario. Its settings come before the first step; all are
// optional:
//
//	name    = "queue"    # else the file's name
//	from    = "alice"    # who sends: a name, or an OpenID; else "user"
//	to      = "gh_…"     # the account's original id
//	mode    = "safe"     # plain, compat or safe; else the account's
//	format  = "json"     # xml or json; else the account's
//	timeout = "5s"       # of one delivery
//	fresh   = false      # the same users in each run: see below
//
// A step sends one message. All keys but send can be left out; from, to,
// mode, format and timeout are as above, for the step alone:
//
//	[[step]]
//	name  = "a ticket"                 # for the report
//	send  = "text"                     # any type of package message
//	value = "ticket"                   # the type's first field
//	set   = { MsgDataId = "7" }        # other fields, by path as in Message.Set
//	raw   = true                       # allow characters that XML forbids
//	repeat    = 3                      # send 3 messages, each of which must be answered as expected
//	retry     = 1                      # the first answer is lost: see below
//	duplicate = 1                      # the message comes once more: see below
//	expect  = { text = "your number is {{ticket}}", under = "500ms" }
//	capture = { ticket = 'number is (\d+)' }
//
// # What is expected
//
// Every step demands an answer that WeChat would accept: one that breaks no
// rule whose severity is error. expect demands more:
//
//	type         = "text"     # the reply's MsgType; or success or empty, word for word;
//	                          # nothing, which is either; fault, which is an answer that WeChat refuses
//	text         = "hello"    # the Content of a text, exactly
//	match        = '^\d+$'    # a regular expression (https://pkg.go.dev/regexp/syntax)
//	contains     = "number"   # these four take a list as well, all of which must hold
//	not_match    = '\d'
//	not_contains = ["error", "null"]
//	articles     = 1          # how many a news has
//	fields       = { "Articles.item[1].Title" = "Help" }
//	under        = "500ms"    # until the answer was there, deliveries in vain included
//	no_findings  = "warning"  # none of this severity or above; else error
//
// match, contains and their opposites look at the Content of a text reply, or
// at all values of another reply, one per line.
//
// # Variables
//
// capture takes a part of the reply, which it looks at as match does: the
// expression's group, or all that it matches. {{name}} stands for it in the
// value, set and expect of any later step. [step.later] has a capture of its own,
// which takes from the first message that is as expected. {{openid}} is the sender's OpenID,
// and {{n}} the number of the repetition, from 1. In match and not_match a
// variable is text, not an expression. A name that no earlier step captures is
// a mistake in the file.
//
// # Delivered again
//
// WeChat delivers a message again, byte for byte, if it got no answer in time.
// Two keys test whether a server can handle that:
//
//   - retry: the answer is lost on its way, so that the user has seen nothing.
//     The answer to the last delivery must be as expected. A server that takes
//     it for a duplicate and says success leaves its user without an answer.
//   - duplicate: the answer arrived, and the message comes again. The server
//     must say the same again, or nothing (success or an empty body). Anything
//     else means that it handled the message twice (finding M08).
//
// # What comes later
//
// A server that takes longer than WeChat waits answers success at once, and says
// the rest by a customer-service message. later expects such a message to the
// step's user:
//
//	[step.later]
//	type     = "text"      # of package api's CustomTypes; any where it is not said
//	contains = ["answer"]  # text, match, not_match and not_contains are as in expect
//	under    = "20s"       # from the message on, which is also what is waited when nothing is said
//	times    = 1           # exactly so many that are as expected; one at least where it is not said
//
// With times the message is delivered three times in all, as WeChat does it, if the
// step does not say itself how often: a server must not answer each delivery.
// The messages are read over HTTP from the emulator that the server calls, which
// is [Runner].API; there the user may be written to as after any message.
//
// # Users
//
// A name is a user with an OpenID of its own, a new one in each run, so that a
// run does not depend on what a server remembers from the last one. With fresh
// = false a name has the OpenID of [message.OpenID] in every run. An OpenID is
// used as it is.
//
// The steps run one after the other, and a scenario ends with the first step
// that fails. With [Runner].Parallel neither users nor scenarios wait for each
// other: each user's steps run in order, and a step that uses a variable waits
// for the step that captures it. An OpenID named by several scenarios is one
// person, who talks in one of them at a time.
//
// The package reads no files and has no words for people: these are the
// command's.
//
// # Compatibility
//
// The README says what a release may change. The file format above is among
// what scripts rely on. Keys may be added; a file that uses a new one is
// refused by older releases.
package scenario

import (
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/tomldoc"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
)

// MaxFile is how large a file may be.
const MaxFile = 1 << 20

// The most that a step may ask for. WeChat itself delivers three times in all.
const (
	MaxRepeat    = 100_000
	MaxRetry     = push.Attempts - 1
	MaxDuplicate = 10
)

// Scenario is one file. It must not be changed: runs share it.
type Scenario struct {
	Name  string // as the file says, else the file's name
	File  string // as given to Parse
	Fresh bool   // names are new users in each run
	Steps []*Step

	text *tomldoc.Text // for the errors of Check
}

// Step is one [[step]].
type Step struct {
	Line int    // of its first key
	Name string // for the report; may be empty
	From string // a name or an OpenID
	Send string // the type, as the file calls it

	Repeat    int // 1 unless the file says more
	Retry     int
	Duplicate int

	typ      *message.Type
	to       string
	mode     msgcrypt.Mode   // empty is the account's
	format   msgcrypt.Format // empty is the account's
	timeout  time.Duration   // 0 is the Pusher's
	raw      bool
	value    *template // nil is the type's sample
	set      []assignment
	expect   expectation
	captures []capture
	later    *later // nil expects nothing
	offsets  struct{ send, mode, format int }
}

// assignment gives a field a value.
type assignment struct {
	path  string
	value *template
}

// capture takes a variable out of a reply.
type capture struct {
	name    string
	pattern *regexp.Regexp
	line    int
}

// expectation is what a step expects. The zero value expects only an answer
// without errors.
type expectation struct {
	typ      string
	typLine  int
	text     *template
	words    []wordRule
	fields   []assignment
	articles int // -1: not said
	artLine  int
	under    time.Duration
	undLine  int
	limit    finding.Severity
	limLine  int
}

// wordRule is one match, not_match, contains or not_contains.
type wordRule struct {
	kind    Kind
	value   *template
	pattern *regexp.Regexp // nil for contains, and where a variable is in it
}

// Parse reads a scenario. name is the file's, for errors; it is shown as it is,
// so it must be safe to print. Every error is an [*finding.FileError].
func Parse(name string, data []byte) (*Scenario, error) {
	text := tomldoc.New(name, data)
	if len(data) > MaxFile {
		return nil, text.Fail(0, finding.Because(reason.HintSplitFile), finding.Because(reason.ScenarioTooLarge, "limit", MaxFile>>10))
	}
	root, faulty := text.Parse()
	if root == nil {
		return nil, text.Explain(faulty, hints())
	}
	base := path.Base(filepath.ToSlash(name))
	s := &Scenario{Name: strings.TrimSuffix(base, ".toml"), File: name, Fresh: true, text: text}
	d := decoder{text: text, scenario: s}
	if err := d.decode(root); err != nil {
		return nil, err
	}
	if err := d.resolve(); err != nil {
		return nil, err
	}
	if faulty != nil {
		return nil, text.Explain(faulty, hints())
	}
	return s, nil
}
