package reply

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/finding"
)

// What looks at the beginning of a body does not go on to its end: a pattern that
// is not held at its beginning is tried at each byte of megabytes.
func TestPatternsAreHeldAtTheBeginning(t *testing.T) {
	for name, pattern := range map[string]*regexp.Regexp{
		"printedBytes": printedBytes.Get(), "printedObject": printedObject.Get(), "printedSuccess": printedSuccess.Get(), "errorText": errorText.regexp(), "stream": stream.regexp(),
		"reference": reference.Get(), "tenDigits": tenDigits.Get(),
	} {
		parsed, err := syntax.Parse(pattern.String(), syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		prog, err := syntax.Compile(parsed.Simplify())
		if err != nil {
			t.Fatal(err)
		}
		if prog.StartCond()&syntax.EmptyBeginText == 0 {
			t.Errorf("%s may begin anywhere: %s", name, pattern)
		}
	}
}

// Of a long text the beginning is read, and what should stand there is all of it.
func TestLongTextsAreReadInPart(t *testing.T) {
	long := strings.Repeat("好", maxRead)
	judged := func(content string) (escape string, expected int) {
		_, found := judge([]byte(reply("text", "<Content><![CDATA["+content+"]]></Content>")), sample(t, "text"))
		for _, f := range found {
			if f.ID == "M07" && f.Variant == "reply-unicode" {
				escape, expected = f.Facts.Text(finding.English, "escape"), len(f.Place.Expected)
			}
		}
		return escape, expected
	}
	if escape, expected := judged(`\u4f60\u597d` + long); escape == "" || expected == 0 {
		t.Errorf("at the beginning: %q, %d bytes should stand there", escape, expected)
	}
	if escape, _ := judged(long + `\u4f60\u597d`); escape != "" {
		t.Errorf("where no phone shows it: %q", escape)
	}
	if got := beginning("ab好", 4); got != "ab" {
		t.Errorf("cut inside a character: %q", got)
	}
}
