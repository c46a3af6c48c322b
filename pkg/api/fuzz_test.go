package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
)

// FuzzPages: no page makes the reader panic, and what it turns to is a request.
func FuzzPages(f *testing.F) {
	for _, s := range []string{
		`{"total":3,"count":2,"data":{"openid":["a","b"]},"next_openid":"b"}`, `{"count":0,"next_openid":""}`, `{"total_count":5,"item_count":1,"item":[1]}`,
		`{"total":-1,"count":1,"data":{"openid":[null]},"next_openid":"\u0000&"}`, `{"total_count":9223372036854775807,"item":[{}]}`, `[]`, `{"errcode":40001}`, `{"total":1e99}`, `{"next_openid":7}`,
	} {
		f.Add([]byte(s), []byte(`{"tagid":7,"offset":3}`), "/x?next_openid=a")
		f.Add([]byte(s), []byte(`{"begin_openid":""}`), "/x?%zz")
		f.Add([]byte(s), []byte(nil), "/x")
	}
	f.Fuzz(func(t *testing.T, answer, body []byte, path string) {
		r, err := withQuery(Request{Path: path, Body: body})
		if err != nil {
			return
		}
		p, err := readPage(&Response{Status: http.StatusOK, Body: answer, op: "x"})
		if err != nil {
			return
		}
		next, err := p.turn(r, offset(body)+len(p.items))
		switch {
		case err != nil:
		case next.Body != nil && !json.Valid(next.Body):
			t.Errorf("the body of the next page is %q", next.Body)
		case p.byOpenID && next.method() == http.MethodGet && next.Query.Get("next_openid") != p.next:
			t.Errorf("it turns to %v, not to %q", next.Query, p.next)
		}
		if next.Body != nil && err == nil && fmt.Sprint(offset(next.Body)) == "-1" {
			t.Errorf("the next offset is in %s", next.Body)
		}
	})
}
