package main

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/signature"
	"github.com/wxdev/wxdev/pkg/verify"
)

type demoOptions struct {
	*globals
	phone     bool
	open      bool
	readyFile string
	json      bool
	bot       string // where to serve the bot that demo starts itself
}

func newDemo(g *globals) *cobra.Command {
	o := &demoOptions{globals: g}
	cmd := &cobra.Command{
		Use:  "demo [flags]",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case o.bot != "":
				return o.runBot(cmd.Context())
			case o.phone:
				return o.runPhone(cmd.Context())
			case o.open:
				return usage(words.DemoErrPhone, "flag", "--open")
			case o.readyFile != "":
				return usage(words.DemoErrPhone, "flag", "--ready-file")
			case o.json:
				return demoJSON(cmd.Context(), g)
			}
			return runDemo(cmd.Context(), g)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.phone, "phone", false, "")
	f.BoolVar(&o.open, "open", false, "")
	addOutFile(f, &o.readyFile, "ready-file")
	f.BoolVar(&o.json, "json", false, "")
	f.StringVar(&o.bot, "bot", "", "")
	f.Lookup("bot").Hidden = true
	return cmd
}

// demoReport is what demo --json prints: what verify says of the two servers.
type demoReport struct {
	outcome

	Right verifyJSON `json:"right"`
	Wrong verifyJSON `json:"wrong"`
}

func demoJSON(ctx context.Context, g *globals) error {
	doc := demoReport{outcome: newOutcome(true)}
	for _, one := range []struct {
		handler http.Handler
		into    *verifyJSON
	}{
		{&receiver.Handler{Token: defaultToken}, &doc.Right},
		{numericSort{&receiver.Handler{Token: defaultToken}}, &doc.Wrong},
	} {
		err := serveDemo(ctx, g, one.handler, func(o verify.Options) error {
			v := &verifyOptions{globals: g, Options: o}
			report, err := verify.Run(ctx, v.Options)
			if err == nil {
				*one.into = v.document(report, v.describeAll(report), v.passes(report))
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	if !doc.Right.OK || doc.Wrong.OK {
		return failed(words.DemoMisjudged)
	}
	return writeJSON(g.env.Out, doc)
}

func runDemo(ctx context.Context, g *globals) error {
	p, say := g.Colors(g.env.OutTTY), g.sayer()
	title := func(s string) { fmt.Fprintf(g.env.Out, "%s\n\n", p.Bold("# "+s)) }

	title(say(words.DemoRight))
	ok, err := demoVerify(ctx, g, &receiver.Handler{Token: defaultToken})
	if err != nil {
		return err
	}
	fmt.Fprintln(g.env.Out)
	title(say(words.DemoWrong))
	passed, err := demoVerify(ctx, g, numericSort{&receiver.Handler{Token: defaultToken}})
	if err != nil {
		return err
	}
	if !ok || passed {
		return failed(words.DemoMisjudged)
	}
	fmt.Fprintln(g.env.Out)
	title(say(words.DemoRun))
	if err := demoRun(ctx, g); err != nil {
		return err
	}
	fmt.Fprintln(g.env.Out)
	title(say(words.DemoAccount))
	if err := demoAccount(ctx, g); err != nil {
		return err
	}
	title(say(words.DemoYours))
	fmt.Fprintf(g.env.Out, "  wxdev run --url http://127.0.0.1:8080/wechat --open -- npm start\n")
	fmt.Fprintf(g.env.Out, "  wxdev verify --url http://127.0.0.1:8080/wechat --token mytoken\n")
	fmt.Fprintf(g.env.Out, "  wxdev init                # %s\n  wxdev explain bom         # %s\n  wxdev demo --phone --open # %s\n", say(words.DemoInit), say(words.DemoSearch), say(words.DemoPhone))
	return nil
}

const demoPage = "https://example.com/page?x=1#top"

const demoMenu = `{
  "button": [
    {"type": "click", "name": "今日歌曲", "key": "V1001_TODAY_MUSIC"},
    {"name": "菜单", "sub_button": [
      {"type": "view", "name": "搜索", "url": "https://example.com/?a=1&b=2"}
    ]}
  ]
}
`

// demoAccount runs the commands of an account against an emulator, as Main
// runs them, in a folder and with settings of its own.
func demoAccount(ctx context.Context, g *globals) error {
	s, err := local.NewServer(emulator.Config{})
	if err != nil {
		return err
	}
	defer s.Close()
	dir, err := os.MkdirTemp("", "wxdev-demo-")
	if err != nil {
		return failed(words.DemoErrFolder, "error", cause(err))
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "menu.json")
	if err := os.WriteFile(file, []byte(demoMenu), 0o600); err != nil {
		return failed(words.ErrWrite, "file", "menu.json", "error", cause(err))
	}
	env := *g.env
	settings := map[string]string{
		"WXDEV_API_BASE": s.URL, "WXDEV_APPID": emulator.DefaultAppID, "WXDEV_SECRET": emulator.DefaultSecret,
	}
	env.LookupEnv = func(name string) (string, bool) {
		if v, ok := settings[name]; ok || strings.HasPrefix(name, "WXDEV_") {
			return v, ok
		}
		return g.env.LookupEnv(name)
	}
	folder := func() (string, error) { return dir, nil }
	env.Err, env.ErrTTY = env.Out, env.OutTTY // in the order it happens
	env.Getwd, env.ConfigDir, env.CacheDir = folder, folder, folder
	for _, args := range [][]string{
		{"token", "--info"},
		{"menu", "push", file},
		{"menu", "push", file},
		{"menu", "list"},
		{"sign-js", demoPage, "--api", "scanQRCode"},
	} {
		line := "$ wxdev " + strings.Join(args, " ")
		fmt.Fprintln(g.env.Out, strings.NewReplacer(file, "menu.json", demoPage, "'"+demoPage+"'").Replace(line))
		if code := g.main(ctx, append(args, "--lang", string(g.Lang()), "--color", g.color), &env); code != exitOK {
			return failed(words.DemoErrCommand, "command", quoted(line))
		}
		fmt.Fprintln(g.env.Out)
	}
	return nil
}

// demoVerify serves h and verifies it; it returns whether WeChat would accept
// it.
func demoVerify(ctx context.Context, g *globals, h http.Handler) (bool, error) {
	err := serveDemo(ctx, g, h, func(o verify.Options) error {
		fmt.Fprintf(g.env.Out, "$ wxdev verify --url %s --token %s\n\n", o.URL, o.Token)
		return runVerify(ctx, &verifyOptions{globals: g, Options: o})
	})
	if errors.Is(err, errNo) {
		return false, nil
	}
	return err == nil, err
}

// serveDemo serves h while it is verified.
func serveDemo(ctx context.Context, g *globals, h http.Handler, with func(verify.Options) error) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return failed(words.ErrListen, "addr", "127.0.0.1", "error", cause(err))
	}
	serving, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- serve(serving, l, h) }()
	defer func() { stop(); <-done }()
	return with(verify.Options{
		URL: "http://" + l.Addr().String() + "/wechat", Token: defaultToken, Now: g.env.Now, Rand: g.env.Rand,
	})
}

// numericSort is the receiver with the bug of finding V18: it compares digits
// as numbers, as PHP's sort does unless told otherwise.
type numericSort struct{ *receiver.Handler }

func (s numericSort) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	parts := []string{s.Token, q.Get("timestamp"), q.Get("nonce")}
	slices.SortFunc(parts, func(a, b string) int {
		x, errA := strconv.Atoi(a)
		y, errB := strconv.Atoi(b)
		if errA != nil || errB != nil {
			return strings.Compare(a, b)
		}
		return x - y
	})
	if q.Get("signature") == hashJoined(parts) {
		// It thinks the signature right: let the rest of the server think so too.
		q.Set("signature", signature.Access(s.Token, q.Get("timestamp"), q.Get("nonce")))
	} else {
		q.Del("signature")
	}
	r.URL.RawQuery = q.Encode()
	s.Handler.ServeHTTP(w, r)
}

func hashJoined(parts []string) string {
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(sum[:])
}
