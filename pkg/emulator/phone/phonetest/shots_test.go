package phonetest

import (
	"bytes"
	"cmp"
	"context"
	"flag"
	"image"
	"image/color"
	"image/png"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/wxdev/wxdev/internal/browser"
	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/internal/demobot"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
	"github.com/wxdev/wxdev/pkg/finding"
)

var update = flag.Bool("update", false, "make the pictures of the READMEs")

// shot is a picture that a README shows.
type shot struct {
	file, readme  string
	lang          finding.Lang
	theme         string
	width, height int64
}

func (s shot) path() string { return filepath.Join(root, "docs", "pictures", s.file) }

var pictures = []shot{
	{"phone.zh-CN.png", "README.zh-CN.md", finding.Chinese, "light", 1440, 900},
	{"phone-small.zh-CN.png", "README.zh-CN.md", finding.Chinese, "light", 390, 844},
	{"phone.png", "README.md", finding.English, "dark", 1440, 900},
	{"phone-small.png", "README.md", finding.English, "dark", 390, 844},
}

const (
	root       = "../../../.."
	mostOfFile = 200 << 10
)

// TestPictures: they have the sizes that they were made for, are small, and the
// READMEs show them. make pictures makes them anew.
func TestPictures(t *testing.T) {
	if *update {
		for _, lang := range []finding.Lang{finding.English, finding.Chinese} {
			t.Run(string(lang), func(t *testing.T) { makePictures(t, lang) })
		}
	}
	for _, p := range pictures {
		raw, err := os.ReadFile(p.path())
		if err != nil {
			t.Fatal(err)
		}
		size, err := png.DecodeConfig(bytes.NewReader(raw))
		if err != nil || size.Width != int(p.width) || size.Height != int(p.height) || len(raw) > mostOfFile {
			t.Errorf("%s: %v, %d×%d, %d bytes", p.file, err, size.Width, size.Height, len(raw))
		}
		readme, err := os.ReadFile(filepath.Join(root, p.readme))
		if err != nil || !strings.Contains(string(readme), "docs/pictures/"+p.file) {
			t.Errorf("%s does not show %s: %v", p.readme, p.file, err)
		}
	}
}

func makePictures(t *testing.T, lang finding.Lang) {
	chromium, s := withFonts(t), teaHouse(t, lang)
	for _, p := range pictures {
		if p.lang != lang {
			continue
		}
		b := showing(t, chromium, s, string(lang), p.theme, p.width, p.height)
		shot, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p.path(), small(t, shot), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// withFonts is a browser that draws Chinese, and Latin beside it, with the same
// font on every machine.
func withFonts(t *testing.T) context.Context {
	t.Helper()
	if out, err := exec.Command("fc-list", "Noto Sans CJK SC").Output(); err != nil || len(out) == 0 {
		t.Fatal("the pictures need the font Noto Sans CJK SC: apt-get install fonts-noto-cjk")
	}
	conf, err := filepath.Abs("testdata/fonts.conf")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop, err := browser.Launch(t.TempDir(), "FONTCONFIG_FILE="+conf)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return ctx
}

// house is an emulator with a chat of every kind in it; the last message was
// answered with the names not swapped.
type house struct {
	*local.Server
	last int64
}

func teaHouse(t *testing.T, lang finding.Lang) *house {
	t.Helper()
	bot := demobot.New(lang)
	bot.Late = 0
	l, err := net.Listen("tcp", "127.0.0.1:8080") // looks best
	if err != nil || !*update {
		l, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: bot, ReadHeaderTimeout: busy.Net}
	go server.Serve(l) //nolint:errcheck // it ends with the test
	t.Cleanup(func() { server.Close() })
	cfg := emulator.Config{Seed: bot.State("http://" + l.Addr().String()), Lang: lang}
	if *update {
		began, noon := time.Now(), time.Date(2026, 12, 1, 9, 41, 0, 0, time.Local)
		cfg.Now = func() time.Time { return noon.Add(time.Since(began)) }
	}
	s := start(t, cfg)
	bot.Join(s.URL)
	var last int64
	say := func(what string) {
		out, err := s.Act(t.Context(), emulator.Action{User: "alice", Do: "text", Value: what})
		if err != nil {
			t.Fatal(err)
		}
		last = out.Push.ID
	}
	for _, kind := range []string{"image", "voice", "video", "music", "menu", "mini", "template", "late"} {
		say(kind)
	}
	arrived(t, s, 4)
	greeting, bug := "你好", "收件人写反"
	if lang == finding.English {
		greeting, bug = "hello", "names not swapped"
	}
	say(greeting)
	say("news")
	say(bug)
	return &house{s, last}
}

// arrived waits for messages that calls send.
func arrived(t *testing.T, s *local.Server, want int) {
	t.Helper()
	for end := time.Now().Add(busy.Net); ; time.Sleep(5 * time.Millisecond) {
		chat, err := s.Chat("", "alice")
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, item := range chat {
			if item.Via == "custom" || item.Via == "template" {
				n++
			}
		}
		if n >= want {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%d of %d messages came", n, want)
		}
	}
}

// showing is the page with the last push, in a language, a theme and a size.
func showing(t *testing.T, chromium context.Context, s *house, lang, theme string, width, height int64) *tab {
	t.Helper()
	b := open(t, chromium, s.URL+"/#u=alice&x=p"+itoa(s.last), width, height)
	eval[any](b, `localStorage.setItem("wxdev.lang", "`+lang+`"); localStorage.setItem("wxdev.theme", "`+theme+`")`)
	b.reload()
	b.wait(`document.querySelector(".led-ok") && document.documentElement.lang.startsWith("` + lang + `") && document.documentElement.dataset.theme === "` + theme + `"`)
	b.wait(`document.querySelector(".ln-fault") && document.querySelector(".ve .tag") && document.querySelector(".by mark") && [...document.images].every((i) => i.complete || i.getBoundingClientRect().bottom < 0)`)
	eval[any](b, `document.activeElement.blur()`)
	return b
}

// far is how far a colour is from the nearest of a palette.
func far(p color.Palette, c color.RGBA) int {
	near := p[p.Index(c)].(color.RGBA)
	r, g, b := int(near.R)-int(c.R), int(near.G)-int(c.G), int(near.B)-int(c.B)
	return r*r + g*g + b*b
}

// small is a picture in 256 colours: the ones that are there most, and for the
// others the nearest of them.
func small(t *testing.T, shot []byte) []byte {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		t.Fatal(err)
	}
	counts := map[color.RGBA]int{}
	bounds := img.Bounds()
	at := func(x, y int) color.RGBA { return color.RGBAModel.Convert(img.At(x, y)).(color.RGBA) }
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			counts[at(x, y)]++
		}
	}
	var all []color.RGBA
	for c := range counts {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b color.RGBA) int {
		return cmp.Or(counts[b]-counts[a], cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	var palette color.Palette
	for len(palette) < min(256, len(all)) {
		c := all[len(palette)]
		if len(palette) >= 160 { // the rest is for shades: what many have, and none of these comes near
			c = slices.MaxFunc(all, func(a, b color.RGBA) int { return cmp.Compare(counts[a]*far(palette, a), counts[b]*far(palette, b)) })
		}
		palette = append(palette, c)
	}
	out := image.NewPaletted(bounds, palette)
	index := map[color.RGBA]uint8{}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			c := at(x, y)
			i, known := index[c]
			if !known {
				i = uint8(palette.Index(c))
				index[c] = i
			}
			out.SetColorIndex(x, y, i)
		}
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, out); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
