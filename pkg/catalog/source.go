package catalog

import (
	"cmp"
	"strings"
)

// Source is where a fact is from: the day on which the pages were read, and
// their addresses, parted by blanks ("2026-11-30 https://example.com/"). Facts
// from before sources were kept have none.
type Source string

// Unrecorded is the source of a fact whose source was not kept.
const Unrecorded Source = "unrecorded"

// String returns the source as it is printed; it is never empty.
func (s Source) String() string { return string(cmp.Or(s, Unrecorded)) }

// Recorded reports whether it is known where the fact is from.
func (s Source) Recorded() bool { return s != "" && s != Unrecorded }

// Read returns the day, as 2026-11-30, and the pages.
func (s Source) Read() (day string, pages []string) {
	if f := strings.Fields(string(s)); s.Recorded() {
		return f[0], f[1:]
	}
	return "", nil
}
