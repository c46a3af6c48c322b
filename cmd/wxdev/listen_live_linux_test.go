package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/reply"
)

// listenIn starts wxdev listen in a terminal, and returns its address.
func listenIn(term *realTerminal, flags string) (url string) {
	term.t.Helper()
	_ = os.Remove(term.dir + "/ready")
	term.types("wxdev listen --addr 127.0.0.1:0 --token letmein7 --ready-file ready " + flags)
	return term.file("ready")
}

// say sends a text to url as WeChat does, and demands that it is answered.
func say(t *testing.T, url, content string) {
	t.Helper()
	kind, _ := message.LookupType("text")
	m := kind.New(message.OpenID("alice"), message.OriginalID("demo"), time.Now(), time.Now().UnixNano())
	if err := m.Set("Content", content); err != nil {
		t.Fatal(err)
	}
	p := &push.Pusher{URL: url, Token: "letmein7"}
	p.Sender.Timeout = busy.Net
	sent, err := p.Build(m)
	if err != nil {
		t.Fatal(err)
	}
	if d := p.Deliver(t.Context(), sent); !d.OK() {
		t.Fatalf("%q is not answered: %+v", content, d.Findings)
	}
}

// TestLiveList sits at a terminal, moves, looks closer, filters, sends again and
// quits.
func TestLiveList(t *testing.T) {
	t.Parallel()
	term := inTerminal(t, 80, 12)
	url := listenIn(term, "--reply 收到")
	term.sees("wxdev listen  "+url, "nothing has come to "+url, "0 requests", "q quit")

	for i := range 12 {
		say(t, url+"/wechat?shop=3", "第 "+strconv.Itoa(i+1)+" 条")
		term.sees(strconv.Itoa(i+1) + " request") // two that are logged at once may change places
	}
	term.sees("> ", "第 12 条", "→ text \"收到\"", "12 requests") // it follows
	term.presses("k")
	term.until(func(s string) bool { return selected(s, "第 11 条") }, "the one before")
	say(t, url, "new and <b>bold</b>")
	screen := term.sees("1 new ↓")
	if !selected(screen, "第 11 条") || strings.Contains(screen, "bold") {
		t.Errorf("it moves by itself:\n%s", screen)
	}
	term.presses("G")
	term.until(func(s string) bool { return selected(s, "bold") && !strings.Contains(s, "new ↓") }, "the newest")

	term.presses("Enter")
	term.sees("Message", "<Content><![CDATA[new and <b>bold</b>]]></Content>", "Esc back")
	term.presses("G")
	term.sees("Times", "total")
	term.presses("Escape")
	term.presses("/")
	term.writes("第 3")
	term.until(func(s string) bool { return selected(s, "第 3 条") && !strings.Contains(s, "bold") }, "what matches")
	term.presses("Enter")
	term.sees("1/13")

	term.presses("r") // to the path and the parameters that it came with
	term.sees("2/14")
	term.presses("Escape", "G", "Enter")
	term.sees("Message")
	term.presses("G", "k", "k", "k")
	term.until(func(s string) bool { return strings.Contains(s, "POST /wechat?shop=3&") }, "the request's first line")
	term.presses("q")
	term.presses("?")
	term.sees("send its message again")
	term.presses("q", "q")
	term.sees("$", "14 requests came", "text \"第 3 条\" from oWXDEV")
	term.givenBack()
}

// selected reports whether the selected line has a text.
func selected(screen, text string) bool {
	for line := range strings.SplitSeq(screen, "\n") {
		if strings.HasPrefix(line, "> ") {
			return strings.Contains(line, text)
		}
	}
	return false
}

// TestLiveListForwards: what is wrong with another server's answer, and a
// message that goes to it again.
func TestLiveListForwards(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	bad := &receiver.Handler{Token: "letmein7", Reply: func(in *message.Message) *message.Message {
		asked.Add(1)
		return reply.Text(in, time.Now(), "a letmein7 b")
	}}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		bad.ServeHTTP(answer, r)
		w.Header().Set("X-Powered-By", "PHP/8.2")
		w.Header().Set("Set-Cookie", "session=abc")
		_, _ = w.Write([]byte(answer.Body.String() + "\x1b[2J"))
	}))
	defer s.Close()
	term := inTerminal(t, 100, 60, "WXDEV_LANG=zh")
	url := listenIn(term, "--forward "+s.URL+"/wx")
	term.sees("→ "+s.URL+"/wx", "还没有收到请求")
	p := pushTo(t, "你好")
	req := p.Request(url)
	resp, err := http.Post(req.URL, "text/xml", strings.NewReader(string(p.Body)))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	term.sees("1 个请求", "你好")
	term.presses("Enter")
	screen := term.sees("响应", "耗时", "X-Powered-By: PHP/8.2", "Set-Cookie: ***", "a [secret] b", `\x1B[2J`)
	if strings.Contains(screen, "letmein7") || strings.Contains(screen, "abc") {
		t.Errorf("a secret is shown:\n%s", screen)
	}
	term.presses("r")
	term.sees("2 个请求")
	if n := asked.Load(); n != 2 {
		t.Errorf("the server was asked %d times", n)
	}
	term.presses("C-c")
	term.sees("共收到 2 个请求")
	term.givenBack()
}

// TestLiveListGivesTheTerminalBack however it ends.
func TestLiveListGivesTheTerminalBack(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*realTerminal){
		"q":      func(r *realTerminal) { r.presses("q") },
		"ctrl-c": func(r *realTerminal) { r.presses("C-c") },
		"term": func(r *realTerminal) {
			pid, _ := strconv.Atoi(r.file("pid"))
			if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
				r.t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			term := inTerminal(t, 80, 10)
			term.types("sh -c 'echo $$ > pid; exec wxdev listen --addr 127.0.0.1:0 --token letmein7 --ready-file ready'; echo code $?")
			url := term.file("ready")
			term.sees("nothing has come")
			say(t, url, "hi")
			term.sees("1 request ")
			end(term)
			term.sees("1 request came", "code 0")
			term.givenBack()
		})
	}
	t.Run("panic", func(t *testing.T) {
		term := inTerminal(t, 80, 40)
		term.types("panicking; echo code $?")
		term.sees("panic: on purpose", "code 2")
		term.givenBack()
	})
}

// TestLiveListIsSuspended: Ctrl-Z gives the shell its terminal, bg lets the
// server answer without one, and fg brings the list back.
func TestLiveListIsSuspended(t *testing.T) {
	t.Parallel()
	term := inTerminal(t, 80, 12)
	url := listenIn(term, "")
	term.sees("nothing has come")
	say(t, url, "first")
	term.sees("1 request ")
	term.presses("C-z")
	term.sees("Stopped", "$")
	term.givenBack()
	term.types("bg")
	say(t, url, "second") // waits until it runs again
	term.givenBack()
	term.types("fg")
	term.sees("2 requests", "second")
	term.presses("q")
	term.sees("2 requests came")
	term.givenBack()
}

// TestLiveListIsResized down to a screen that is hardly one.
func TestLiveListIsResized(t *testing.T) {
	t.Parallel()
	term := inTerminal(t, 100, 20)
	url := listenIn(term, "")
	term.sees("nothing has come")
	for i := range 30 {
		say(t, url, "消息 "+strconv.Itoa(i+1))
		term.sees(strconv.Itoa(i+1) + " request")
	}
	term.sees("消息 30", "30 requests")
	for _, size := range [][2]string{{"40", "10"}, {"12", "3"}, {"80", "24"}} {
		term.run("resize-window", "-x", size[0], "-y", size[1])
		height, _ := strconv.Atoi(size[1])
		screen := term.until(func(s string) bool {
			lines := strings.Split(s, "\n")
			return strings.HasPrefix(lines[0], "wxdev") && len(lines) == height && strings.HasPrefix(lines[height-1], "30 requests") && strings.HasPrefix(lines[height-2], "> ")
		}, "a list of "+size[1]+" lines")
		if size[0] != "12" && !selected(screen, "消息 30") {
			t.Errorf("%q shows\n%s", size, screen)
		}
	}
	term.presses("q")
	term.sees("30 requests came")
	term.givenBack()
}

// What TCXONC asks of a terminal, as Ctrl-S and Ctrl-Q do.
const tcOff, tcOn = 0, 1

// TestStuckTerminal: whoever pressed Ctrl-S, or whose terminal hangs, has a
// server that answers, and that ends when it is told to.
func TestStuckTerminal(t *testing.T) {
	t.Parallel()
	term := inTerminal(t, 80, 12)
	term.types("sh -c 'echo $$ > pid; exec wxdev listen --addr 127.0.0.1:0 --token letmein7 --ready-file ready'; echo $? > code")
	url := term.file("ready")
	term.sees("nothing has come")
	tty, err := os.OpenFile(term.run("display-message", "-p", "#{pane_tty}"), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer tty.Close()
	flow := func(action int) {
		if err := unix.IoctlSetInt(int(tty.Fd()), unix.TCXONC, action); err != nil {
			t.Fatal(err)
		}
	}
	flow(tcOff)
	for i := range 200 {
		say(t, url, strconv.Itoa(i))
	}
	if screen := term.screen(); strings.Contains(screen, "200 requests") {
		t.Errorf("the terminal is not stuck:\n%s", screen)
	}
	flow(tcOn)
	term.sees("200 requests")
	flow(tcOff)
	say(t, url, "last")
	pid, _ := strconv.Atoi(term.file("pid"))
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := term.file("code"); code != "0" {
		t.Errorf("the exit code is %s", code)
	}
}

// TestPlainLinesInATerminal: where somebody wants them, or a list would do harm.
func TestPlainLinesInATerminal(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ before, flags string }{
		"asked for":  {"", "--plain"},
		"bodies":     {"", "-v"},
		"json":       {"", "--json"},
		"dumb":       {"export TERM=dumb", ""},
		"ci":         {"export CI=true", ""},
		"piped":      {"", "| cat"},
		"no input":   {"", "</dev/null"},
		"background": {"", "&"},
	} {
		t.Run(name, func(t *testing.T) {
			term := inTerminal(t, 120, 20)
			term.types(c.before)
			url := listenIn(term, c.flags)
			say(t, url, "one line")
			term.sees("listening on "+url, "one line")
			if on := term.run("display-message", "-p", "#{alternate_on}"); on != "0" {
				t.Errorf("the screen is taken:\n%s", term.screen())
			}
			if c.flags == "--plain" {
				term.sees(`POST /  text "one line" from oWXDEV`, "200 success")
			}
		})
	}
}
