package receiver

import (
	"maps"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/internal/tomldoc"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/reply"
)

// reply takes the reply of a rule, whatever form its table has.
func (p *rulesParser) reply(r *ruleDraft, n *tomldoc.Node) error {
	if n.Kind == tomldoc.Array && n.Form == tomldoc.Header {
		return p.unknownTable(n)
	}
	keys, err := n.AsTable()
	if err != nil {
		return p.Refuse(err, tomldoc.Write(replyExample))
	}
	r.replyAt = written(n).KeyAt
	r.reply.values = map[string]string{}
	for _, c := range keys {
		if c.Key == "articles" {
			err = p.articles(r, c)
		} else {
			err = p.replyKey(r, c)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

const replyExample = `reply = { type = "text", content = "…" }`

func (p *rulesParser) replyKey(r *ruleDraft, n *tomldoc.Node) error {
	keys := slices.Concat([]string{"type"}, fieldKeys)
	if slices.Contains(ruleKeys, n.Key) {
		keys = ruleKeys // check says that this type of reply has none
	}
	s, err := p.text(n, keys)
	if err != nil {
		return err
	}
	r.keysAt[n.Key] = n.KeyAt
	if n.Key == "type" {
		r.reply.kind = s
		return nil
	}
	r.reply.values[n.Key] = s
	return nil
}

// articles takes [[rule.reply.articles]] and articles = [{ … }, { … }].
func (p *rulesParser) articles(r *ruleDraft, n *tomldoc.Node) error {
	hint := tomldoc.Write(`articles = [{ title = "…", url = "…" }]`)
	if first := written(n); first.Form == tomldoc.Header && first.Kind != tomldoc.Array {
		return p.unknownTable(first)
	} else if first != n { // articles.title = "…"
		if _, err := p.text(first, articleKeys); err != nil {
			return err
		}
		return p.Fail(first.KeyAt, finding.Because(reason.HintHeaderAbove, "header", "[[rule.reply.articles]]"), finding.Because(reason.ArticleOutside))
	}
	list, err := n.AsArray()
	if err != nil {
		return p.Refuse(err, hint)
	}
	r.keysAt["articles"] = n.KeyAt
	for _, c := range list {
		if c.Kind != tomldoc.Table {
			return p.Fail(n.KeyAt, hint, finding.Because(reason.ArticleNotTable, "got", c.Kind))
		}
		a := &articleDraft{at: n.KeyAt, values: map[string]string{}}
		if c.Form == tomldoc.Header {
			a.at = c.At
		}
		r.articles = append(r.articles, a)
		for _, k := range c.Children {
			if a.values[k.Key], err = p.text(k, articleKeys); err != nil {
				return err
			}
		}
	}
	return nil
}

// check demands of a whole rule that its reply can be made.
func (p *rulesParser) check(r *ruleDraft) error {
	if r.replyAt < 0 {
		return p.Fail(r.at, tomldoc.Write(replyExample), finding.Because(reason.RuleWithoutReply))
	}
	kind := r.reply.kind
	if kind == "" {
		return p.Fail(r.replyAt, tomldoc.Write(replyExample), finding.Because(reason.ReplyWithoutType))
	}
	keys, ok := replyKeys(kind)
	if !ok {
		return p.noKind(r)
	}
	for _, name := range slices.Sorted(maps.Keys(r.keysAt)) {
		at := r.keysAt[name]
		if name != "type" && !slices.ContainsFunc(keys, func(k string) bool { return strings.TrimSuffix(k, "*") == name }) {
			return p.Fail(at, finding.Because(reason.HintOtherReplyType), finding.Because(reason.ReplyHasNo, "type", kind, "key", name))
		}
	}
	for _, k := range keys {
		name, required := strings.CutSuffix(k, "*")
		if required && r.reply.values[name] == "" && len(r.articles) == 0 {
			return p.Fail(r.keysAt["type"], finding.Because(reason.HintAddToReply), finding.Because(reason.ReplyNeeds, "type", kind, "key", name))
		}
	}
	for _, a := range r.articles {
		if a.values["title"] == "" {
			return p.Fail(a.at, tomldoc.Write(`title = "…"`), finding.Because(reason.ArticleWithoutTitle))
		}
	}
	return nil
}

func (p *rulesParser) noKind(r *ruleDraft) error {
	var names []string
	for _, k := range replyKinds {
		names = append(names, k.name)
	}
	hint := finding.Because(reason.HintTakes, "values", finding.AnyOf(names))
	if best := tomldoc.Near(r.reply.kind, names); best != "" {
		hint = tomldoc.DidYouMean(best)
	}
	return p.Fail(r.keysAt["type"], hint, finding.Because(reason.NoReplyType, "type", tomldoc.Quote(r.reply.kind)))
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
