package control_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
)

// controlSteps are control calls that may follow each other in any order: each
// takes effect on what the ones before it have left. Some are mistakes.
var controlSteps = []string{
	`GET ready`, `GET accounts`, `GET users`, `GET users/alice`, `GET users/alice/chat`, `GET users/alice/outbox`, `GET log?after=1`, `GET faults`, `GET clock`, `GET snapshot`, `POST check`, `POST check {"appid":"wx9"}`, `GET users/alice/menu`, `GET qrcodes`, `GET media`, `GET places`, `POST media GIF89a`, `POST media?type=thumb x`,
	`POST accounts {"appid":"wx00000000000000aa"}`,
	`POST accounts {"appid":"wx0123456789abcdef","mode":"safe","format":"json"}`,
	`POST accounts {"appid":"wx0123456789abcdef","mode":"none"}`,
	`POST accounts {"appid":"wx0123456789abcdef","secret":"","token":"","aes_key":"","quota":{"/cgi-bin/user/get":1},"denied":["/cgi-bin/*"],"users":[]}`,
	`POST accounts {"appid":"wx00000000000000aa","user":[null],"tag":[null,{"id":1,"name":"a"}],"token_issued":[null],"media":[null]}`,
	`POST users {"name":"dora"}`,
	`POST users {"name":"alice","tags":[100,100,7],"nickname":"\u0000"}`,
	`POST users {"name":"alice","openid":"oAbCdEfGhIjKlMnOpQrStUvWxYz0"}`,
	`POST users {"name":"bob","unsubscribed":true,"window":[null]}`,
	`POST users/alice/follow`, `POST users/alice/unfollow`, `POST users/dora/follow value=qrscene_1`, `POST users/bob/text value=hi`, `POST users/nobody/text {"value":"<xml>"}`,
	`POST users/alice/tap value=1`, `POST users/alice/tap value=2.1`, `POST users/alice/scan value=7`, `POST users/alice/phone`, `POST users/alice/accept value=NOTE`,
	`POST users/alice/location {"lat":1e308,"label":"x"}`, `POST users/alice/image`, `POST users/alice/login`, `POST users/alice/nothing`,
	`POST faults {"path":"/cgi-bin/token","errcode":-1,"count":2}`, `POST faults {"path":"*","status":500,"count":1}`, `POST faults {}`, `DELETE faults`,
	`POST clock {"advance":"30h"}`, `POST clock {"advance":"-2562047h"}`, `POST clock {"offset":"2562047h"}`, `POST clock {"offset":"0s"}`,
	`POST expire`, `POST expire {"kind":"token"}`, `POST expire {"kind":"none","appid":"wx0"}`,
	`POST reset`, `DELETE log`, `POST snapshot`, `POST snapshot [[account]]`, `POST snapshot SAVED`, `GET media/x`, `PUT users`,
}

// FuzzControlSequence: no sequence of control calls makes one panic, or leaves
// a state that cannot be saved and restored.
func FuzzControlSequence(f *testing.F) {
	for first := range controlSteps {
		f.Add([]byte{byte(first), 9, 19, 22, byte(first), 13, 44, 48, byte(first)})
		f.Add([]byte{14, 10, byte(first), 38, 39, byte(first), 27, 9, 44})
	}
	f.Fuzz(func(t *testing.T, sequence []byte) {
		state, err := emulator.ParseState("seed", []byte(people))
		if err != nil {
			t.Fatal(err)
		}
		e, err := local.New(emulator.Config{Seed: state})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		saved := people
		for _, b := range sequence[:min(len(sequence), 60)] {
			step := controlSteps[int(b)%len(controlSteps)]
			method, rest, _ := strings.Cut(step, " ")
			path, body, _ := strings.Cut(rest, " ")
			if body == "SAVED" {
				body = saved
			}
			req := httptest.NewRequest(method, "/__wxdev/"+path, strings.NewReader(body))
			req.Host = "localhost"
			w := httptest.NewRecorder()
			e.ServeHTTP(w, req)
			switch {
			case w.Code != 200 && w.Code != 400 && w.Code != 404 && w.Code != 405:
				t.Fatalf("%v: %s: %d %s", sequence, step, w.Code, w.Body)
			case path == "snapshot" && method == "GET":
				saved = w.Body.String()
			case !json.Valid(w.Body.Bytes()):
				t.Fatalf("%s: %s", step, w.Body)
			}
		}
		snapshot, err := e.Snapshot()
		if err == nil {
			err = e.Restore("snapshot", snapshot)
		}
		if err != nil {
			t.Fatalf("%v: %v in\n%s", sequence, err, snapshot)
		}
	})
}
