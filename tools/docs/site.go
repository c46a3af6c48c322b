package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	rendererhtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/wxdev/wxdev/pkg/finding"
)

// repository is where what is linked to but is no page of the site can be read.
const repository = "https://github.com/wxdev/wxdev/blob/main/"

// writeSite writes every page as HTML below dir: the README is the front page,
// docs/x.md is docs/x.html. Pictures are copied. dir is made by it.
func writeSite(root, dir string) error {
	sources, err := sources(root)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o755); err != nil { // no pages of before are left in it
		return err
	}
	out := map[string]string{"search.js": searchScript, "site.css": siteStyle}
	for name, source := range sources {
		if out[htmlName(name)], err = render(name, source, sources); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	for _, lang := range languages {
		index, err := json.Marshal(searchIndex(lang))
		if err != nil {
			return err
		}
		out[searchFile(lang)] = "wxdevSearch(" + string(index) + ");\n"
	}
	llms, err := os.ReadFile(filepath.Join(root, "docs/llms.txt"))
	if err != nil {
		return err
	}
	out["docs/llms.txt"], out["llms.txt"] = string(llms), strings.NewReplacer("](findings/", "](docs/findings/", "](codes/", "](docs/codes/").Replace(string(llms))
	if err := writeFiles(dir, out); err != nil {
		return err
	}
	return os.CopyFS(filepath.Join(dir, "docs/pictures"), os.DirFS(filepath.Join(root, "docs/pictures")))
}

// sources are the Markdown files of the site by their paths.
func sources(root string) (map[string][]byte, error) {
	all := map[string][]byte{}
	read := func(name string) error {
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		all[name] = text
		return err
	}
	for _, name := range []string{"README.md", "README.zh-CN.md", "CHANGELOG.md"} {
		if err := read(name); err != nil {
			return nil, err
		}
	}
	return all, fs.WalkDir(os.DirFS(root), "docs", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".md" {
			return err
		}
		return read(name)
	})
}

// htmlName is where a Markdown file is on the site.
func htmlName(name string) string {
	dir, file := path.Split(strings.TrimSuffix(name, ".md"))
	return dir + strings.Replace(file, "README", "index", 1) + ".html"
}

func langOf(name string) finding.Lang {
	if strings.HasSuffix(name, ".zh-CN.md") {
		return finding.Chinese
	}
	return finding.English
}

// twin is the file in the other language; "" when there is none.
func twin(name string, all map[string][]byte) string {
	other := strings.TrimSuffix(name, ".md") + ".zh-CN.md"
	if base, ok := strings.CutSuffix(name, ".zh-CN.md"); ok {
		other = base + ".md"
	}
	if _, ok := all[other]; !ok {
		return ""
	}
	return other
}

//go:embed layout.html
var layoutText string

var layout = template.Must(template.New("layout").Parse(layoutText))

// view is what the layout shows.
type view struct {
	Lang, OtherLang string
	Title, About    string
	Up              string // to the top of the site
	Front           string // the name of front pages
	Other           string // the page in the other language; empty when there is none
	Index           string // of the search
	Say             map[string]string
	Body            template.HTML
}

// render makes a whole page of a Markdown file.
func render(name string, source []byte, all map[string][]byte) (string, error) {
	md := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(rendererhtml.WithUnsafe()), // README has pictures of a width
		goldmark.WithParserOptions(parser.WithAutoHeadingID(), parser.WithASTTransformers(util.Prioritized(links{name, all}, 500))))
	doc := md.Parser().Parse(text.NewReader(source), parser.WithContext(parser.NewContext(parser.WithIDs(&headingIDs{}))))
	var body, out strings.Builder
	if err := md.Renderer().Render(&body, source, doc); err != nil {
		return "", err
	}
	lang := langOf(name)
	v := view{Lang: "en", OtherLang: "zh-CN", Up: strings.Repeat("../", strings.Count(name, "/")), Front: "index.html", Index: searchFile(lang), Say: map[string]string{}, Body: template.HTML(body.String())}
	if lang == finding.Chinese {
		v.Lang, v.OtherLang, v.Front = v.OtherLang, v.Lang, "index.zh-CN.html"
	}
	if other := twin(name, all); other != "" {
		v.Other = path.Base(htmlName(other))
	}
	for id, l := range layoutWords {
		v.Say[id] = l.in(lang)
	}
	v.Title, v.About = headline(doc, source)
	if v.Title != "wxdev" {
		v.Title += " · wxdev"
	}
	err := layout.Execute(&out, v)
	return out.String(), err
}

// headline is a page's first heading, and its first paragraph in short.
func headline(doc ast.Node, source []byte) (title, about string) {
	for n := doc.FirstChild(); n != nil && about == ""; n = n.NextSibling() {
		switch n.(type) {
		case *ast.Heading:
			if title == "" {
				title = plainText(n, source)
			}
		case *ast.Paragraph:
			if text := []rune(plainText(n, source)); title != "" {
				about = string(text[:min(len(text), 160)])
			}
		}
	}
	return title, about
}

func plainText(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Text:
			if entering {
				b.Write(util.UnescapePunctuations(n.Segment.Value(source)))
				if n.SoftLineBreak() {
					b.WriteByte(' ')
				}
			}
		case *ast.String:
			if entering {
				b.Write(n.Value)
			}
		}
		return ast.WalkContinue, nil
	})
	return html.UnescapeString(b.String())
}

// links leads links between files to where they are on the site.
type links struct {
	name string
	all  map[string][]byte
}

func (l links) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if link, ok := n.(*ast.Link); ok && entering {
			link.Destination = []byte(l.to(string(link.Destination)))
		}
		return ast.WalkContinue, nil
	})
}

var absolute = regexp.MustCompile(`^([a-z]+:|#|//)`)

func (l links) to(target string) string {
	if absolute.MatchString(target) {
		return target
	}
	file, anchor, _ := strings.Cut(target, "#")
	if anchor != "" {
		anchor = "#" + anchor
	}
	full := path.Join(path.Dir(l.name), file)
	if _, ok := l.all[full]; ok {
		dir, _ := path.Split(file)
		return dir + path.Base(htmlName(full)) + anchor
	}
	if strings.HasPrefix(full, "docs/pictures/") || full == "docs/llms.txt" {
		return target
	}
	return repository + full + anchor
}

// headingIDs names headings as GitHub does, in any script.
type headingIDs struct{ used map[string]int }

var notInID = regexp.MustCompile(`[^\p{L}\p{N}_\- ]`)

func (h *headingIDs) Generate(value []byte, _ ast.NodeKind) []byte {
	id := strings.ReplaceAll(notInID.ReplaceAllString(strings.ToLower(strings.TrimSpace(string(value))), ""), " ", "-")
	if h.used == nil {
		h.used = map[string]int{}
	}
	n := h.used[id]
	h.used[id]++
	if n > 0 {
		id = fmt.Sprintf("%s-%d", id, n)
	}
	return []byte(id)
}

func (h *headingIDs) Put(value []byte) {
	if h.used == nil {
		h.used = map[string]int{}
	}
	h.used[string(value)]++
}
