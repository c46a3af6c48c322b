package phonetest

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
	"github.com/wxdev/wxdev/pkg/message"
)

const aloneVariable = "PHONETEST_ALONE"

// elsewhere is an address that is nobody's.
const elsewhere = "http://192.0.2.1/"

// TestAlone: with the page open, and messages full of addresses, the emulator
// makes no connection but to its account's server. It runs in a network namespace
// without a route, and serves a port from outside: the kernel counts what it tries
// inside.
func TestAlone(t *testing.T) {
	chromium := shared(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	file, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if out, err := exec.Command("unshare", "-n", "ip", "link", "set", "lo", "up").CombinedOutput(); err != nil {
		t.Skipf("no network namespace may be made here: %v, %s", err, out)
	}
	cmd := exec.CommandContext(t.Context(), "unshare", "-n", "--", os.Args[0], "-test.run=^TestAloneInside$", "-test.v")
	cmd.Env = append(os.Environ(), aloneVariable+"=1")
	cmd.ExtraFiles = []*os.File{file}
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = in.Close() // which ends it
		_ = cmd.Wait() // what it says is told below
	}()
	out := bufio.NewScanner(pipe)
	count := func() (connections, pushes, lost int) {
		t.Helper()
		fmt.Fprintln(in)
		for out.Scan() {
			if n, _ := fmt.Sscanf(out.Text(), "counted %d %d %d", &connections, &pushes, &lost); n == 3 {
				return connections, pushes, lost
			}
			t.Log(out.Text())
		}
		t.Fatal("it ended")
		return 0, 0, 0
	}
	if _, _, lost := count(); lost != 1 {
		t.Fatalf("one connection leads nowhere, and %d are counted", lost)
	}

	p := open(t, chromium, "http://"+l.Addr().String()+"/", 1440, 900)
	p.wait(`document.querySelector(".br-menu")`)
	p.press("i")
	p.wait(`document.activeElement.id === "say"`)
	for _, what := range []string{"news", "music", "text"} {
		p.press(what + kb.Enter)
		p.wait(`[...document.querySelectorAll(".li-row .li-name")][0]?.textContent.includes("` + what + `") && document.querySelector(".ve") && document.querySelector(".sp")`)
	}
	p.wait(`document.querySelector(".cd-news") && document.querySelector(".cd-music") && document.querySelector(".tx-link")`)
	eval[any](p, `document.querySelectorAll(".cd-head, .tx-link, .cd-music").forEach((e) => e.click())`) // the emulator refuses what is not of this machine
	p.wait(`document.querySelector("dialog")`)
	p.press(kb.Escape)
	for _, tab := range []string{"sent", "http", "curl"} {
		eval[any](p, `document.querySelector("[data-tab=`+tab+`]").click()`)
		p.wait(`document.querySelector("[data-tab=` + tab + `][aria-selected=true]")`)
	}
	connections, pushes, lost := count()
	if lost != 1 {
		t.Errorf("it tried %d connections to elsewhere", lost-1)
	}
	if connections != pushes || pushes < 3 {
		t.Errorf("it made %d connections, and the server has seen %d", connections, pushes)
	}
	for _, asked := range p.asked() {
		if strings.HasPrefix(asked, elsewhere) {
			t.Errorf("the page asked for %s", asked)
		}
	}
}

// TestAloneInside is the emulator of TestAlone. At each line that it gets it says
// what the kernel has counted.
func TestAloneInside(t *testing.T) {
	if os.Getenv(aloneVariable) == "" {
		t.Skip("TestAlone runs this")
	}
	if out, err := exec.Command("ip", "link", "set", "lo", "up").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var seen atomic.Int64
	b := startBot(t, chatty)
	b.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			seen.Add(1)
		}
	}
	if c, err := net.Dial("tcp", "192.0.2.1:80"); err == nil {
		c.Close()
		t.Fatal("there is a route")
	}
	cfg := accounts(b)
	cfg.Accounts[0].Users = []*emulator.User{{Name: "alice", HeadImgURL: elsewhere + "head.png"}}
	cfg.Accounts[0].Menu = `{"button":[{"type":"view","name":"x","url":"` + elsewhere + `menu"}]}`
	e, err := local.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	l, err := net.FileListener(os.NewFile(3, "listener"))
	if err != nil {
		t.Fatal(err)
	}
	go http.Serve(l, e) //nolint:errcheck // it ends with the process
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		opened, lost := counters(t)
		fmt.Printf("counted %d %d %d\n", opened, seen.Load(), lost)
	}
}

// chatty answers with addresses of elsewhere in each field that has one.
func chatty(m *message.Message) string {
	head := "<xml><ToUserName><![CDATA[" + m.Get("FromUserName") + "]]></ToUserName><FromUserName><![CDATA[" + m.Get("ToUserName") + "]]></FromUserName><CreateTime>1700000000</CreateTime>"
	switch m.Get("Content") {
	case "news":
		return head + "<MsgType>news</MsgType><ArticleCount>1</ArticleCount><Articles><item><Title>a</Title><Description>b</Description><PicUrl>" + elsewhere + "p.png</PicUrl><Url>" + elsewhere + "page</Url></item></Articles></xml>"
	case "music":
		return head + "<MsgType>music</MsgType><Music><Title>a</Title><Description>b</Description><MusicUrl>" + elsewhere + "a.mp3</MusicUrl><HQMusicUrl>" + elsewhere + "b.mp3</HQMusicUrl><ThumbMediaId>demo</ThumbMediaId></Music></xml>"
	}
	return head + `<MsgType>text</MsgType><Content><![CDATA[<a href="` + elsewhere + `link">one</a>]]></Content></xml>`
}

// counters are the connections that were begun in this namespace, and those that
// had no way.
func counters(t *testing.T) (opened, lost int) {
	t.Helper()
	for _, name := range []string{"/proc/net/snmp", "/proc/net/snmp6"} {
		raw, err := os.ReadFile(name)
		if os.IsNotExist(err) {
			continue // no IPv6 here
		} else if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(string(raw), "\n")
		for i, line := range lines {
			fields := strings.Fields(line)
			for j, field := range fields {
				switch {
				case field == "ActiveOpens" && i+1 < len(lines):
					opened += number(t, strings.Fields(lines[i+1])[j])
				case field == "OutNoRoutes" && i+1 < len(lines):
					lost += number(t, strings.Fields(lines[i+1])[j])
				case field == "Ip6OutNoRoutes":
					lost += number(t, fields[j+1])
				}
			}
		}
	}
	return opened, lost
}

func number(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
