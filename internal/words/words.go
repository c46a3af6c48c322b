// Package words has what the command line says to people, in English and
// Chinese: one text for each [ID], with {placeholders}. What is said of
// findings is in package catalog, and why something failed in package reason.
//
// The texts are in text/*.toml, a file for each command or topic, and those of
// the commands' help in text/help/*.toml; table.go is generated from them by
// `make generate`. They are compressed, in words.pack, until one of a language is
// shown. Code names what it says by a constant; only the help, and what is
// called by a name from data, is looked up with [Named].
package words

import (
	"sort"
	"strings"

	"github.com/wxdev/wxdev/pkg/finding"
)

//go:generate go run -C ../.. ./tools/gen words

// ID names a text. The constants are in table.go.
type ID int

// Get returns the text in lang; one that has no Chinese is in English.
func Get(lang finding.Lang, id ID) string {
	if id >= firstHelp {
		return help.get(lang, int(id-firstHelp))
	}
	return said.get(lang, int(id))
}

// Fill returns the text with values in place of its {placeholders}. The pairs
// are name, value, name, value…, the values fit to print already.
func Fill(lang finding.Lang, id ID, pairs ...string) string {
	text := Get(lang, id)
	if len(pairs) == 0 || !strings.Contains(text, "{") {
		return text
	}
	braced := make([]string, len(pairs))
	for i, p := range pairs {
		if i%2 == 0 {
			p = "{" + p + "}"
		}
		braced[i] = p
	}
	return strings.NewReplacer(braced...).Replace(text)
}

// Name is what a text is called in text/. It stays when the words change.
func (id ID) Name() string { return names.Get()[id] }

// Named finds a text by its name in text/, such as "verify.passed.echo".
func Named(name string) (ID, bool) {
	names := names.Get()
	from, to := 0, int(firstHelp)
	if strings.HasPrefix(name, "help.") {
		from, to = to, len(names) // they come last
	}
	i := from + sort.SearchStrings(names[from:to], name)
	return ID(i), i < to && names[i] == name
}
