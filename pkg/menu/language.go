package menu

import (
	"bytes"
	"path"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/finding"
)

// language is one that menus are kept in and that is not read here: a program
// of its own makes JSON of it.
type language struct {
	rule       ruleID
	extensions []string
	begins     *lazy.Pattern // what comes first, after blanks and comments
	convert    string        // FILE is the file
}

var languages = []language{
	{ruleYAML, []string{".yml", ".yaml"}, lazy.Regexp(`^(?:%YAML|---\s|["']?[A-Za-z_$][\w$-]*["']?[ \t]*:(?:[ \t\r\n]|$)|- )`), "yq -o=json FILE > menu.json"},
	{ruleJavaScript, []string{".js", ".cjs", ".mjs", ".ts"}, lazy.Regexp(`^(?:["']use strict["']|module\.exports\b|exports\.|export\s|import\s|const\s|let\s|var\s|function\b|\(function|return\s*\{)`), `node -p 'JSON.stringify(require("./FILE"), null, 2)' > menu.json`},
	{rulePHP, []string{".php"}, lazy.Regexp(`^(?:<\?php|return\s*\[|return\s+array\(|\$\w+\s*=)`), `php -r 'echo json_encode(require "./FILE", JSON_UNESCAPED_UNICODE);' > menu.json`},
}

// modern is how a module of today's JavaScript is read: require takes none.
const modern = `node --input-type=module -e 'import m from "./FILE"; console.log(JSON.stringify(m, null, 2))' > menu.json`

// isOther reports a file that is in another language. Its name tells, or what
// comes first in it.
func (r *reader) isOther() bool {
	extension := strings.ToLower(path.Ext(r.file))
	at := r.firstCode()
	if at == len(r.data) || r.data[at] == '{' && !strings.HasPrefix(extension, ".ts") || r.data[at] == '[' && extension == ".json" {
		return false // JSON, whatever its name is
	}
	for _, l := range languages {
		named := false
		for _, e := range l.extensions {
			named = named || e == extension
		}
		if !named && !l.begins.Get().Match(r.data[at:]) {
			continue
		}
		line, _, _ := bytes.Cut(r.data[at:], []byte("\n"))
		r.add(l.rule, at, "found", finding.Quote{Text: strings.TrimSpace(string(line)), Limit: 40}, "command", finding.Name(r.command(l, at)))
		return true
	}
	return false
}

// command is the line that makes JSON of the file.
func (r *reader) command(l language, at int) string {
	convert := l.convert
	if l.rule == ruleJavaScript && (bytes.HasPrefix(r.data[at:], []byte("export ")) || bytes.HasPrefix(r.data[at:], []byte("import ")) || bytes.Contains(r.data[at:], []byte("\nexport default"))) {
		convert = modern
	}
	name := path.Base(strings.ReplaceAll(r.file, "\\", "/"))
	if strings.Trim(name, bareKey+".") != "" || path.Ext(name) == "" || name[0] == '-' {
		name = "menu" + l.extensions[0] // a name of which a shell would make something else
	}
	return strings.ReplaceAll(convert, "FILE", name)
}

// firstCode is where the file begins, after blanks and comments of any kind.
func (r *reader) firstCode() int {
	i := 0
	for i < len(r.data) {
		rest := r.data[i:]
		trimmed := bytes.TrimLeft(rest, " \t\r\n")
		i += len(rest) - len(trimmed)
		switch {
		case bytes.HasPrefix(trimmed, []byte("/*")):
			end := bytes.Index(trimmed, []byte("*/"))
			if end < 0 {
				return i
			}
			i += end + 2
		case bytes.HasPrefix(trimmed, []byte("//")), bytes.HasPrefix(trimmed, []byte("#")):
			line, _, _ := bytes.Cut(trimmed, []byte("\n"))
			i += len(line)
		default:
			return i
		}
	}
	return i
}
