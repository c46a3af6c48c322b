// Package reason has the words of why something failed, in English and
// Chinese: one sentence or less for each [ID], with {placeholders} for the
// arguments that a finding.Reason carries.
//
// The sentences are in reasons.toml, from which `make generate` makes table.go,
// the names of the ids, and reasons.pack, which is unpacked when something has
// failed. Quotation marks around what came from elsewhere are put by the
// argument, not by the sentence.
//
// # Compatibility
//
// The README says what a release may change. An [ID] keeps its meaning and is
// never used for anything else; its sentence may be worded better in any
// release.
package reason

import (
	_ "embed"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/internal/packed"
)

//go:generate go run -C ../../.. ./tools/gen reasons

// ID is a reason's stable name, such as "connection-refused".
type ID string

//go:embed reasons.pack
var pack string

// sentences are English and Chinese, by id.
var sentences = lazy.Value[map[ID][2]string]{Make: func() map[ID][2]string {
	texts, _ := packed.Open(pack).Read("reasons")
	parts := strings.Split(string(texts), "\x00")
	all := make(map[ID][2]string, len(parts)/3)
	for i := 0; i+2 < len(parts); i += 3 {
		all[ID(parts[i])] = [2]string{parts[i+1], parts[i+2]}
	}
	return all
}}

// Text is the sentence of a reason in English and Chinese, with {placeholders}
// for its arguments; both are empty for an id that there is none of.
func Text(id ID) (en, zh string) {
	s := sentences.Get()[id]
	return s[0], s[1]
}
