package emulator_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
	"github.com/wxdev/wxdev/pkg/message"
)

// steps are calls that follow each other in any order. A name in braces is
// filled in by what there is at that time: {user} is an OpenID, {media_id} one
// that an answer had, and so on. FILE uploads one.
var steps = []string{
	`POST /cgi-bin/tags/create {"tag":{"name":"{n}"}}`,
	`POST /cgi-bin/tags/update {"tag":{"id":{tag},"name":"{n}"}}`,
	`POST /cgi-bin/tags/delete {"tag":{"id":{tag}}}`,
	`GET /cgi-bin/tags/get`,
	`POST /cgi-bin/tags/getidlist {"openid":"{user}"}`,
	`POST /cgi-bin/tags/members/batchtagging {"openid_list":["{user}","{user}"],"tagid":{tag}}`,
	`POST /cgi-bin/tags/members/batchuntagging {"openid_list":["{user}"],"tagid":{tag}}`,
	`POST /cgi-bin/user/tag/get {"tagid":{tag},"next_openid":"{user}"}`,
	`GET /cgi-bin/user/info?openid={user}`,
	`POST /cgi-bin/user/info/batchget {"user_list":[{"openid":"{user}"},{"openid":"{user}"}]}`,
	`POST /cgi-bin/user/info/updateremark {"openid":"{user}","remark":"{n}"}`,
	`GET /cgi-bin/user/get?next_openid={user}`,
	`POST /cgi-bin/menu/create {"button":[{"type":"click","name":"a","key":"{n}"},{"name":"b","sub_button":[{"type":"view","name":"c","url":"http://a.example/"}]}]}`,
	`GET /cgi-bin/menu/get`,
	`GET /cgi-bin/menu/delete`,
	`GET /cgi-bin/get_current_selfmenu_info`,
	`POST /cgi-bin/menu/addconditional {"button":[{"type":"click","name":"a","key":"k"}],"matchrule":{"tag_id":"{tag}"}}`,
	`POST /cgi-bin/menu/delconditional {"menuid":"{menuid}"}`,
	`POST /cgi-bin/menu/trymatch {"user_id":"{user}"}`,
	`FILE /cgi-bin/media/upload?type=image`,
	`FILE /cgi-bin/media/uploadimg`,
	`GET /cgi-bin/media/get?media_id={media_id}`,
	`POST /cgi-bin/message/custom/send {"touser":"{user}","msgtype":"text","text":{"content":"{n}"}}`,
	`POST /cgi-bin/message/custom/send {"touser":"{user}","msgtype":"image","image":{"media_id":"{media_id}"}}`,
	`POST /cgi-bin/message/custom/typing {"touser":"{user}","command":"Typing"}`,
	`POST /cgi-bin/message/template/send {"touser":"{user}","template_id":"ORDER","client_msg_id":"{n}","data":{"first":{"value":"{n}"}}}`,
	`POST /cgi-bin/message/subscribe/send {"touser":"{user}","template_id":"NOTE","data":{"thing1":{"value":"{n}"}}}`,
	`POST /cgi-bin/template/del_private_template {"template_id":"ORDER"}`,
	`POST /cgi-bin/qrcode/create {"action_name":"QR_STR_SCENE","action_info":{"scene":{"scene_str":"{n}"}}}`,
	`POST /cgi-bin/clear_quota {"appid":"wx0123456789abcdef"}`,
	`FILE /cgi-bin/material/add_material?type=image`,
	`FILE /cgi-bin/material/add_material?type=image`,
	`POST /cgi-bin/material/get_material {"media_id":"{media_id}"}`,
	`POST /cgi-bin/material/del_material {"media_id":"{media_id}"}`,
	`GET /cgi-bin/material/get_materialcount`,
	`POST /cgi-bin/material/batchget_material {"type":"image","offset":{n},"count":{n}}`,
	`POST /cgi-bin/draft/add {"articles":[{"title":"{n}","content":"{n}","thumb_media_id":"{media_id}"}]}`,
	`POST /cgi-bin/draft/add {"articles":[{"title":"{n}","content":"{n}","thumb_media_id":"{media_id}"},{"title":"{n}","content":"c","thumb_media_id":"{media_id}"}]}`,
	`POST /cgi-bin/draft/get {"media_id":"{media_id}"}`,
	`POST /cgi-bin/draft/update {"media_id":"{media_id}","index":{n},"articles":{"title":"{n}","content":"c","thumb_media_id":"{media_id}"}}`,
	`POST /cgi-bin/draft/delete {"media_id":"{media_id}"}`,
	`GET /cgi-bin/draft/count`,
	`POST /cgi-bin/draft/batchget {"offset":{n},"count":{n}}`,
	`POST /cgi-bin/freepublish/submit {"media_id":"{media_id}"}`,
	`POST /cgi-bin/freepublish/get {"publish_id":"{publish_id}"}`,
	`POST /cgi-bin/freepublish/delete {"article_id":"{article_id}","index":{n}}`,
	`POST /cgi-bin/freepublish/getarticle {"article_id":"{article_id}"}`,
	`POST /cgi-bin/freepublish/batchget {"offset":0,"count":20,"no_content":{n}}`,
	`POST /cgi-bin/message/mass/sendall {"filter":{"tag_id":{tag}},"msgtype":"mpnews","mpnews":{"media_id":"{media_id}"},"clientmsgid":"{n}"}`,
	`POST /cgi-bin/message/mass/sendall {"filter":{"is_to_all":true},"msgtype":"text","text":{"content":"{n}"}}`,
	`POST /cgi-bin/message/mass/send {"touser":["{user}","{user}"],"msgtype":"image","image":{"media_id":"{media_id}"}}`,
	`POST /cgi-bin/message/mass/preview {"towxname":"alice","msgtype":"text","text":{"content":"{n}"}}`,
	`POST /cgi-bin/message/mass/delete {"msg_id":"{msg_id}","article_idx":{n}}`,
	`POST /cgi-bin/message/mass/get {"msg_id":"{msg_id}"}`,
	`POST /cgi-bin/message/mass/speed/set {"speed":{n}}`,
	`POST /cgi-bin/message/mass/sendall {"filter":{"group_id":"{tag}"},"msgtype":"text","text":{"content":"{n}"}}`,
	`POST /cgi-bin/message/mass/speed/get {}`,
	`POST /wxa/business/getuserphonenumber {"code":"{code}"}`,
	`POST /__wxdev/users/alice/phone`,
	`POST /__wxdev/users/alice/follow`,
	`POST /__wxdev/users/alice/unfollow`,
	`POST /__wxdev/users/alice/text value={n}`,
	`POST /__wxdev/users/alice/tap value={n}`,
	`POST /__wxdev/users/bob/scan value={ticket}`,
	`POST /__wxdev/users/bob/accept value=NOTE`,
	`POST /__wxdev/users {"name":"alice","tags":[]}`,
	`POST /__wxdev/users {"name":"alice","tags":[{tag}],"windows":null,"chat":null}`,
	`GET /__wxdev/users/alice/chat`,
	`POST /__wxdev/clock {"advance":"30h"}`,
	`POST /__wxdev/expire {}`,
	`POST /__wxdev/reset`,
}

// walker makes calls, and remembers what came of them.
type walker struct {
	t     *testing.T
	e     *local.Emulator
	seen  map[string][]string // ids by the names they had in answers
	token string
}

func newWalker(t *testing.T, e *local.Emulator) *walker {
	t.Helper()
	return &walker{t: t, e: e, seen: map[string][]string{
		"user": {message.OpenID("alice"), message.OpenID("bob"), message.OpenID("carol"), message.OpenID("nobody")},
		"tag":  {"100", "2", "101", "102"},
		"n":    {"1", "2", "1.1", "2.1", "你好", `\u4f60`},
	}}
}

func newWalked(t *testing.T) *local.Emulator {
	t.Helper()
	state, err := emulator.ParseState("seed", []byte(templates))
	if err != nil {
		t.Fatal(err)
	}
	e, err := local.New(emulator.Config{Seed: state})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

// step makes a call: the first byte says which one, the next ones with what.
func (w *walker) step(data []byte) (rest []byte) {
	step := steps[int(data[0])%len(steps)]
	data = data[1:]
	for {
		before, after, ok := strings.Cut(step, "{")
		name, end, closed := strings.Cut(after, "}")
		for ok && (!closed || w.seen[name] == nil && strings.ContainsAny(name, "\":,{ ")) { // a brace of JSON
			more, next, found := strings.Cut(after, "{")
			before, after, ok = before+"{"+more, next, found
			name, end, closed = strings.Cut(after, "}")
		}
		if !ok {
			break
		}
		value, ids := "none", w.seen[name]
		if len(data) > 0 && len(ids) > 0 {
			value, data = ids[int(data[0])%len(ids)], data[1:]
		}
		step = before + value + end
	}
	w.call(step)
	return data
}

func (w *walker) call(step string) {
	method, rest, _ := strings.Cut(step, " ")
	target, body, _ := strings.Cut(rest, " ")
	kind := ""
	if method == "FILE" {
		method, kind = "POST", "multipart/form-data; boundary=x"
		body = "--x\r\nContent-Disposition: form-data; name=\"media\"; filename=\"a.png\"\r\n\r\npng\r\n--x--\r\n"
	}
	if strings.HasPrefix(target, "/cgi-bin/") || strings.HasPrefix(target, "/wxa/") {
		join := "?"
		if strings.Contains(target, "?") {
			join = "&"
		}
		target += join + "access_token=" + url.QueryEscape(w.token)
	}
	answer, recorder := w.do(method, target, kind, body)
	if code, _ := answer["errcode"].(json.Number); code == "40001" || code == "42001" {
		grant, _ := w.do("GET", tokenURL, "", "")
		w.token, _ = grant["access_token"].(string)
	}
	if recorder.Code >= 500 {
		w.t.Errorf("%s %s: %d %s", method, target, recorder.Code, recorder.Body)
	}
	for _, name := range []string{"media_id", "thumb_media_id", "publish_id", "article_id", "msg_id", "msg_data_id", "menuid", "ticket", "code"} {
		if v := object(answer).text(name); v != "" {
			w.seen[name] = append(w.seen[name], v)
		}
	}
}

type object map[string]any

func (o object) text(name string) string {
	switch v := o[name].(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

func (w *walker) do(method, target, kind, body string) (map[string]any, *httptest.ResponseRecorder) {
	req := httptest.NewRequest(method, target, strings.NewReader(body))
	req.Host = "127.0.0.1:8900"
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	r := httptest.NewRecorder()
	w.e.ServeHTTP(r, req)
	var answer map[string]any
	if strings.Contains(r.Header().Get("Content-Type"), "json") {
		dec := json.NewDecoder(bytes.NewReader(r.Body.Bytes()))
		dec.UseNumber()
		if err := dec.Decode(&answer); err != nil {
			w.t.Errorf("%s %s %s: %v: %s", method, target, body, err, r.Body)
		}
	}
	return answer, r
}

func (w *walker) walk(data []byte) {
	w.token = "66_" + strings.Repeat("x", 150) // never issued: the first call finds out
	for len(data) > 0 {
		data = w.step(data)
	}
}

// restores holds that what is there can be saved and restored.
func restores(t *testing.T, e *local.Emulator) {
	t.Helper()
	snapshot, err := e.Snapshot()
	if err == nil {
		err = e.Restore("snapshot", snapshot)
	}
	if err != nil {
		t.Errorf("%v in\n%s", err, snapshot)
	}
}

// FuzzSequence: no sequence of calls makes a handler panic, or leaves a state
// that cannot be restored.
func FuzzSequence(f *testing.F) {
	f.Add([]byte{3, 5, 0, 0, 0, 6, 0, 0, 8, 0, 9, 0, 0}) // a user's last tag goes
	r := rand.New(rand.NewPCG(1, 2))
	for range 40 {
		f.Add(random(r, 120))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		e := newWalked(t)
		newWalker(t, e).walk(data)
		restores(t, e)
	})
}

func random(r *rand.Rand, n int) []byte {
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	return data
}

// TestSequencesTogether lets several callers walk at once, for the race
// detector.
func TestSequencesTogether(t *testing.T) {
	e := newWalked(t)
	var all sync.WaitGroup
	for i := range 4 {
		r := rand.New(rand.NewPCG(3, uint64(i)))
		w := newWalker(t, e)
		all.Go(func() { w.walk(random(r, 1500)) })
	}
	all.Wait()
	restores(t, e)
}
