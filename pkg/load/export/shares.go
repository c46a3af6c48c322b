package export

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/load"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
)

// What a script puts in the place of a value that differs between messages. No
// message has such a value by chance.
const (
	fromMark    = "oWXDEV-FROM-FROM-FROM-FROM-F"
	timeMark    = 1111222233
	idMark      = 1111222233334444557
	numberMark  = 2111222233334444557
	encryptMark = "ENCRYPT+MARK+ENCRYPT+MARK"
)

type mark struct{ text, name string }

var marks = lazy.Value[[]mark]{Make: func() []mark {
	return []mark{
		{fromMark, "from"}, {strconv.Itoa(idMark), "id"}, {strconv.Itoa(numberMark), "n"}, {strconv.Itoa(timeMark), "time"}, {encryptMark, "encrypt"},
	}
}}

// shareList is the messages as a script has them: their text in parts, with names
// where a value belongs. kind is their Content-Type.
func shareList(p *push.Pusher, source *load.Source) (list, kind string, err error) {
	var out strings.Builder
	out.WriteString("[\n")
	kind = "text/xml"
	for i := range slices.Max(source.Turns()) + 1 {
		m, event := source.Message(i, fromMark, time.Unix(timeMark, 0), idMark, numberMark)
		if m.Format == msgcrypt.JSON {
			kind = "application/json"
		}
		plain, err := m.Append(nil)
		if err != nil {
			return "", "", err
		}
		fmt.Fprintf(&out, "  {\n    event: %t,\n    openid: %t,\n    plain: %s,\n", event, m.Get("FromUserName") != "", parts(string(plain)))
		if p.Mode != "" && p.Mode != msgcrypt.Plain {
			sealed, err := sealedBody(m, p.Mode)
			if err != nil {
				return "", "", err
			}
			out.WriteString("    sealed: " + parts(string(sealed)) + ",\n")
		}
		out.WriteString("  },\n")
	}
	return out.String() + "]", kind, nil
}

func turns(source *load.Source) string {
	return "[" + strings.Trim(strings.ReplaceAll(fmt.Sprint(source.Turns()), " ", ", "), "[]") + "]"
}

// sealedBody is the body around an encrypted message.
func sealedBody(m *message.Message, mode msgcrypt.Mode) ([]byte, error) {
	if mode == msgcrypt.Compat {
		return m.AppendCompat(nil, encryptMark)
	}
	return m.Envelope(encryptMark).Body(), nil
}

// parts cuts a text at its marks: ["<xml>…", {is: "from"}, "…</xml>"].
func parts(text string) string {
	var out []string
	for text != "" {
		at, mark := len(text), -1
		for i, m := range marks.Get() {
			if j := strings.Index(text, m.text); j >= 0 && j < at {
				at, mark = j, i
			}
		}
		if at > 0 {
			out = append(out, quoted(text[:at]))
		}
		if mark < 0 {
			break
		}
		out = append(out, "{ is: '"+marks.Get()[mark].name+"' }")
		text = text[at+len(marks.Get()[mark].text):]
	}
	return "[" + strings.Join(out, ", ") + "]"
}
