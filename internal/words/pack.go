package words

import (
	_ "embed"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/internal/packed"
	"github.com/wxdev/wxdev/pkg/finding"
)

//go:embed words.pack
var pack string

// All are in the order of the ids, which is that of their names.
var (
	said = both{ // but for the help
		en: lazy.Value[[]string]{Make: func() []string { return unpack("said.en") }},
		zh: lazy.Value[[]string]{Make: func() []string { return unpack("said.zh") }},
	}
	help = both{
		en: lazy.Value[[]string]{Make: func() []string { return unpack("help.en") }},
		zh: lazy.Value[[]string]{Make: func() []string { return unpack("help.zh") }},
	}
	names = lazy.Value[[]string]{Make: func() []string { return unpack("names") }}
)

// both are texts in both languages, each of which is unpacked for those who read
// it.
type both struct{ en, zh lazy.Value[[]string] }

func unpack(name string) []string {
	texts, _ := packed.Open(pack).Read(name)
	return strings.Split(strings.TrimSuffix(string(texts), "\x00"), "\x00")
}

// get is a text in lang; one that has no Chinese is in English.
func (b *both) get(lang finding.Lang, i int) string {
	if lang == finding.Chinese {
		if zh := b.zh.Get()[i]; zh != "" {
			return zh
		}
	}
	return b.en.Get()[i]
}
