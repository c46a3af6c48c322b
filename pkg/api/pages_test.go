package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/internal/bilingual"
)

// collect returns the items of all pages as text.
func collect(t *testing.T, w *world, r Request) (items []string, byOffset bool, err error) {
	t.Helper()
	err = w.Pages(t.Context(), r, func(p Page) error {
		for _, item := range p.Items {
			items = append(items, string(item))
		}
		byOffset = p.ByOffset
		return nil
	})
	return items, byOffset, err
}

func TestPagesByOpenID(t *testing.T) {
	for name, pages := range map[string]map[string]string{
		"the last page has a next_openid, as WeChat's do": {
			"":  `{"total":3,"count":2,"data":{"openid":["a","b"]},"next_openid":"b"}`,
			"b": `{"total":3,"count":1,"data":{"openid":["c"]},"next_openid":"c"}`,
		},
		"the last page has none": {
			"":  `{"total":4,"count":2,"data":{"openid":["a","b"]},"next_openid":"b"}`,
			"b": `{"total":4,"count":1,"data":{"openid":["c"]},"next_openid":""}`,
		},
		"an empty page ends it": {
			"":  `{"count":2,"data":{"openid":["a","b"]},"next_openid":"b"}`,
			"b": `{"count":1,"data":{"openid":["c"]},"next_openid":"c"}`,
			"c": `{"count":0,"next_openid":""}`,
		},
	} {
		w := newWorld(t)
		w.fake.handle["/cgi-bin/user/get"] = func(rw http.ResponseWriter, r *http.Request) {
			fmt.Fprint(rw, pages[r.URL.Query().Get("next_openid")])
		}
		items, byOffset, err := collect(t, w, Request{Path: "/cgi-bin/user/get"})
		if err != nil || strings.Join(items, "") != `"a""b""c"` || byOffset {
			t.Errorf("%s: %q, %v", name, items, err)
		}
		if n := len(w.fake.called("/cgi-bin/user/get")); n != len(pages) {
			t.Errorf("%s: %d calls", name, n)
		}
	}
}

// Lists that are asked for by POST turn the page in their body.
func TestPagesInTheBody(t *testing.T) {
	for _, c := range []struct{ body, next string }{
		{`{"tagid":7}`, `{"next_openid":"a&b","tagid":7}`},
		{`{"begin_openid":""}`, `{"begin_openid":"a&b"}`},
	} {
		w := newWorld(t)
		n := 0
		w.fake.handle["/x"] = func(rw http.ResponseWriter, _ *http.Request) {
			if n++; n == 1 {
				fmt.Fprint(rw, `{"total":2,"count":1,"data":{"openid":["a&b"]},"next_openid":"a&b"}`)
				return
			}
			fmt.Fprint(rw, `{"total":2,"count":1,"data":{"openid":["c"]},"next_openid":"c"}`)
		}
		items, _, err := collect(t, w, Request{Path: "/x", Body: []byte(c.body)})
		if err != nil || len(items) != 2 {
			t.Errorf("%q, %v", items, err)
		}
		if calls := w.fake.called("/x"); len(calls) != 2 || !strings.HasSuffix(calls[1], " "+c.next) {
			t.Errorf("called %q", calls)
		}
	}
	w := newWorld(t)
	n := 0
	w.fake.handle["/x"] = func(rw http.ResponseWriter, _ *http.Request) {
		n++
		fmt.Fprintf(rw, `{"total_count":5,"item_count":2,"item":%s}`, []string{"[1,2]", "[3.0,4]", "[9007199254740993]"}[n-1])
	}
	items, byOffset, err := collect(t, w, Request{Path: "/x", Body: []byte(`{"type":"image","offset":0,"count":2}`)})
	if err != nil || !byOffset || !slices.Equal(items, []string{"1", "2", "3.0", "4", "9007199254740993"}) {
		t.Errorf("%q, %v", items, err)
	}
	if calls := w.fake.called("/x"); len(calls) != 3 || !strings.HasSuffix(calls[2], `{"count":2,"offset":4,"type":"image"}`) {
		t.Errorf("called %q", calls)
	}
}

// A list can be taken up where an earlier call ended.
func TestPagesFromTheMiddle(t *testing.T) {
	w := newWorld(t)
	w.fake.handle["/x"] = func(rw http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(rw, `{"total_count":5,"item_count":1,"item":[1]}`)
	}
	items, _, err := collect(t, w, Request{Path: "/x", Body: []byte(`{"offset":2,"count":1}`)})
	if err != nil || len(items) != 3 {
		t.Errorf("%q, %v", items, err)
	}
	for i, call := range w.fake.called("/x") {
		if want := fmt.Sprintf(`"offset":%d`, 2+i); !strings.Contains(call, want) {
			t.Errorf("called %q, want %s", call, want)
		}
	}
	w.fake.handle["/cgi-bin/user/get"] = func(rw http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if from := q["next_openid"]; len(from) != 1 || q.Get("lang") != "en" {
			t.Errorf("called with %v", q)
		}
		next := map[string]string{"o3": "o4", "o4": ""}[q.Get("next_openid")]
		fmt.Fprintf(rw, `{"total":9,"count":1,"data":{"openid":["a"]},"next_openid":%q}`, next)
	}
	items, _, err = collect(t, w, Request{Path: "/cgi-bin/user/get?next_openid=o3&lang=en"})
	if err != nil || len(items) != 2 {
		t.Errorf("%q, %v", items, err)
	}
}

func TestPagesThatAreNone(t *testing.T) {
	for name, c := range map[string]struct {
		r      Request
		answer string
		want   string
	}{
		"no list":      {Request{Path: "/x"}, `{"tags":[]}`, "not a paged list"},
		"no JSON":      {Request{Path: "/x"}, `<html>`, "not the JSON that was expected"},
		"an errcode":   {Request{Path: "/x"}, `{"errcode":48001,"errmsg":"no"}`, "48001"},
		"no end":       {Request{Path: "/x"}, `{"total":9,"count":1,"data":{"openid":["a"]},"next_openid":"a"}`, "two pages have the same next_openid"},
		"no body":      {Request{Path: "/x", Method: "POST"}, `{"total_count":9,"item_count":1,"item":[1]}`, "must be a JSON object"},
		"a list in it": {Request{Path: "/x", Body: []byte("[]")}, `{"total_count":9,"item_count":1,"item":[1]}`, "must be a JSON object"},
	} {
		w := newWorld(t)
		w.fake.handle["/x"] = func(rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, c.answer) }
		_, _, err := collect(t, w, c.r)
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v", name, err)
		}
		demandChinese(t, err)
	}
	w := newWorld(t)
	w.fake.handle["/x"] = func(rw http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(rw, `{"total":1,"count":1,"data":{"openid":["a"]},"next_openid":"a"}`)
	}
	stop := errors.New("enough")
	if err := w.Pages(t.Context(), Request{Path: "/x"}, func(Page) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
}

func TestCustomBodies(t *testing.T) {
	message := func(name string, fields ...string) CustomMessage {
		typ, ok := LookupCustomType(name)
		if !ok {
			t.Fatalf("no type %q", name)
		}
		m := CustomMessage{To: "oX", Type: typ, Fields: map[string]string{}}
		for i := 0; i < len(fields); i += 2 {
			m.Fields[fields[i]] = fields[i+1]
		}
		return m
	}
	menu := message("msgmenu", "head_content", "h")
	menu.Choices = []Choice{{"1", "是"}, {"2", "<否>"}}
	agent := message("text", "content", "你好 & <b>")
	agent.Account = "kf@acct"
	for _, c := range []struct {
		m    CustomMessage
		want string
	}{
		{agent, `{"customservice":{"kf_account":"kf@acct"},"msgtype":"text","text":{"content":"你好 & <b>"},"touser":"oX"}`},
		{message("image", "media_id", "M"), `{"image":{"media_id":"M"},"msgtype":"image","touser":"oX"}`},
		{message("news", "title", "T", "url", "https://a/?b&c"), `{"msgtype":"news","news":{"articles":[{"title":"T","url":"https://a/?b&c"}]},"touser":"oX"}`},
		{menu, `{"msgmenu":{"head_content":"h","list":[{"id":"1","content":"是"},{"id":"2","content":"<否>"}]},"msgtype":"msgmenu","touser":"oX"}`},
		{message("mpnewsarticle", "article_id", "A"), `{"mpnewsarticle":{"article_id":"A"},"msgtype":"mpnewsarticle","touser":"oX"}`},
	} {
		got, err := c.m.Body()
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %s, %v", c.m.Type.Name, got, err)
		}
	}
	withChoice := message("text", "content", "x")
	withChoice.Choices = []Choice{{"1", "x"}}
	for want, m := range map[string]CustomMessage{
		`text has no field "media_id"`: message("text", "content", "x", "media_id", "y"),
		`msgmenu has no field "list"`:  message("msgmenu", "head_content", "h", "list", "y"),
		`image lacks its media_id`:     message("image"),
		`msgmenu lacks its list`:       message("msgmenu", "head_content", "h"),
		`text has no choices`:          withChoice,
	} {
		if body, err := m.Body(); err == nil || err.Error() != want {
			t.Errorf("%s, %v, want %q", body, err, want)
		}
	}
	if _, ok := LookupCustomType("txt"); ok {
		t.Error("there is a txt")
	}
	for _, typ := range CustomTypes() {
		if typ.En == "" || typ.Zh == "" || len(typ.Fields) == 0 {
			t.Errorf("%+v", typ)
		}
	}
}

func TestAccountCalls(t *testing.T) {
	w := newWorld(t)
	w.fake.answer["/cgi-bin/getcallbackip"] = `{"ip_list":["127.0.0.1","101.226.103.0/25"]}`
	w.fake.answer["/cgi-bin/get_api_domain_ip"] = `{"ip_list":["1.2.3.4"]}`
	w.fake.answer["/cgi-bin/openapi/quota/get"] = `{"errcode":0,"errmsg":"ok","quota":{"daily_limit":500000,"used":1,"remain":499999},"rate_limit":{"call_count":1200,"refresh_second":60}}`
	w.fake.answer["/cgi-bin/callback/check"] = `{"dns":[{"ip":"1.1.1.1","real_operator":"UNICOM"}],"ping":[{"ip":"1.1.1.1","from_operator":"CAP","package_loss":"0%","time":"23.079ms"}]}`
	w.fake.answer["/cgi-bin/message/custom/send"] = `{"errcode":0,"errmsg":"ok"}`
	ips, err := w.CallbackIPs(t.Context())
	if err != nil || !slices.Equal(ips, []string{"127.0.0.1", "101.226.103.0/25"}) {
		t.Errorf("%q, %v", ips, err)
	}
	if ips, err = w.APIIPs(t.Context()); err != nil || len(ips) != 1 {
		t.Errorf("%q, %v", ips, err)
	}
	q, err := w.Quota(t.Context(), "/cgi-bin/x?&")
	if err != nil || q != (Quota{500000, 1, 499999, Rate{1200, 60}}) {
		t.Errorf("%+v, %v", q, err)
	}
	if calls := w.fake.called("/cgi-bin/openapi/quota/get"); !strings.HasSuffix(calls[0], ` {"cgi_path":"/cgi-bin/x?&"}`) {
		t.Errorf("called %q", calls)
	}
	check, err := w.CheckNetwork(t.Context())
	if err != nil || check.DNS[0].Operator != "UNICOM" || check.Ping[0].Time != "23.079ms" || check.Ping[0].Loss != "0%" {
		t.Errorf("%+v, %v", check, err)
	}
	if err := w.SendCustom(t.Context(), []byte(`{"touser":"oX"}`)); err != nil {
		t.Error(err)
	}
	if _, err := json.Marshal(q); err != nil {
		t.Error(err)
	}
}

// A list that always has more ends, whatever it says.
func TestEndlessPages(t *testing.T) {
	if n := New(Options{}).maxPages; n != 10_000 {
		t.Errorf("%d pages", n)
	}
	n := 0
	for name, c := range map[string]struct {
		answer func() string
		body   string
		calls  int
		want   string
	}{
		"always another next_openid": {func() string {
			return fmt.Sprintf(`{"total":4611686018427387904,"count":1,"data":{"openid":["a"]},"next_openid":"o%d"}`, n)
		}, "", 20, "the list does not end after 20 pages"},
		"without a total": {func() string {
			return fmt.Sprintf(`{"count":1,"data":{"openid":["a"]},"next_openid":"o%d"}`, n)
		}, "", 20, "the list does not end after 20 pages"},
		"round and round": {func() string {
			return fmt.Sprintf(`{"count":1,"data":{"openid":["a"]},"next_openid":"o%d"}`, n%3)
		}, "", 4, "two pages have the same next_openid"},
		"always a larger total": {func() string {
			return fmt.Sprintf(`{"total_count":%d,"item_count":1,"item":[1]}`, n+2)
		}, "{}", 20, "the list does not end after 20 pages"},
	} {
		w := newWorld(t)
		w.maxPages = 20
		n = 0
		w.fake.handle["/x"] = func(rw http.ResponseWriter, _ *http.Request) {
			n++
			fmt.Fprint(rw, c.answer())
		}
		r := Request{Path: "/x"}
		if c.body != "" {
			r.Body = []byte(c.body)
		}
		_, _, err := collect(t, w, r)
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(err.Error(), c.want) || bilingual.Fault(err) != "" {
			t.Errorf("%s: got %v; %s", name, err, bilingual.Fault(err))
		}
		if calls := len(w.fake.called("/x")); calls != c.calls {
			t.Errorf("%s: %d calls, want %d", name, calls, c.calls)
		}
	}
}
