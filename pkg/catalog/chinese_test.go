package catalog

import (
	"regexp"
	"testing"
)

// english finds three words of English in a row. Quotations, code and what
// HTTP calls its statuses may be English in a Chinese text.
var (
	english = regexp.MustCompile(`\b[A-Za-z]+ [A-Za-z]+ [A-Za-z]+\b`)
	allowed = regexp.MustCompile("“[^”]*”|\"(?:[^\"\\\\]|\\\\.)*\"|'[^']*'|`[^`]*`|\\b[1-5][0-9][0-9] [A-Z][A-Za-z' -]+|https?://\\S+|\\b[0-9A-F]{2} [0-9A-F]{2}\\b")
	command = regexp.MustCompile(`(?:[A-Za-z0-9_./=-]+ )*(?:wxdev|docker|php|printf|curl|openssl|git|npm|pip|certbot|systemctl|redis-cli)(?: [A-Za-z0-9_./=$:-]+)*`)
	names   = regexp.MustCompile(`(?:HTTP/1\.[01]|User-Agent) \S+|Spring [A-Z]\w+(?: [A-Z]\w+)*|Let's Encrypt|Process Framework|TLS Client Auth`)
)

func leftInEnglish(text string) string {
	text = allowed.ReplaceAllString(text, "〇")
	text = command.ReplaceAllString(text, "〇")
	text = names.ReplaceAllString(text, "〇")
	return english.FindString(text)
}

func TestChineseTextsAreChinese(t *testing.T) {
	for _, id := range IDs() {
		e, _ := Lookup(id)
		texts := []string{e.Zh.Title, e.Zh.Fix, e.Zh.SignedTitle, e.Zh.SignedFix} // see and why tell errors as they are
		for _, v := range e.Variants {
			texts = append(texts, v.Zh.Title, v.Zh.Evidence, v.Zh.Fix, v.Zh.SignedTitle)
		}
		for _, text := range texts {
			if found := leftInEnglish(text); found != "" {
				t.Errorf("%s: %q in %s", id, found, text)
			}
		}
	}
}
