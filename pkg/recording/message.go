package recording

import (
	"strings"
	"unicode/utf8"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/message"
)

// ErrNoMessage means that an exchange has no message: it is a verification, or
// the message could not be opened.
var ErrNoMessage = error(&finding.Reason{ID: reason.RecordingWithoutMessage})

// first of the characters that replace those which XML forbids, while a
// message is parsed: nobody types them.
const first = '\U000F0000'

// ReadMessage parses the recorded message. Characters that XML forbids are
// kept; the message is then Raw, so that it can be sent as it came.
func (x *Record) ReadMessage() (*message.Message, error) {
	if x.Message == "" {
		return nil, ErrNoMessage
	}
	m, err := message.Parse([]byte(x.Message))
	if err == nil {
		return m, nil
	}
	stand, kept := standIns(string(x.Message))
	raw, failed := message.Parse([]byte(stand))
	if failed != nil || len(kept) == 0 {
		return nil, err
	}
	raw.Raw = true
	restore(raw.Fields, strings.NewReplacer(kept...))
	return raw, nil
}

// standIns puts another character in place of each forbidden one, and returns
// what replaces what.
func standIns(s string) (stand string, kept []string) {
	var b strings.Builder
	known := map[string]string{}
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		part := s[i : i+n]
		i += n
		if r >= ' ' && r < utf8.RuneError {
			b.WriteString(part)
			continue
		}
		if _, bad := message.Sanitize([]byte(part)); bad == 0 {
			b.WriteString(part)
			continue
		}
		if known[part] == "" {
			known[part] = string(first + rune(len(known)))
			kept = append(kept, known[part], part)
		}
		b.WriteString(known[part])
	}
	return b.String(), kept
}

func restore(fields []*message.Field, kept *strings.Replacer) {
	for _, f := range fields {
		f.Value = kept.Replace(f.Value)
		restore(f.Children, kept)
	}
}
