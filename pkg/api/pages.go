package api

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// standardMaxPages ends a list that never ends. It is 100 million users at
// 10,000 a page, and at 20 a page more materials than an account may have.
const standardMaxPages = 10_000

// Page is one page of a list.
type Page struct {
	Items    []json.RawMessage
	ByOffset bool // the list goes by offset and count, not by next_openid
}

// Pages makes a call for each page of a list, beginning with the page that r
// asks for, and shows them to visit. It knows the two forms that WeChat's
// lists have: those with next_openid in answer and request, such as
// /cgi-bin/user/get, and those with offset and count in the body and
// total_count in the answer, such as /cgi-bin/material/batchget_material. A list
// that comes back to a page, or has more than 10,000, is an error.
func (c *Client) Pages(ctx context.Context, r Request, visit func(Page) error) error {
	r, err := withQuery(r)
	if err != nil {
		return err
	}
	at := offset(r.Body) // of the page that is next
	seen := 0
	turned := map[string]bool{} // by next_openid
	for range c.maxPages {
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
		if p.byOpenID && turned[p.next] {
			return because(r.op(), reason.ListRepeats)
		}
		turned[p.next] = true
		if r, err = p.turn(r, at); err != nil {
			return err
		}
	}
	return because(r.op(), reason.ListEndless, "limit", c.maxPages)
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
	return page{}, because(resp.op, reason.NotPaged)
}

// withQuery moves the query of the path to where turn can change it.
func withQuery(r Request) (Request, error) {
	path, query, ok := strings.Cut(r.Path, "?")
	if !ok {
		return r, nil
	}
	all, err := url.ParseQuery(query)
	if err != nil {
		return r, because(r.op(), reason.PathQueryBroken)
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
		return r, because(r.op(), reason.PagesNeedObject)
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
