package api

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// maxPages ends a list that never ends: at 10,000 users a page it is more than
// there are people.
const maxPages = 1_000_000

// Page is one page of a list.
type Page struct {
	Items    []json.RawMessage
	ByOffset bool // the list goes by offset and count, not by next_openid
}

// Pages makes a call for each page of a list, beginning with the page that r
// asks for, and shows them to visit. It knows the two forms that WeChat's
// lists have: those with next_openid in answer and request, such as
// /cgi-bin/user/get, and those with offset and count in the body and
// total_count in the answer, such as /cgi-bin/material/batchget_material.
func (c *Client) Pages(ctx context.Context, r Request, visit func(Page) error) error {
	r, err := withQuery(r)
	if err != nil {
		return err
	}
	at := offset(r.Body) // of the page that is next
	seen := 0
	last := ""
	for range maxPages {
		resp, err := c.Do(ctx, r)
		if err != nil {
			return err
		}
		p, err := readPage(resp)
		if err != nil {
			return err
		}
		seen, at = seen+len(p.items), at+len(p.items)
		if err := visit(Page{p.items, !p.byOpenID}); err != nil {
			return err
		}
		switch {
		case len(p.items) == 0,
			p.byOpenID && (p.next == "" || int64(seen) >= p.total),
			!p.byOpenID && int64(at) >= p.total:
			return nil
		}
		if p.byOpenID && p.next == last {
			return &Error{Op: r.op(), Msg: "the list does not end: two pages have the same next_openid"}
		}
		last = p.next
		if r, err = p.turn(r, at); err != nil {
			return err
		}
	}
	return &Error{Op: r.op(), Msg: fmt.Sprintf("the list does not end after %d pages", maxPages)}
}

// page is a page, and where the next begins.
type page struct {
	items    []json.RawMessage
	total    int64
	byOpenID bool
	next     string
}

func readPage(resp *Response) (page, error) {
	var answer struct {
		Total *int64 `json:"total"`
		Data  struct {
			OpenIDs []json.RawMessage `json:"openid"`
		} `json:"data"`
		Count      *int64            `json:"count"`
		NextOpenID *string           `json:"next_openid"`
		TotalCount *int64            `json:"total_count"`
		Items      []json.RawMessage `json:"item"`
	}
	if err := resp.Decode(&answer); err != nil {
		return page{}, err
	}
	switch {
	case answer.NextOpenID != nil || answer.Total != nil && answer.Count != nil:
		p := page{items: answer.Data.OpenIDs, total: 1 << 62, byOpenID: true}
		if answer.NextOpenID != nil {
			p.next = *answer.NextOpenID
		}
		if answer.Total != nil { // a tag's lists have none
			p.total = *answer.Total
		}
		return p, nil
	case answer.TotalCount != nil:
		return page{items: answer.Items, total: *answer.TotalCount}, nil
	}
	return page{}, &Error{Op: resp.op, Msg: "the answer is not a paged list: it has neither next_openid nor total_count"}
}

// withQuery moves the query of the path to where turn can change it.
func withQuery(r Request) (Request, error) {
	path, query, ok := strings.Cut(r.Path, "?")
	if !ok {
		return r, nil
	}
	all, err := url.ParseQuery(query)
	if err != nil {
		return r, &Error{Op: r.op(), Msg: "the query in the path has a bad percent-encoding"}
	}
	for name, values := range r.Query {
		all[name] = append(all[name], values...)
	}
	r.Path, r.Query = path, all
	return r, nil
}

// offset is where a body asks the list to begin, 0 if it does not say.
func offset(body []byte) int {
	var b struct {
		Offset int `json:"offset"`
	}
	if json.Unmarshal(body, &b) != nil || b.Offset < 0 {
		return 0
	}
	return b.Offset
}

// turn returns the request for the next page.
func (p page) turn(r Request, at int) (Request, error) {
	if p.byOpenID && r.method() == http.MethodGet {
		q := url.Values{}
		maps.Copy(q, r.Query)
		q.Set("next_openid", p.next)
		r.Query = q
		return r, nil
	}
	var body map[string]json.RawMessage
	if err := json.Unmarshal(r.Body, &body); err != nil {
		return r, &Error{Op: r.op(), Msg: "the body of a call for pages must be a JSON object", Err: err}
	}
	if p.byOpenID {
		next, err := Encode(p.next)
		if err != nil {
			return r, err
		}
		field := "next_openid"
		if _, ok := body["begin_openid"]; ok { // the blocklist's name for it
			field = "begin_openid"
		}
		body[field] = next
	} else {
		body["offset"] = json.RawMessage(strconv.Itoa(at))
	}
	next, err := Encode(body)
	r.Body = next
	return r, err
}
