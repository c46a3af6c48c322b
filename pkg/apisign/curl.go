package apisign

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// readCurl reads a curl command line, as browsers and API tools copy it, for
// any shell, and what it printed.
func readCurl(text string, open func(string) ([]byte, error)) (*Call, error) {
	words, printed, err := shellWords(posixLine(text))
	if err != nil {
		return nil, err
	}
	c := &curl{header: http.Header{}, open: open}
	for args := words[1:]; len(args) > 0; {
		if args, err = c.take(args); err != nil {
			return nil, err
		}
	}
	r := Request{Method: c.method, URL: c.url, Header: c.header, Body: []byte(strings.Join(c.data, "&"))}
	if r.Method == "" {
		r.Method = "GET"
		if c.data != nil {
			r.Method = "POST"
		}
	}
	if r.URL != "" && !strings.Contains(r.URL, "://") && !strings.HasPrefix(r.URL, "/") {
		r.URL = "http://" + r.URL
	}
	if c.data != nil && header(c.header, "Content-Type") == "" {
		c.header["Content-Type"] = []string{c.contentType}
	}
	return &Call{Request: r, Response: answerAfter(printed), Form: "curl"}, nil
}

type curl struct {
	method, url string
	header      http.Header
	data        []string
	contentType string
	open        func(string) ([]byte, error)
}

// withValue are the options that take a value and change nothing here.
const withValue = " -o --output -u --user -A --user-agent -e --referer -x --proxy -m --max-time --connect-timeout --cacert --cert --key " +
	"-b --cookie -c --cookie-jar -w --write-out --resolve --retry --limit-rate --interface --ciphers --tls-max -K --config --connect-to --noproxy "

// take reads the option, or the URL, that the arguments begin with, and returns
// the others.
func (c *curl) take(args []string) ([]string, error) {
	name, rest := args[0], args[1:]
	if !strings.HasPrefix(name, "-") || name == "-" {
		if c.url == "" { // curl would call all of them
			c.url = name
		}
		return rest, nil
	}
	value, joined := "", false
	switch {
	case strings.HasPrefix(name, "--"):
		name, value, joined = strings.Cut(name, "=")
	case len(name) > 2 && strings.ContainsRune("XHdFuoAexmbcw", rune(name[1])): // -XPOST
		name, value, joined = name[:2], name[2:], true
	}
	switch name {
	case "-X", "--request", "-H", "--header", "-d", "--data", "--data-raw", "--data-binary", "--data-ascii", "--data-urlencode", "--json", "--url", "-F", "--form":
	default:
		if strings.Contains(withValue, " "+name+" ") && !joined && len(rest) > 0 {
			rest = rest[1:]
		}
		return rest, nil
	}
	if !joined {
		if len(rest) == 0 {
			return nil, finding.Because(reason.APICallCurl, "option", name)
		}
		value, rest = rest[0], rest[1:]
	}
	return rest, c.set(name, value)
}

func (c *curl) set(name, value string) error {
	switch name {
	case "-X", "--request":
		c.method = strings.ToUpper(value)
	case "--url":
		c.url = value
	case "-H", "--header":
		field, text, ok := strings.Cut(value, ":")
		if !ok {
			field = strings.TrimSuffix(value, ";")
		}
		field = strings.TrimSpace(field)
		c.header[field] = append(c.header[field], strings.TrimSpace(text))
	case "-F", "--form":
		c.contentType, c.data = "multipart/form-data", append(c.data, value)
	default:
		return c.addData(name, value)
	}
	return nil
}

// addData adds a body as curl does: @ names a file, of which -d drops the line
// ends.
func (c *curl) addData(name, value string) error {
	c.contentType = "application/x-www-form-urlencoded"
	if name == "--json" {
		c.contentType = "application/json"
	}
	if file, ok := strings.CutPrefix(value, "@"); ok && name != "--data-raw" && name != "--data-urlencode" {
		if c.open == nil {
			return finding.Because(reason.APICallCurl, "option", name)
		}
		b, err := c.open(file)
		if err != nil {
			return err
		}
		value = string(b)
		if name == "-d" || name == "--data" || name == "--data-ascii" {
			value = strings.NewReplacer("\r", "", "\n", "").Replace(value)
		}
	}
	c.data = append(c.data, value)
	return nil
}

// shellWords splits a command line as a POSIX shell does, with $'…' of bash.
// Nothing is expanded. A command ends with its line, unless an option begins the
// next, and at what a shell keeps for itself; after is the lines behind it.
func shellWords(text string) (words []string, after string, err error) {
	var word strings.Builder
	in := false
	for i := 0; i < len(text); {
		descriptor := in && text[i] == '>' && strings.Trim(word.String(), "0123456789") == "" // 2>&1
		if descriptor || ends(text[i:], in) {
			in = in && !descriptor
			_, after, _ = strings.Cut(text[i:], "\n")
			break
		}
		switch b := text[i]; {
		case b == '\\' && i+1 < len(text):
			i++
			if text[i] == '\r' && i+1 < len(text) && text[i+1] == '\n' {
				i++
			}
			if text[i] != '\n' {
				word.WriteByte(text[i])
				in = true
			}
			i++
		case b == '\'' || b == '"' || b == '$' && strings.HasPrefix(text[i:], "$'"):
			n, ok := quotedWord(text[i:], &word)
			if !ok {
				return nil, "", finding.Because(reason.APICallQuotes)
			}
			i += n
			in = true
		case b == ' ' || b == '\t' || b == '\n' || b == '\r':
			if in {
				words = append(words, word.String())
				word.Reset()
				in = false
			}
			i++
		default:
			word.WriteByte(b)
			in = true
			i++
		}
	}
	if in {
		words = append(words, word.String())
	}
	if len(words) == 0 {
		return nil, "", finding.Because(reason.APICallEmpty)
	}
	return words, after, nil
}

// ends reports whether a command ends where this text follows it, outside of
// quotes. What may stand in a URL that somebody forgot to quote, or in the place
// of a secret, ends none inside of a word.
func ends(text string, inWord bool) bool {
	switch text[0] {
	case '|', ';':
		return true
	case '&', '>', '<':
		return !inWord
	case '\n':
		next := strings.TrimLeft(text[:min(len(text), 64)], " \t\r\n")
		return next != "" && strings.IndexByte(`-'"`, next[0]) < 0 && !strings.HasPrefix(next, "http")
	}
	return false
}

// quotedWord appends what is in the quotes that a text begins with, and returns
// how long that is with them.
func quotedWord(text string, word *strings.Builder) (n int, ok bool) {
	switch {
	case text[0] == '\'':
		end := strings.IndexByte(text[1:], '\'')
		if end < 0 {
			return 0, false
		}
		word.WriteString(text[1 : 1+end])
		return end + 2, true
	case text[0] == '$':
		return dollarWord(text, word)
	}
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '"':
			return i + 1, true
		case text[i] == '\\' && i+1 < len(text) && strings.IndexByte("\"\\$`\n", text[i+1]) >= 0:
			i++
			if text[i] != '\n' {
				word.WriteByte(text[i])
			}
		default:
			word.WriteByte(text[i])
		}
	}
	return 0, false
}

// dollarWord is $'…', whose escapes are those of C.
func dollarWord(text string, word *strings.Builder) (n int, ok bool) {
	simple := map[byte]byte{'n': '\n', 'r': '\r', 't': '\t'}
	for i := 2; i < len(text); i++ {
		switch {
		case text[i] == '\'':
			return i + 1, true
		case text[i] != '\\' || i+1 >= len(text):
			word.WriteByte(text[i])
		default:
			i++
			size := map[byte]int{'x': 2, 'u': 4, 'U': 8}[text[i]]
			if r, ok := hexRune(text, i+1, size); ok {
				word.WriteString(r)
				i += size
				continue
			}
			if b, ok := simple[text[i]]; ok {
				word.WriteByte(b)
			} else {
				word.WriteByte(text[i])
			}
		}
	}
	return 0, false
}

// hexRune reads an escape of so many hex digits.
func hexRune(text string, at, size int) (string, bool) {
	if size == 0 || at+size > len(text) {
		return "", false
	}
	var r rune
	for _, c := range []byte(text[at : at+size]) {
		d := strings.IndexByte("0123456789abcdef", c|0x20)
		if c < '0' || d < 0 {
			return "", false
		}
		r = r<<4 | rune(d)
	}
	if size == 2 {
		return string([]byte{byte(r)}), true
	}
	if !utf8.ValidRune(r) {
		return "", false
	}
	return string(r), true
}
