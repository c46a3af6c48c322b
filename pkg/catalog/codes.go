package catalog

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/finding"
)

// APICode explains one errcode of the API or of the console.
type APICode struct {
	Code   int
	Zh     string // what it means
	En     string // the wire text where known
	Hint   string // the likely cause or remedy; empty when there is nothing to add
	HintZh string // Hint in finding.Chinese, empty when Hint is
	Source Source // where it is from
}

// Meaning returns what the code means in lang.
func (c APICode) Meaning(lang finding.Lang) string {
	if lang == finding.Chinese {
		return c.Zh
	}
	return c.En
}

// Other returns what the code means in the other language than lang.
func (c APICode) Other(lang finding.Lang) string {
	if lang == finding.Chinese {
		return c.En
	}
	return c.Zh
}

// Cause returns the likely cause or remedy in lang; it is empty when there is
// nothing to add to the meaning.
func (c APICode) Cause(lang finding.Lang) string {
	if lang == finding.Chinese {
		return c.HintZh
	}
	return c.Hint
}

var errcodes = lazy.Value[string]{Make: func() string {
	table, _ := files.Get().Read("errcodes.tsv")
	return string(table)
}}

// LookupCode explains an errcode, such as 40164.
func LookupCode(code int) (APICode, bool) {
	// The table is in order and is searched as text: no other row need be parsed.
	table := errcodes.Get()
	lo, hi := strings.IndexByte(table, '\n')+1, len(table) // the first line is the header
	for lo < hi {
		mid := lo + (hi-lo)/2
		start := lo + strings.LastIndexByte(table[lo:mid], '\n') + 1
		end := start + strings.IndexByte(table[start:], '\n') + 1
		switch row := rowCode(table[start:end]); {
		case row == code:
			return parseCode(table[start : end-1]), true
		case row < code:
			lo = end
		default:
			hi = start
		}
	}
	return APICode{}, false
}

func rowCode(line string) int {
	field, _, _ := strings.Cut(line, "\t")
	n, err := strconv.Atoi(field)
	if err != nil {
		panic("catalog: errcodes.tsv: " + err.Error()) // embedded, and a test reads all
	}
	return n
}

// Codes returns all codes, in order.
func Codes() []APICode {
	lines := strings.Split(strings.TrimSuffix(errcodes.Get(), "\n"), "\n")
	all := make([]APICode, 0, len(lines))
	for _, line := range lines[1:] { // the first is the header
		all = append(all, parseCode(line))
	}
	return all
}

func parseCode(line string) APICode {
	f := append(strings.Split(line, "\t"), "") // old rows have no source
	if len(f) != 6 && len(f) != 7 {
		panic(fmt.Sprintf("catalog: errcodes.tsv: %q has %d fields", line, len(f)))
	}
	for i, s := range f {
		if s == "-" {
			f[i] = "" // the table has no empty fields: a dash is seen in a diff
		}
	}
	return APICode{Code: rowCode(line), Zh: f[1], En: f[2], Hint: f[3], HintZh: f[4], Source: Source(f[5])}
}

// ParseRid returns when the call was made that an API answer names by its
// rid, such as 640d8707-66796d60-192e4bee: the first group is the Unix time
// in hexadecimal. It reports false for what is not a rid.
func ParseRid(rid string) (time.Time, bool) {
	groups := strings.Split(rid, "-")
	if len(groups) != 3 {
		return time.Time{}, false
	}
	for _, g := range groups {
		if len(g) != 8 || strings.Trim(strings.ToLower(g), "0123456789abcdef") != "" {
			return time.Time{}, false
		}
	}
	sec, err := strconv.ParseInt(groups[0], 16, 64)
	if err != nil {
		return time.Time{}, false
	}
	return time.Unix(sec, 0).UTC(), true
}
