package receiver

import (
	"regexp"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/tomldoc"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/message"
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
// description, url and hq_url, and transfer with an optional account. The error
// is a [*finding.FileError].
func ParseRules(name string, data []byte) (*Rules, error) {
	p := &rulesParser{Text: tomldoc.New(text.Line(name), data)}
	root, faulty := p.Parse()
	if root == nil {
		return nil, p.Explain(faulty, tomldoc.Hints{Table: "[[rule]]", Keys: slices.Concat(ruleKeys, fieldKeys)})
	}
	for _, n := range root.Children {
		if err := p.top(n); err != nil {
			return nil, err
		}
	}
	if faulty != nil {
		return nil, p.Explain(faulty, tomldoc.Hints{Table: "[[rule]]", Keys: slices.Concat(ruleKeys, fieldKeys)})
	}
	if len(p.rules) == 0 {
		return nil, p.Fail(0, finding.Because(reason.HintRuleBegins), finding.Because(reason.FileWithoutRule))
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
	fieldKeys   = []string{"content", "media_id", "thumb_media_id", "title", "description", "url", "hq_url", "articles", "pic_url", "account"}
)

type rulesParser struct {
	*tomldoc.Text
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

// written returns what the file writes out: n, or for a table that is only a
// part of a longer key or header, what that leads to.
func written(n *tomldoc.Node) *tomldoc.Node {
	for n.Form == tomldoc.DottedKey || n.Form == tomldoc.Implicit {
		n = n.Children[0]
	}
	return n
}

// top takes a table or a key of the file.
func (p *rulesParser) top(n *tomldoc.Node) error {
	first := written(n)
	switch {
	case n.Key != "rule" && first.Form == tomldoc.Header:
		return p.unknownTable(first)
	case n.Key != "rule" && slices.Contains(ruleKeys, first.Key):
		return p.Fail(first.KeyAt, finding.Because(reason.HintRuleAbove), finding.Because(reason.OutsideRule, "key", first.Key))
	case n.Key != "rule":
		return p.unknown(first, ruleKeys)
	case first.Form != tomldoc.Header:
		return p.Fail(first.KeyAt, finding.Because(reason.HintOwnLine, "header", "[[rule]]"), finding.Because(reason.RuleBrackets))
	case first != n:
		return p.stray(first)
	case n.Kind != tomldoc.Array:
		return p.Fail(n.KeyAt, tomldoc.Write("[[rule]]"), finding.Because(reason.RuleBrackets))
	}
	for _, r := range n.Children {
		if err := p.rule(r); err != nil {
			return err
		}
	}
	return nil
}

// stray is the error for a header of a part of a rule without the rule.
func (p *rulesParser) stray(n *tomldoc.Node) error {
	switch where := strings.Join(n.Path(), "."); {
	case where == "rule.reply" && n.Kind == tomldoc.Table, where == "rule.reply.articles" && n.Kind == tomldoc.Array:
		return p.Fail(n.KeyAt, finding.Because(reason.HintRuleAbove), finding.Because(reason.ReplyOutsideRule))
	}
	return p.unknownTable(n)
}

func (p *rulesParser) unknownTable(n *tomldoc.Node) error {
	path := n.Path()
	hint := finding.Because(reason.HintTableIs, "table", "[[rule]]")
	if best := tomldoc.Near(path[0], []string{"rule"}); best != "" && len(path) == 1 {
		hint = tomldoc.DidYouMean("[[" + best + "]]")
	}
	return p.Fail(n.KeyAt, hint, finding.Because(reason.TableUnknown, "table", tomldoc.Dotted(path)))
}

func (p *rulesParser) unknown(n *tomldoc.Node, keys []string) error {
	return p.Refuse(n.Unknown(keys), finding.Because(reason.HintKeysHere, "keys", finding.AllOf(keys)))
}

// value demands that n is KEY = VALUE, with no dots in the key.
func (p *rulesParser) value(n *tomldoc.Node) error {
	switch first := written(n); {
	case first.Form == tomldoc.Header:
		return p.unknownTable(first)
	case first != n:
		return p.unknown(first, ruleKeys)
	}
	return nil
}

// text returns the value of n, whose key has to be one of keys.
func (p *rulesParser) text(n *tomldoc.Node, keys []string) (string, error) {
	if err := p.value(n); err != nil {
		return "", err
	}
	if !slices.Contains(keys, n.Key) {
		return "", p.unknown(n, keys)
	}
	s, err := n.AsText()
	if err != nil {
		return "", p.Refuse(err, tomldoc.PutInQuotes(n.Key))
	}
	return s, nil
}

// rule takes a [[rule]].
func (p *rulesParser) rule(n *tomldoc.Node) error {
	r := &ruleDraft{at: n.At, replyAt: -1, keysAt: map[string]int{}}
	p.rules = append(p.rules, r)
	for _, c := range n.Children {
		var err error
		if c.Key == "reply" {
			err = p.reply(r, c)
		} else {
			err = p.condition(r, c)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// condition takes what a message must be like.
func (p *rulesParser) condition(r *ruleDraft, n *tomldoc.Node) error {
	s, err := p.text(n, ruleKeys)
	if err != nil {
		return err
	}
	if s == "" {
		return p.Fail(n.KeyAt, finding.Because(reason.HintNoCondition, "key", n.Key), finding.Because(reason.KeyEmpty, "key", n.Key))
	}
	switch n.Key {
	case "type":
		return p.kind(r, n.KeyAt, s)
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
		return p.Fail(n.KeyAt, finding.Because(reason.HintPatternRule), finding.Because(reason.KeyNotPattern, "key", n.Key, "error", err))
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
		hint := finding.Because(reason.HintSendList)
		if best := tomldoc.Near(name, names); best != "" {
			hint = tomldoc.DidYouMean(best)
		}
		return p.Fail(at, hint, finding.Because(reason.NoMessageType, "type", tomldoc.Quote(name)))
	}
	r.rule.kind = t
	return nil
}
