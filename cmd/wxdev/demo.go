package main

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/signature"
	"github.com/wxdev/wxdev/pkg/verify"
)

func newDemo(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "Show what wxdev does, with servers of its own",
		Long: `demo starts a correct callback server and lets verify check it, then the same
server with a famous bug, and shows both reports with the commands you would
type. It needs no account and no network, and takes a second.`,
		Example: "  $ wxdev demo",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runDemo(cmd.Context(), g)
		},
	}
}

func runDemo(ctx context.Context, g *globals) error {
	p := g.Colors(g.env.OutTTY)
	title := func(s string) { fmt.Fprintf(g.env.Out, "%s\n\n", p.Bold("# "+s)) }

	title("1. A server that does everything right")
	ok, err := demoVerify(ctx, g, &receiver.Handler{Token: defaultToken})
	if err != nil {
		return err
	}
	fmt.Fprintln(g.env.Out)
	title("2. The same server with PHP's sort($a), without SORT_STRING")
	caught, err := demoVerify(ctx, g, numericSort{&receiver.Handler{Token: defaultToken}})
	if err != nil {
		return err
	}
	if !ok || caught {
		return errors.New("the demo's own servers were judged wrongly: please report this")
	}
	fmt.Fprintln(g.env.Out)
	title("Now yours")
	fmt.Fprintf(g.env.Out, `  wxdev verify --url http://127.0.0.1:8080/wechat --token YOUR_TOKEN
  wxdev init               # keeps URL and Token in wxdev.toml: then just wxdev verify
  wxdev explain bom        # search the catalogue of failures
`)
	return nil
}

// demoVerify serves h and verifies it; it returns whether WeChat would accept
// it.
func demoVerify(ctx context.Context, g *globals, h http.Handler) (bool, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return false, fmt.Errorf("listen on the loopback interface: %w", err)
	}
	serving, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- serve(serving, l, h) }()
	defer func() { stop(); <-done }()

	url := "http://" + l.Addr().String() + "/wechat"
	fmt.Fprintf(g.env.Out, "$ wxdev verify --url %s --token %s\n\n", url, defaultToken)
	err = runVerify(ctx, &verifyOptions{globals: g, Options: verify.Options{
		URL: url, Token: defaultToken, Now: g.env.Now, Rand: g.env.Rand,
	}})
	if errors.Is(err, errNo) {
		return false, nil
	}
	return err == nil, err
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
