package config

import (
	"errors"
	"slices"

	"github.com/wxdev/wxdev/internal/tomldoc"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// parse reads the text of a config file. Every error names line and column,
// and shows nothing of a line: it may hold a secret.
func parse(shown string, data []byte) (*file, error) {
	p := &parser{
		text: tomldoc.New(shown, data),
		file: &file{shown: shown, tables: map[string]table{"": {}}},
	}
	root, faulty := p.text.Parse()
	if root == nil {
		return nil, p.explain(faulty)
	}
	if err := p.visitAll(root.Children); err != nil {
		return nil, err
	}
	if faulty != nil {
		return nil, p.explain(faulty)
	}
	return p.file, nil
}

type parser struct {
	text *tomldoc.Text
	file *file
}

// fail is an Error at an offset of the file.
func (p *parser) fail(offset int, hint *finding.Reason, why reason.ID, pairs ...any) error {
	return ours(p.text.Fail(offset, hint, finding.Because(why, pairs...)))
}

// ours makes a mistake that package tomldoc found one of the config.
func ours(found *finding.FileError) error {
	return &Error{Msg: found, Hint: found.Hint}
}

// explain puts into words why there is no tree.
func (p *parser) explain(err error) error {
	var f *tomldoc.Fault
	if errors.As(err, &f) && f.Problem == tomldoc.Again {
		line, _ := p.text.Position(f.FirstAt)
		first := f.First
		switch {
		case f.Header && first.Form == tomldoc.Header:
			return p.fail(f.Offset, finding.Because(reason.HintJoinTables), reason.TableDefinedOnLine, "table", tomldoc.Dotted(first.Path()), "line", line)
		case !f.Header && first.Kind == tomldoc.String && slices.Contains(fileKeys(), first.Key):
			return p.fail(f.Offset, finding.Because(reason.HintKeepOne), reason.KeySetOnLine, "key", first.Key, "line", line)
		}
	}
	return ours(p.text.Explain(err, tomldoc.Hints{Table: "[account]", Keys: fileKeys()}))
}

func (p *parser) visitAll(nodes []*tomldoc.Node) error {
	for _, n := range nodes {
		if err := p.visit(n); err != nil {
			return err
		}
	}
	return nil
}

// visit takes a table or a key of the file, and what is in it.
func (p *parser) visit(n *tomldoc.Node) error {
	switch {
	case n.Kind == tomldoc.Array && n.Form == tomldoc.Header:
		return p.fail(n.KeyAt, finding.Because(reason.HintOneBracket), reason.IsTableList)
	case n.Kind != tomldoc.Table:
		return p.value(n)
	case n.Form == tomldoc.Header || n.Form == tomldoc.Value:
		if err := p.enter(n.Path(), n.KeyAt); err != nil {
			return err
		}
	}
	return p.visitAll(n.Children)
}

// enter checks that the file may have a table called path.
func (p *parser) enter(path []string, offset int) error {
	switch {
	case path[0] == "account" && len(path) == 1, path[0] == "profile" && len(path) == 1, path[0] == "account" && len(path) == 2 && path[1] == apiSecurity:
		return nil
	case path[0] == "profile" && len(path) == 3 && path[2] == apiSecurity:
		return p.addProfile(path[1], offset)
	case path[0] == "profile" && len(path) == 2:
		return p.addProfile(path[1], offset)
	case path[0] == "account" || path[0] == "profile":
		return p.fail(offset, finding.Because(reason.HintTables), reason.TableUnknown, "table", tomldoc.Dotted(path))
	}
	hint := finding.Because(reason.HintTables)
	if best := tomldoc.Near(path[0], []string{"account", "profile"}); best != "" {
		hint = tomldoc.DidYouMean("[" + tomldoc.Dotted(append([]string{best}, path[1:]...)) + "]")
	} else if len(path) == 1 {
		hint = finding.Because(reason.HintProfileTable, "table", "[profile."+tomldoc.Dotted(path)+"]")
	}
	return p.fail(offset, hint, reason.TableUnknown, "table", tomldoc.Dotted(path))
}

func (p *parser) addProfile(name string, offset int) error {
	if name == "" {
		return p.fail(offset, finding.Because(reason.HintNameIt), reason.ProfileWithoutName)
	}
	if p.file.tables[name] == nil {
		p.file.tables[name] = table{}
		p.file.profiles = append(p.file.profiles, name)
	}
	return nil
}

// value takes KEY = VALUE, wherever it is.
func (p *parser) value(n *tomldoc.Node) error {
	path := n.Path()
	known := slices.Contains(fileKeys(), n.Key)
	switch {
	case path[0] == "account" && len(path) == 3 && path[1] == apiSecurity:
		return p.setSecurity("", n)
	case path[0] == "profile" && len(path) == 4 && path[2] == apiSecurity:
		if err := p.addProfile(path[1], n.KeyAt); err != nil {
			return err
		}
		return p.setSecurity(path[1], n)
	case path[0] == "account" && len(path) == 2:
		return p.set("", n)
	case path[0] == "profile" && len(path) == 3:
		if err := p.addProfile(path[1], n.KeyAt); err != nil {
			return err
		}
		return p.set(path[1], n)
	case len(path) == 1 && known:
		return p.fail(n.KeyAt, finding.Because(reason.HintHeaderAbove, "header", "[account]"), reason.KeyInNoTable, "key", tomldoc.Quote(n.Key))
	case path[0] == "profile" && len(path) == 2 && known:
		return p.fail(n.KeyAt, finding.Because(reason.HintNameProfile), reason.KeyUnderProfile, "key", tomldoc.Quote(n.Key))
	case len(path) == 1 && (n.Key == "account" || n.Key == "profile"):
		return p.fail(n.KeyAt, finding.Because(reason.HintOwnLine, "header", "["+n.Key+"]"), reason.KindOther, "key", tomldoc.Quote(n.Key), "got", n.Kind, "want", tomldoc.Table)
	}
	return p.unknown(n)
}

// set stores one value of a table.
func (p *parser) set(profile string, n *tomldoc.Node) error {
	k := Key(n.Key)
	if !slices.Contains(fileKeys(), n.Key) {
		return p.unknown(n)
	}
	s, hint := n.Text, finding.Because(reason.HintBool)
	var err error
	if k == protect {
		_, err = n.AsBool()
	} else {
		hint = tomldoc.PutInQuotes(n.Key)
		s, err = n.AsText()
	}
	if err != nil {
		return ours(p.text.Refuse(err, hint))
	}
	p.store(profile, k, s, n)
	return nil
}

func (p *parser) store(profile string, k Key, text string, n *tomldoc.Node) {
	line, column := p.text.Position(n.KeyAt)
	p.file.tables[profile][k] = entry{text, line, column}
}

// setSecurity stores one value of the table of signed calls.
func (p *parser) setSecurity(profile string, n *tomldoc.Node) error {
	if keys := securityKeys(); !slices.Contains(keys, n.Key) {
		return ours(p.text.Refuse(n.Unknown(keys), finding.Because(reason.HintAPISecurity, "keys", finding.AllOf(keys))))
	}
	s, err := n.AsText()
	if err != nil {
		return ours(p.text.Refuse(err, tomldoc.PutInQuotes(n.Key)))
	}
	p.store(profile, Key(apiSecurity+"."+n.Key), s, n)
	return nil
}

func (p *parser) unknown(n *tomldoc.Node) error {
	return ours(p.text.Refuse(n.Unknown(fileKeys()), finding.Because(reason.HintKeys, "keys", finding.AllOf(fileKeys()))))
}
