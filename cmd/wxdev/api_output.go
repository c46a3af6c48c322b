package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/api"
	"github.com/wxdev/wxdev/pkg/finding"
)

// print writes the answer, or the one value of it that --field names.
func (o *apiOptions) print(body []byte) error {
	if o.field != "" {
		value, err := pick(body, o.field)
		if err != nil {
			return err
		}
		return o.printValue(value)
	}
	w := o.env.Out
	isJSON := json.Valid(body)
	switch {
	case isJSON && (o.env.OutTTY || o.pretty):
		return writeJSON(w, json.RawMessage(body))
	case !o.env.OutTTY:
		if !utf8.Valid(body) {
			w = o.env.Plain // a picture stays one
		}
		_, err := w.Write(body)
		return err
	case !utf8.Valid(body):
		return withHint(failed(words.APIErrBinary, "n", len(body)), hint(words.APIHintBinary))
	}
	_, err := fmt.Fprintln(w, strings.TrimSuffix(text.Block(string(body)), "\n"))
	return err
}

// apiJSON is what api --json prints.
type apiJSON struct {
	outcome

	Account accountJSON     `json:"account"`
	Method  string          `json:"method"`
	Path    string          `json:"path"`
	Answer  json.RawMessage `json:"answer,omitempty"`        // or the part that --field names
	Bytes   []byte          `json:"answer_base64,omitempty"` // where it is not JSON
	File    string          `json:"file,omitempty"`          // that -o has written the answer to
}

func (o *apiOptions) printJSON(body []byte) error {
	doc := apiJSON{outcome: newOutcome(true), Account: o.account(), Method: o.method, Path: o.path, File: o.output}
	switch {
	case o.output != "":
	case o.field != "":
		var err error
		if doc.Answer, err = pick(body, o.field); err != nil {
			return err
		}
	case json.Valid(body):
		doc.Answer = body
	default:
		doc.Bytes = body
	}
	return writeJSON(o.env.Out, doc)
}

// printValue writes a text as it is, and anything else as JSON.
func (o *apiOptions) printValue(value json.RawMessage) error {
	var content string
	if json.Unmarshal(value, &content) == nil && value[0] == '"' {
		if o.env.OutTTY {
			content = text.Block(content)
		}
		_, err := fmt.Fprintln(o.env.Out, content)
		return err
	}
	if o.env.OutTTY || o.pretty {
		return writeJSON(o.env.Out, value)
	}
	_, err := fmt.Fprintf(o.env.Out, "%s\n", value)
	return err
}

// pick finds a value by its path: names of fields and places in lists, from 0.
func pick(body []byte, path string) (json.RawMessage, error) {
	if !json.Valid(body) {
		return nil, failed(words.APIErrFieldJSON, "path", quoted(path))
	}
	value := json.RawMessage(bytes.TrimSpace(body))
	at := ""
	for name := range strings.SplitSeq(path, ".") {
		next, why := step(value, name)
		if why != nil {
			where := hint(words.APIAnswer)
			if at != "" {
				where = literal(quoted(at[1:]))
			}
			return nil, withHint(failed(words.APIErrField, "path", quoted(path), "where", where, "name", quoted(name)), why)
		}
		value = next
		at += "." + name
	}
	return value, nil
}

// step goes one name down, or says what is there instead.
func step(value json.RawMessage, name string) (next json.RawMessage, why finding.Fact) {
	switch value[0] {
	case '{':
		var object map[string]json.RawMessage
		if err := json.Unmarshal(value, &object); err != nil {
			return nil, finding.Failure(err)
		}
		if v, ok := object[name]; ok {
			return v, nil
		}
		names := slices.Sorted(maps.Keys(object))
		if best := text.Nearest(name, names); best != "" {
			return nil, didYouMean(text.Line(best))
		}
		return nil, hint(words.APIHintHas, "names", finding.Names(names...))
	case '[':
		var list []json.RawMessage
		if err := json.Unmarshal(value, &list); err != nil {
			return nil, finding.Failure(err)
		}
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(list) {
			return list[i], nil
		}
		return nil, hint(words.APIHintList, "n", len(list))
	}
	return nil, hint(words.APIHintScalar, "value", finding.Excerpt([]byte(value)))
}

// pages follows a list, and makes one answer of all its pages.
func (o *apiOptions) pages(ctx context.Context, r api.Request, bar *progress) ([]byte, error) {
	all := []json.RawMessage{} // [] rather than null
	byOffset := false
	room := o.maxList
	err := o.client.Pages(ctx, r, func(p api.Page) error {
		for _, item := range p.Items {
			if room -= len(item); room < 0 {
				return failed(words.APIErrListTooLong, "path", text.Line(r.Path), "limit", o.maxList>>20)
			}
		}
		all = append(all, p.Items...)
		byOffset = p.ByOffset
		bar.Say(fmt.Sprintf("%s: %d", text.Line(r.Path), len(all)))
		return nil
	})
	if err != nil {
		return nil, err
	}
	var list any = offsetList{len(all), len(all), all}
	if !byOffset {
		byID := openIDList{Total: len(all), Count: len(all)}
		byID.Data.OpenIDs = all
		list = byID
	}
	text, err := api.Encode(list)
	return append(text, '\n'), err // a text of ours ends like one
}

// The lists of all pages look as WeChat's would if they fitted into one.
type (
	openIDList struct {
		Total int `json:"total"`
		Count int `json:"count"`
		Data  struct {
			OpenIDs []json.RawMessage `json:"openid"`
		} `json:"data"`
		NextOpenID string `json:"next_openid"`
	}
	offsetList struct {
		TotalCount int               `json:"total_count"`
		ItemCount  int               `json:"item_count"`
		Items      []json.RawMessage `json:"item"`
	}
)
