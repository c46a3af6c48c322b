package emulator_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
)

// In a test of a program that calls the API: point it at the emulator, let a
// user write, and see what the user gets.
func Example() {
	s, err := local.NewServer(emulator.Config{})
	if err != nil {
		panic(err)
	}
	defer s.Close()

	// Your program, with s.URL in place of https://api.weixin.qq.com.
	get := func(path string) (answer struct {
		Token string `json:"access_token"`
	},
	) {
		res, err := http.Get(s.URL + path)
		if err != nil {
			panic(err)
		}
		defer res.Body.Close()
		if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
			panic(err)
		}
		return answer
	}
	token := get("/cgi-bin/token?grant_type=client_credential&appid=" + emulator.DefaultAppID + "&secret=" + emulator.DefaultSecret).Token

	// A message to a user is refused until the user has written.
	send := func(openid string) {
		body := fmt.Sprintf(`{"touser":"%s","msgtype":"text","text":{"content":"hello"}}`, openid)
		res, err := http.Post(s.URL+"/cgi-bin/message/custom/send?access_token="+token, "application/json", strings.NewReader(body))
		if err != nil {
			panic(err)
		}
		defer res.Body.Close()
		text, _ := io.ReadAll(res.Body)
		answer, _, _ := strings.Cut(string(text), " rid")
		fmt.Println(answer)
	}
	alice, err := s.Act(context.Background(), emulator.Action{User: "alice", Do: "follow"})
	if err != nil {
		panic(err)
	}
	s.Advance(time.Minute)
	get("/cgi-bin/user/info?access_token=" + token + "&openid=" + alice.User)
	send(alice.User)
	if _, err := s.Act(context.Background(), emulator.Action{User: "alice", Do: "text", Value: "hi"}); err != nil {
		panic(err)
	}
	send(alice.User)
	chat, err := s.Chat("", "alice")
	if err != nil {
		panic(err)
	}
	for _, line := range chat {
		fmt.Println(strings.TrimSpace(line.From + " " + line.Via + ": " + line.Type + " " + line.Text))
	}
	// Output:
	// {"errcode":45015,"errmsg":"response out of time limit or subscription is canceled
	// {"errcode":0,"errmsg":"ok"}
	// user event: subscribe
	// user message: text hi
	// server custom: text hello
}

// What is there at the start comes from a seed, and calls fail on demand.
func ExampleNew() {
	seed, err := emulator.ParseState("seed.toml", []byte(`
		[[account]]
		appid = "wx0123456789abcdef"
		menu = '''{"button":[{"type":"click","name":"hi","key":"HI"}]}'''
		[[account.user]]
		name = "alice"
		[[fault]]
		path = "/cgi-bin/token"
		errcode = -1
		count = 1`))
	if err != nil {
		panic(err)
	}
	e, err := emulator.New(emulator.Config{Seed: seed}) // an http.Handler
	if err != nil {
		panic(err)
	}
	defer e.Close()
	fmt.Println(len(e.Faults()), "fault to come")
	// Output: 1 fault to come
}
