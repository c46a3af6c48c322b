package words

import (
	_ "embed"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/internal/packed"
	"github.com/wxdev/wxdev/pkg/finding"
)

//go:embed help.pack
var helpPack string

// help is the texts of the help, in the order of their names, by language.
var help = [...]lazy.Value[[]string]{
	{Make: func() []string { return unpack("en") }},
	{Make: func() []string { return unpack("zh") }},
}

// said is what there is to say in Chinese but for the help, in the order of the
// ids: it is unpacked for those who read it.
var said = lazy.Value[[]string]{Make: func() []string { return unpack("said") }}

func unpack(lang string) []string {
	texts, _ := packed.Open(helpPack).Read(lang)
	return strings.Split(string(texts), "\x00")
}

func helpText(lang finding.Lang, i int) string {
	if lang == finding.Chinese {
		if zh := help[1].Get()[i]; zh != "" {
			return zh
		}
	}
	return help[0].Get()[i]
}
