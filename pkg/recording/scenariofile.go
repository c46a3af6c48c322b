package recording

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode"
)

// file writes the steps as TOML. What all of them have comes before the first.
func (w *scenarioWriter) file() []byte {
	var b strings.Builder
	b.WriteString("# Recorded: what was sent, and what was answered. Where an answer is not the\n" +
		"# same each time, write match or contains in place of text.\n\n")
	common := *w.steps[0]
	for _, st := range w.steps {
		if st.mode != common.mode {
			common.mode = ""
		}
		if st.to != common.to {
			common.to = ""
		}
	}
	if common.to != "" {
		line(&b, "to", quote(common.to))
	}
	if common.mode != "" {
		line(&b, "mode", quote(common.mode))
	}
	for _, st := range w.steps {
		st.write(&b, w.users[st.from], &common)
	}
	return []byte(b.String())
}

func (st *step) write(b *strings.Builder, user string, common *step) {
	b.WriteString("\n")
	if len(st.findings) > 0 {
		b.WriteString("# The recorded answer had findings: " + strings.Join(st.findings, ", ") + ".\n")
	}
	b.WriteString("[[step]]\n")
	line(b, "send", quote(st.kind.Name))
	if st.value != nil {
		line(b, "value", quote(*st.value))
	}
	if len(st.set) > 0 {
		line(b, "set", table(st.set))
	}
	if user != "user" && user != "" {
		line(b, "from", quote(user))
	}
	if st.to != common.to && st.to != "" {
		line(b, "to", quote(st.to))
	}
	if st.mode != common.mode && st.mode != "" {
		line(b, "mode", quote(st.mode))
	}
	if st.json {
		line(b, "format", quote("json"))
	}
	if st.raw {
		line(b, "raw", "true")
	}
	if st.duplicate > 0 {
		line(b, "duplicate", fmt.Sprint(st.duplicate))
	}
	if len(st.expect) > 0 {
		var pairs []string
		for _, e := range st.expect {
			pairs = append(pairs, e[0]+" = "+e[1])
		}
		line(b, "expect", "{ "+strings.Join(pairs, ", ")+" }")
	}
}

func line(b *strings.Builder, key, value string) { b.WriteString(key + " = " + value + "\n") }

// table writes pairs as { Name = "value" }.
func table(pairs [][2]string) string {
	var out []string
	for _, p := range pairs {
		key := p[0]
		if !bare().MatchString(key) {
			key = quote(key)
		}
		out = append(out, key+" = "+quote(p[1]))
	}
	return "{ " + strings.Join(out, ", ") + " }"
}

// bare is a key that needs no quotes. A dot would make it a table.
var bare = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_-]+$`) })

// quote writes a TOML string, on one line.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r > 0xFFFF && !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\U%08X`, r)
		case !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
