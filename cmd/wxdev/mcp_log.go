package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"time"

	"github.com/wxdev/wxdev/internal/mcp"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/emulator/client"
)

const (
	mcpLogLast = 20   // entries that the tool shows unless asked for another number
	mcpLogBody = 2000 // bytes of a body that it shows
)

// mcpLog is what the tool answers.
type mcpLog struct {
	Entries []mcpEntry `json:"entries"`        // the last ones, the oldest first
	More    int        `json:"more,omitempty"` // older ones that are left out
}

type mcpEntry struct {
	ID       int64        `json:"id"`
	Kind     string       `json:"kind"` // api or push
	Time     time.Time    `json:"time"`
	Method   string       `json:"method,omitempty"`
	Path     string       `json:"path,omitempty"`
	Query    string       `json:"query,omitempty"`
	Body     string       `json:"body,omitempty"`
	Status   int          `json:"status"`
	ErrCode  int          `json:"errcode,omitempty"`
	ErrMsg   string       `json:"errmsg,omitempty"`
	Response string       `json:"response,omitempty"`
	User     string       `json:"user,omitempty"`
	Sees     string       `json:"user_sees,omitempty"` // reply, nothing or fault
	Findings []mcpFinding `json:"findings,omitempty"`
}

type mcpFinding struct {
	ID       string `json:"id"`
	Severity string `json:"severity"`
	Title    string `json:"title"`
	Evidence string `json:"evidence,omitempty"`
	Fix      string `json:"fix"`
}

// emulatorLogTool reads the log of an emulator that runs.
func (o *mcpOptions) emulatorLogTool() mcp.Tool {
	property := func(kind string, what words.ID, values ...string) mcp.Property {
		return mcp.Property{Type: kind, Description: o.say(what), Enum: values}
	}
	return mcp.Tool{
		Name: "emulator_log", Description: o.say(words.MCPLog),
		Input: mcp.Schema{Type: "object", Required: []string{"url"}, Properties: map[string]mcp.Property{
			"url":      property("string", words.MCPLogURL),
			"kind":     property("string", words.MCPLogKind, "api", "push"),
			"path":     property("string", words.MCPLogPath),
			"contains": property("string", words.MCPLogContains),
			"after":    property("integer", words.MCPLogAfter),
			"last":     property("integer", words.MCPLogLast),
		}},
		Call: o.emulatorLog,
	}
}

func (o *mcpOptions) emulatorLog(ctx context.Context, given map[string]json.RawMessage) (mcp.Result, error) {
	var asked struct {
		URL, Kind, Path, Contains string
		After                     int64
		Last                      int
	}
	for name, into := range map[string]any{"url": &asked.URL, "kind": &asked.Kind, "path": &asked.Path, "contains": &asked.Contains, "after": &asked.After, "last": &asked.Last} {
		if v := given[name]; v != nil {
			_ = json.Unmarshal(v, into) // its type has been checked
		}
	}
	if asked.Last <= 0 {
		asked.Last = mcpLogLast
	}
	_, _ = o.load(o.cmd) // for its secrets: what is wrong with it is of no matter here
	ctx, stop := context.WithTimeout(ctx, 10*time.Second)
	defer stop()
	c := &client.Client{BaseURL: asked.URL}
	entries, err := c.Log(ctx, client.Match{Kind: asked.Kind, Path: asked.Path, Contains: asked.Contains, After: asked.After})
	if err != nil {
		var sent *url.Error // which has the address, and Go's words for the rest
		if errors.As(err, &sent) {
			err = sent.Err
		}
		return mcp.Result{Text: "wxdev: " + o.errorText(failed(words.MCPErrLog, "url", quoted(asked.URL), "error", cause(err))), Failed: true}, nil
	}
	doc := mcpLog{Entries: []mcpEntry{}, More: max(0, len(entries)-asked.Last)}
	for _, e := range entries[doc.More:] {
		doc.Entries = append(doc.Entries, logEntry(e))
	}
	object, err := doc.fitted()
	object = []byte(o.known.Text(string(object)))
	return mcp.Result{Text: string(object), Object: object}, err
}

// fitted is the log as JSON, without the oldest entries where all would be too long.
func (d *mcpLog) fitted() ([]byte, error) {
	size, from := 0, len(d.Entries)
	for ; from > 0; from-- {
		entry, err := json.Marshal(d.Entries[from-1])
		if err != nil {
			return nil, err
		}
		if size += len(entry) + 1; size > mcp.MaxText-100 && from < len(d.Entries) {
			break
		}
	}
	d.Entries, d.More = d.Entries[from:], d.More+from
	return json.Marshal(d)
}

func logEntry(e client.Entry) mcpEntry {
	cut := func(s string) string { head, _ := text.Head(s, mcpLogBody); return head }
	doc := mcpEntry{
		ID: e.ID, Kind: e.Kind, Time: e.Time, Method: cut(e.Method), Path: cut(e.Path), Query: cut(e.Query), Body: cut(e.Body), Status: e.Status,
		ErrCode: e.ErrCode, ErrMsg: e.ErrMsg, Response: cut(e.Response), User: e.User,
	}
	if e.Push != nil {
		doc.Sees = e.Push.Seen
		for _, f := range e.Push.Findings {
			doc.Findings = append(doc.Findings, mcpFinding{f.ID, f.Severity, f.Title, f.Evidence, f.Fix})
		}
	}
	return doc
}
