package recording

import (
	"fmt"
	"strings"

	"github.com/wxdev/wxdev/internal/tomldoc"
)

// file writes the steps as TOML. What all of them have comes before the first.
func (w *scenarioWriter) file() []byte {
	var b strings.Builder
	comment(&b, w.say.Head)
	b.WriteString("\n")
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
		line(&b, "to", tomldoc.EncodeString(common.to))
	}
	if common.mode != "" {
		line(&b, "mode", tomldoc.EncodeString(common.mode))
	}
	for _, st := range w.steps {
		st.write(&b, w, &common)
	}
	return []byte(b.String())
}

// comment writes a text with a # before each line.
func comment(b *strings.Builder, text string) {
	for line := range strings.Lines(text) {
		b.WriteString("# " + strings.TrimSuffix(line, "\n") + "\n")
	}
}

func (st *step) write(b *strings.Builder, w *scenarioWriter, common *step) {
	user := w.users[st.from]
	b.WriteString("\n")
	if len(st.findings) > 0 && w.say.Findings != nil {
		comment(b, w.say.Findings(st.findings))
	}
	b.WriteString("[[step]]\n")
	line(b, "send", tomldoc.EncodeString(st.kind.Name))
	if st.value != nil {
		line(b, "value", tomldoc.EncodeString(*st.value))
	}
	if len(st.set) > 0 {
		line(b, "set", table(st.set))
	}
	if user != "user" && user != "" {
		line(b, "from", tomldoc.EncodeString(user))
	}
	if st.to != common.to && st.to != "" {
		line(b, "to", tomldoc.EncodeString(st.to))
	}
	if st.mode != common.mode && st.mode != "" {
		line(b, "mode", tomldoc.EncodeString(st.mode))
	}
	if st.json {
		line(b, "format", tomldoc.EncodeString("json"))
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
		out = append(out, tomldoc.EncodeKey(p[0])+" = "+tomldoc.EncodeString(p[1]))
	}
	return "{ " + strings.Join(out, ", ") + " }"
}
