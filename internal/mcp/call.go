package mcp

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// toolView is a tool as tools/list has it.
type toolView struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Input       Schema `json:"inputSchema"`
	Hints       hints  `json:"annotations"`
}

type hints struct {
	ReadOnly bool `json:"readOnlyHint"`
}

func (s *Server) views() []toolView {
	all := []toolView{}
	for _, t := range s.Tools {
		all = append(all, toolView{t.Name, t.Description, t.Input, hints{!t.Changes}})
	}
	return all
}

// content is a result as tools/call has it.
type content struct {
	Content []text          `json:"content"`
	Object  json.RawMessage `json:"structuredContent,omitempty"`
	Failed  bool            `json:"isError"`
}

type text struct {
	Type string `json:"type"` // always text
	Text string `json:"text"`
}

// call starts a call of a tool.
func (c *session) call(ctx context.Context, m message) {
	var asked struct {
		Name      string                     `json:"name"`
		Arguments map[string]json.RawMessage `json:"arguments"`
	}
	if json.Unmarshal(m.Params, &asked) != nil {
		c.refuse(m.ID, invalidParams, "tools/call has a name and an object of arguments")
		return
	}
	i := slices.IndexFunc(c.server.Tools, func(t Tool) bool { return t.Name == asked.Name })
	if why := c.server.Missing[asked.Name]; i < 0 && why != "" {
		c.answer(m.ID, content{Content: []text{{"text", why}}, Failed: true})
		return
	}
	if i < 0 {
		c.refuse(m.ID, invalidParams, "there is no such tool; there are "+strings.Join(c.server.names(), ", "))
		return
	}
	tool := c.server.Tools[i]
	if why := tool.Input.wrong(asked.Arguments); why != "" {
		c.answer(m.ID, content{Content: []text{{"text", why}}, Failed: true})
		return
	}
	c.queue(ctx, job{m.ID, tool, asked.Arguments})
}

// job is a call that waits for its turn.
type job struct {
	id        json.RawMessage
	tool      Tool
	arguments map[string]json.RawMessage
}

// queue has a call done in its turn.
func (c *session) queue(ctx context.Context, j job) {
	ctx, cancel := context.WithCancel(ctx)
	c.mu.Lock()
	_, twice := c.running[string(j.id)]
	full := len(c.running) >= maxCalls
	if !twice && !full {
		c.running[string(j.id)] = cancel
	}
	c.mu.Unlock()
	switch {
	case twice:
		cancel()
		c.refuse(j.id, invalidRequest, "a call with this id is running")
	case full:
		cancel()
		c.refuse(j.id, busyError, "too many calls wait already")
	default:
		c.jobs <- func() { // it has room for maxCalls
			defer c.done(string(j.id), cancel)
			c.do(ctx, j)
		}
	}
}

func (c *session) done(id string, cancel context.CancelFunc) {
	cancel()
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.running, id)
}

// do makes a call and answers, unless it was taken back.
func (c *session) do(ctx context.Context, j job) {
	if ctx.Err() != nil {
		return
	}
	result, err := j.tool.Call(ctx, j.arguments)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		result = Result{Text: err.Error(), Failed: true}
	}
	if len(result.Text) > MaxText {
		result = c.server.cut(result)
	}
	c.answer(j.id, content{[]text{{"text", result.Text}}, result.Object, result.Failed})
}

// cut leaves the beginning of a text, whole characters, and no object: half of one
// is none.
func (s *Server) cut(r Result) Result {
	at := MaxText
	for at > 0 && !utf8.RuneStart(r.Text[at]) {
		at--
	}
	head := r.Text[:at]
	if s.Cut != nil {
		head += "\n" + s.Cut(at, len(r.Text))
	}
	return Result{Text: head, Failed: r.Failed}
}

func (s *Server) names() []string {
	var all []string
	for _, t := range s.Tools {
		all = append(all, t.Name)
	}
	return all
}

// wrong says what is wrong with arguments, for the model to mend; "" is nothing.
func (s Schema) wrong(arguments map[string]json.RawMessage) string {
	for name, value := range arguments {
		p, ok := s.Properties[name]
		switch {
		case !ok && s.Missing[name] != "":
			return s.Missing[name]
		case !ok:
			return "there is no such argument as " + quote(name)
		case !p.takes(value) && len(p.Enum) > 0:
			return quote(name) + " is to be one of " + strings.Join(p.Enum, ", ")
		case !p.takes(value):
			return quote(name) + " is to be of type " + p.Type
		}
	}
	for _, name := range s.Required {
		if _, ok := arguments[name]; !ok {
			return quote(name) + " is missing"
		}
	}
	return ""
}

func (p Property) takes(value json.RawMessage) bool {
	switch p.Type {
	case "boolean":
		return json.Unmarshal(value, new(bool)) == nil && string(value) != "null"
	case "integer":
		return json.Unmarshal(value, new(int)) == nil && string(value) != "null"
	case "array":
		var items []json.RawMessage
		if json.Unmarshal(value, &items) != nil || items == nil {
			return false
		}
		return !slices.ContainsFunc(items, func(v json.RawMessage) bool { return !p.Items.takes(v) })
	}
	var s *string
	return json.Unmarshal(value, &s) == nil && s != nil && (len(p.Enum) == 0 || slices.Contains(p.Enum, *s))
}

// quote shows a name, which may be anything.
func quote(s string) string {
	if r := []rune(s); len(r) > 60 {
		s = string(r[:60]) + "…"
	}
	b, _ := json.Marshal(s)
	return string(b)
}
