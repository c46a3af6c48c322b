// A bot that gives out queue numbers, on the packages of wxdev: they check the
// signature, read the message, and answer one that WeChat delivers twice only
// once.
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/reply"
)

// queue is who has which number.
type queue struct {
	mu      sync.Mutex
	last    int
	waiting []ticket
}

type ticket struct {
	number int
	user   string
}

// take gives a user a number, and the same one again until it is given back.
func (q *queue) take(user string) string {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, t := range q.waiting {
		if t.user == user {
			return fmt.Sprintf("您的号码是 %d", t.number)
		}
	}
	q.last++
	q.waiting = append(q.waiting, ticket{q.last, user})
	return fmt.Sprintf("您的号码是 %d", q.last)
}

func (q *queue) ask(number string) string {
	q.mu.Lock()
	defer q.mu.Unlock()
	for before, t := range q.waiting {
		if fmt.Sprint(t.number) == number {
			return fmt.Sprintf("%d 号前面还有 %d 人", t.number, before)
		}
	}
	return "没有这个号码"
}

func (q *queue) leave(user string) string {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, t := range q.waiting {
		if t.user == user {
			q.waiting = append(q.waiting[:i], q.waiting[i+1:]...)
			return fmt.Sprintf("%d 号已取消", t.number)
		}
	}
	return "您还没有取号"
}

var question = regexp.MustCompile(`^查询 *(\d{1,9})$`)

// reply answers one message; nil says success.
func (q *queue) reply(in *message.Message) *message.Message {
	user, words := in.Get("FromUserName"), strings.TrimSpace(in.Get("Content"))
	text := func(s string) *message.Message { return reply.Text(in, time.Now(), s) }
	if in.IsEvent() {
		switch in.Get("Event") {
		case "subscribe":
			return text("欢迎关注！发“取号”开始排队。")
		case "unsubscribe":
			q.leave(user)
			return nil
		case "CLICK":
			words = map[string]string{"QUEUE": "取号", "HELP": "帮助"}[in.Get("EventKey")]
		}
	}
	switch asked := question.FindStringSubmatch(words); {
	case asked != nil:
		return text(q.ask(asked[1]))
	case words == "你好":
		return text("你好！发“取号”排队，发“帮助”看说明。")
	case words == "取号":
		return text(q.take(user))
	case words == "取消":
		return text(q.leave(user))
	case words == "帮助":
		return reply.News(in, time.Now(), reply.Article{
			Title: "排队助手", Description: "取号、查询、取消",
			PicURL: "https://example.com/queue.png", URL: "https://example.com/queue",
		})
	}
	return nil
}

func main() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	q := &queue{}
	http.Handle("/wechat", &receiver.Handler{Token: os.Getenv("TOKEN"), Reply: q.reply})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+port, nil))
}
