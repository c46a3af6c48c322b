// Package browser is for tests: a real Chromium without a window.
//
//	ctx := browser.Start(t)                    // skips the test where there is none
//	tab := browser.Open(t, ctx, "en", address)
//	tab.Wait("document.title === 'x'")
//	title := browser.Eval[string](tab, "document.title")
package browser

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/internal/stacks"
)

// Start returns a context for tabs of one Chromium.
func Start(t *testing.T) context.Context {
	t.Helper()
	stacks.Need(t, "chromium")
	ctx, stop, err := Launch(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return ctx
}

// Launch starts a Chromium that keeps its files in a folder, for tests that share
// one: starting it takes longer than most of them.
func Launch(dir string, environment ...string) (context.Context, func(), error) {
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(stacks.Chromium()), chromedp.UserDataDir(dir), chromedp.Env(environment...),
		chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
	}
	for _, name := range []string{"quic", "background-networking", "component-update", "sync", "default-apps", "extensions", "dev-shm-usage"} {
		options = append(options, chromedp.Flag("disable-"+name, true))
	}
	ctx, stopTime := context.WithTimeout(context.Background(), 10*time.Minute)
	ctx, stopProcess := chromedp.NewExecAllocator(ctx, options...)
	ctx, stopTabs := chromedp.NewContext(ctx)
	stop := func() {
		stopTabs()
		stopProcess()
		stopTime()
	}
	if err := chromedp.Do(ctx); err != nil {
		stop()
		return nil, nil, err
	}
	return ctx, stop, nil
}

// Tab is a page in the browser.
type Tab struct {
	T   *testing.T
	Ctx context.Context // for chromedp

	mu      sync.Mutex
	console []string
}

// Open opens a page for somebody who reads a language.
func Open(t *testing.T, browser context.Context, acceptLanguage, url string) *Tab {
	t.Helper()
	ctx, stop := chromedp.NewContext(browser)
	t.Cleanup(stop)
	b := &Tab{T: t, Ctx: ctx}
	messages := chromedp.Console(ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			b.mu.Lock()
			b.console = append(b.console, string(m.Type)+" "+m.Text)
			b.mu.Unlock()
		}
	}()
	_, err := chromedp.Call(ctx, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{
		Headers: network.Headers{"Accept-Language": acceptLanguage},
	})
	if err == nil {
		err = chromedp.Do(ctx, chromedp.Navigate(url))
	}
	if err != nil {
		t.Fatalf("%s: %v", url, err)
	}
	return b
}

// Eval runs an expression, and waits for what it promises.
func Eval[T any](b *Tab, js string) T {
	b.T.Helper()
	v, err := chromedp.Run(b.Ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	if err != nil {
		b.T.Fatalf("%s: %v", js, err)
	}
	return v
}

// Wait waits until an expression is true, on whatever page the tab has come to.
func (b *Tab) Wait(js string) {
	b.T.Helper()
	for end := time.Now().Add(busy.Net); ; {
		_, err := chromedp.Run(b.Ctx, chromedp.Poll[bool](js, chromedp.WithPollingTimeout(busy.Net)))
		switch {
		case err == nil:
			return
		case !strings.Contains(err.Error(), "navigated") && !strings.Contains(err.Error(), "context") || time.Now().After(end):
			b.T.Fatalf("%s: %v; console: %q", js, err, b.Said())
		}
	}
}

// Said is what stands in the console.
func (b *Tab) Said() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Join(b.console, "\n")
}
