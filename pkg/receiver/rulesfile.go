package receiver

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/tomldoc"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/reply"
)

// MaxRules is the size in bytes up to which a file of rules is read.
const MaxRules = 1 << 20

// ParseRules reads rules from the text of a TOML file, called name in errors:
//
//	[[rule]]                       # the first that fits is taken
//	type  = "text"                 # as in 'wxdev send list'; or event, or message: all of those
//	text  = "(?i)^hello"           # a regular expression, for a part of the Content
//	reply = { type = "text", content = "hello" }
//
//	[[rule]]
//	event = "CLICK"
//	key   = "MENU_[12]"            # a regular expression, for the whole EventKey
//	reply = { type = "news", articles = [{ title = "T", description = "D", pic_url = "…", url = "…" }] }
//
//	[[rule]]                       # no condition: everything else
//	reply = { type = "success" }
//
// The other types of a reply are image and voice with media_id, video with
// media_id, title and description, music with thumb_media_id, title,
// description, url and hq_url, and transfer with account, which may be left
// out. The error is a [*tomldoc.Error].
func ParseRules(name string, data []byte) (*Rules, error) {
	p := &rulesParser{Text: tomldoc.New(text.Line(name), data)}
	if err := p.CheckEncoding(); err != nil {
		return nil, err
	}
	if err := p.Walk(ruleForms, p.visit); err != nil {
		return nil, err
	}
	if err := p.CheckWhole(); err != nil {
		return nil, err
	}
	if len(p.rules) == 0 {
		return nil, p.Errorf(0, "a rule begins with [[rule]] on a line of its own", "there is no rule in it")
	}
	for _, r := range p.rules {
		if err := p.check(r); err != nil {
			return nil, err
		}
	}
	return p.done(), nil
}

var (
	ruleKeys    = []string{"type", "event", "key", "text", "reply"}
	articleKeys = []string{"title", "description", "pic_url", "url"}
	ruleForms   = tomldoc.Hints{Table: "[[rule]]", Keys: slices.Concat(ruleKeys, []string{
		"content", "media_id", "thumb_media_id", "title", "description", "url", "hq_url", "articles", "pic_url", "account",
	})}
)

type rulesParser struct {
	*tomldoc.Text
	in    []string // the table that keys are in
	rules []*ruleDraft
}

// ruleDraft is a rule that is being read.
type ruleDraft struct {
	rule
	at       int            // of its header
	replyAt  int            // of its reply; -1 without
	keysAt   map[string]int // of the reply's keys
	articles []*articleDraft
}

type articleDraft struct {
	at     int
	values map[string]string
}

func (p *rulesParser) visit(e *unstable.Node) error {
	if e.Kind == unstable.KeyValue {
		return p.pair(p.in, e)
	}
	path, at := tomldoc.KeyPath(nil, e)
	p.in = path
	list := e.Kind == unstable.ArrayTable
	switch where := strings.Join(path, "."); {
	case where == "rule" && list:
		p.rules = append(p.rules, &ruleDraft{at: at, replyAt: -1, keysAt: map[string]int{}})
		return nil
	case where == "rule":
		return p.Errorf(at, "write [[rule]]", "a rule has two pairs of brackets")
	case where == "rule.reply" && !list:
		return p.reply(at)
	case where == "rule.reply.articles" && list:
		return p.article(at)
	}
	hint := "the table is [[rule]]"
	if best := tomldoc.Near(path[0], []string{"rule"}); best != "" && len(path) == 1 {
		hint = "did you mean [[" + best + "]]?"
	}
	return p.Errorf(at, hint, "unknown table [%s]", tomldoc.Dotted(path))
}

// last is the rule that is being read.
func (p *rulesParser) last() *ruleDraft {
	if len(p.rules) == 0 {
		return nil
	}
	return p.rules[len(p.rules)-1]
}

func (p *rulesParser) reply(at int) error {
	r := p.last()
	if r == nil {
		return p.Errorf(at, "write [[rule]] above it", "a reply stands in no rule")
	}
	if r.replyAt < 0 {
		r.replyAt = at
	}
	return nil
}

func (p *rulesParser) article(at int) error {
	if err := p.reply(at); err != nil {
		return err
	}
	r := p.last()
	if _, again := r.keysAt["articles"]; !again {
		r.keysAt["articles"] = at
	}
	r.articles = append(r.articles, &articleDraft{at: at, values: map[string]string{}})
	return nil
}

// pair takes KEY = VALUE, in a table or in { }.
func (p *rulesParser) pair(in []string, e *unstable.Node) error {
	path, at := tomldoc.KeyPath(in, e)
	if path[0] != "rule" {
		if slices.Contains(ruleKeys, path[len(path)-1]) {
			return p.Errorf(at, "write [[rule]] on a line above it", "%s stands in no rule", path[len(path)-1])
		}
		return p.unknown(path[len(path)-1], at, ruleKeys)
	}
	if p.last() == nil {
		return p.Errorf(at, "write [[rule]] on a line of its own", "a rule has two pairs of brackets")
	}
	value := e.Value()
	switch where := strings.Join(path[:len(path)-1], "."); {
	case where == "rule" && path[1] == "reply" && value.Kind == unstable.InlineTable:
		if err := p.reply(at); err != nil {
			return err
		}
		return p.table(path, value)
	case where == "rule" && path[1] == "reply":
		return p.Errorf(at, `write reply = { type = "text", content = "…" }`, "reply is %s, not a table", tomldoc.KindName(value.Kind))
	case where == "rule":
		return p.condition(path[1], at, value)
	case where == "rule.reply" && path[2] == "articles":
		return p.list(path, at, value)
	case where == "rule.reply":
		return p.replyKey(path[2], at, value)
	case where == "rule.reply.articles":
		return p.articleKey(path[3], at, value)
	}
	return p.unknown(path[len(path)-1], at, ruleKeys)
}

func (p *rulesParser) table(path []string, value *unstable.Node) error {
	for it := value.Children(); it.Next(); {
		if err := p.pair(path, it.Node()); err != nil {
			return err
		}
	}
	return nil
}

// list takes articles = [{ … }, { … }].
func (p *rulesParser) list(path []string, at int, value *unstable.Node) error {
	const hint = `write articles = [{ title = "…", url = "…" }]`
	if value.Kind != unstable.Array {
		return p.Errorf(at, hint, "articles is %s, not a list", tomldoc.KindName(value.Kind))
	}
	p.last().keysAt["articles"] = at
	for it := value.Children(); it.Next(); {
		if it.Node().Kind != unstable.InlineTable {
			return p.Errorf(at, hint, "an article is %s, not a table", tomldoc.KindName(it.Node().Kind))
		}
		if err := p.article(at); err != nil {
			return err
		}
		if err := p.table(path, it.Node()); err != nil {
			return err
		}
	}
	return nil
}

func (p *rulesParser) text(name string, at int, value *unstable.Node) (string, error) {
	if value.Kind != unstable.String {
		return "", p.Errorf(at, "put it in double quotes: "+name+` = "…"`, "%s is %s, not text", name, tomldoc.KindName(value.Kind))
	}
	return string(value.Data), nil
}

// condition takes what a message must be like.
func (p *rulesParser) condition(name string, at int, value *unstable.Node) error {
	if !slices.Contains(ruleKeys, name) {
		return p.unknown(name, at, ruleKeys)
	}
	s, err := p.text(name, at, value)
	if err != nil {
		return err
	}
	if s == "" {
		return p.Errorf(at, "leave it out: a rule without "+name+" fits every one", "%s is empty", name)
	}
	r := p.last()
	switch name {
	case "type":
		return p.kind(r, at, s)
	case "event":
		r.event = s
		return nil
	case "key":
		if r.key, err = regexp.Compile(s); err == nil {
			r.key, err = regexp.Compile(`^(?:` + s + `)$`)
		}
	default:
		r.text, err = regexp.Compile(s)
	}
	if err != nil {
		return p.Errorf(at, "see https://pkg.go.dev/regexp/syntax; TOML takes '…' for text with backslashes",
			"%s is no regular expression: %s", name, text.Line(strings.TrimPrefix(err.Error(), "error parsing regexp: ")))
	}
	return nil
}

func (p *rulesParser) kind(r *ruleDraft, at int, name string) error {
	if name == "event" || name == "message" {
		r.any = name
		return nil
	}
	t, ok := message.LookupType(name)
	if !ok {
		names := []string{"event", "message"}
		for _, t := range message.Types() {
			names = append(names, t.Name)
		}
		hint := "'wxdev send list' shows the types"
		if best := tomldoc.Near(name, names); best != "" {
			hint = "did you mean " + best + "?"
		}
		return p.Errorf(at, hint, "there is no message type %s", tomldoc.Quote(name))
	}
	r.rule.kind = t
	return nil
}

func (p *rulesParser) replyKey(name string, at int, value *unstable.Node) error {
	if err := p.reply(at); err != nil {
		return err
	}
	if name != "type" && !slices.Contains(ruleForms.Keys, name) {
		return p.unknown(name, at, slices.Concat([]string{"type"}, ruleForms.Keys[len(ruleKeys):]))
	}
	text, err := p.text(name, at, value)
	if err != nil {
		return err
	}
	r := p.last()
	r.keysAt[name] = at
	if r.reply.values == nil {
		r.reply.values = map[string]string{}
	}
	if name == "type" {
		r.reply.kind = text
		return nil
	}
	r.reply.values[name] = text
	return nil
}

func (p *rulesParser) articleKey(name string, at int, value *unstable.Node) error {
	if !slices.Contains(articleKeys, name) {
		return p.unknown(name, at, articleKeys)
	}
	text, err := p.text(name, at, value)
	if err != nil {
		return err
	}
	r := p.last()
	if len(r.articles) == 0 { // articles.title = "…", which is no list
		return p.Errorf(at, "write [[rule.reply.articles]] above it", "an article stands in no list")
	}
	r.articles[len(r.articles)-1].values[name] = text
	return nil
}

func (p *rulesParser) unknown(name string, at int, keys []string) error {
	hint := "the keys here are " + tomldoc.List(keys, "and")
	if best := tomldoc.Near(name, keys); best != "" {
		hint = "did you mean " + best + "?"
	}
	return p.Errorf(at, hint, "unknown key %s", tomldoc.Quote(name))
}

// check demands of a whole rule that its reply can be made.
func (p *rulesParser) check(r *ruleDraft) error {
	const example = `write reply = { type = "text", content = "…" }`
	if r.replyAt < 0 {
		return p.Errorf(r.at, example, "the rule has no reply")
	}
	kind := r.reply.kind
	if kind == "" {
		return p.Errorf(r.replyAt, example, "the reply has no type")
	}
	keys, ok := replyKeys(kind)
	if !ok {
		return p.noKind(r)
	}
	for _, name := range slices.Sorted(maps.Keys(r.keysAt)) {
		at := r.keysAt[name]
		if name != "type" && !slices.ContainsFunc(keys, func(k string) bool { return strings.TrimSuffix(k, "*") == name }) {
			return p.Errorf(at, "take it out, or give the reply another type", "a reply of type %s has no %s", kind, name)
		}
	}
	for _, k := range keys {
		name, required := strings.CutSuffix(k, "*")
		if required && r.reply.values[name] == "" && len(r.articles) == 0 {
			return p.Errorf(r.keysAt["type"], "write it into the reply", "a reply of type %s needs %s", kind, name)
		}
	}
	for _, a := range r.articles {
		if a.values["title"] == "" {
			return p.Errorf(a.at, `write title = "…"`, "an article has no title")
		}
	}
	return nil
}

func (p *rulesParser) noKind(r *ruleDraft) error {
	var names []string
	for _, k := range replyKinds {
		names = append(names, k.name)
	}
	hint := "it takes " + tomldoc.List(names, "or")
	if best := tomldoc.Near(r.reply.kind, names); best != "" {
		hint = "did you mean " + best + "?"
	}
	return p.Errorf(r.keysAt["type"], hint, "there is no reply type %s", tomldoc.Quote(r.reply.kind))
}

func (p *rulesParser) done() *Rules {
	rules := &Rules{}
	for _, d := range p.rules {
		for _, a := range d.articles {
			d.reply.articles = append(d.reply.articles, reply.Article{
				Title: a.values["title"], Description: a.values["description"], PicURL: a.values["pic_url"], URL: a.values["url"],
			})
		}
		rules.list = append(rules.list, &d.rule)
	}
	return rules
}
