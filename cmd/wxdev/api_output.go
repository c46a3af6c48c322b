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
	"github.com/wxdev/wxdev/pkg/api"
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
		_, err := w.Write(body)
		return err
	case !utf8.Valid(body):
		return withHint(fmt.Errorf("the answer is a file of %d bytes, not for a terminal", len(body)), "-o FILE writes it")
	}
	_, err := fmt.Fprintln(w, strings.TrimSuffix(text.Block(string(body)), "\n"))
	return err
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
		return nil, fmt.Errorf("--field %q: the answer is not JSON", path)
	}
	value := json.RawMessage(bytes.TrimSpace(body))
	at := ""
	for name := range strings.SplitSeq(path, ".") {
		next, err := step(value, name)
		if err != nil {
			where := "the answer"
			if at != "" {
				where = strconv.Quote(at[1:])
			}
			return nil, withHint(fmt.Errorf("--field %q: %s has no %q", path, where, name), err.Error())
		}
		value = next
		at += "." + name
	}
	return value, nil
}

// step goes one name down. Its error is a hint.
func step(value json.RawMessage, name string) (json.RawMessage, error) {
	switch value[0] {
	case '{':
		var object map[string]json.RawMessage
		if err := json.Unmarshal(value, &object); err != nil {
			return nil, err
		}
		if v, ok := object[name]; ok {
			return v, nil
		}
		names := slices.Sorted(maps.Keys(object))
		if best := text.Nearest(name, names); best != "" {
			return nil, fmt.Errorf("did you mean %s?", text.Line(best))
		}
		return nil, fmt.Errorf("it has %s", text.Line(strings.Join(names, ", ")))
	case '[':
		var list []json.RawMessage
		if err := json.Unmarshal(value, &list); err != nil {
			return nil, err
		}
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(list) {
			return list[i], nil
		}
		return nil, fmt.Errorf("it is a list of %d, counted from 0", len(list))
	}
	return nil, fmt.Errorf("it is %s, with nothing in it", text.Excerpt(value))
}

// pages follows a list, and makes one answer of all its pages.
func (o *apiOptions) pages(ctx context.Context, r api.Request, bar *progress) ([]byte, error) {
	var all []json.RawMessage
	byOffset := false
	err := o.client.Pages(ctx, r, func(p api.Page) error {
		all = append(all, p.Items...)
		byOffset = p.ByOffset
		bar.Say(fmt.Sprintf("%s: %d", text.Line(r.Path), len(all)))
		return nil
	})
	if err != nil {
		return nil, err
	}
	if all == nil {
		all = []json.RawMessage{} // [] rather than null
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
