package phonetest

import (
	"bytes"
	"encoding/binary"
	"go/ast"
	"go/parser"
	"go/token"
	"hash/crc32"
	"image"
	"image/png"
	"io"
	"net/http"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/wxdev/wxdev/pkg/message"
)

// TestTwelveAttacks: for each kind of attack that tools like this one have fallen
// to there are exploits that fail.
func TestTwelveAttacks(t *testing.T) {
	const control, h5, hostname = "control", "h5", "../../internal/hostname"
	read := map[string]map[string]bool{}
	for attack, exploits := range map[string][][2]string{
		"another site reads the live stream":       {{control, "TestStreamIsGuarded"}, {control, "TestNoForeignPageIsAnswered"}},
		"a rule for origins that forgets the port": {{control, "TestNoForeignPageIsAnswered"}, {h5, "TestWhoMayAsk"}},
		"fetching what content names":              {{"phone/phonetest", "TestAlone"}, {h5, "TestRedirects"}},
		"a proxy that goes anywhere":               {{h5, "TestWhatMayBeOpened"}, {h5, "TestHostsThatAreLetIn"}},
		"bodies without a limit":                   {{control, "TestBodiesAreLimited"}, {h5, "TestLimits"}},
		"ids that are paths":                       {{control, "TestIDsAreNoPaths"}, {"phone", "TestAssets"}},
		"pictures that unpack to gigabytes":        {{"phone/phonetest", "TestPictureBomb"}, {h5, "TestLimits"}},
		"names that end a header":                  {{control, "TestNamesInHeaders"}, {control, "TestNamesInStream"}},
		"maps that several write":                  {{control, "TestReadersAndWritersAtOnce"}, {control, "TestReadersOfStreamsAtOnce"}},
		"frames without a policy":                  {{"phone", "TestPolicy"}, {h5, "TestNobodyElseFrames"}, {h5, "TestPoliciesOfPages"}, {"phone/phonetest", "TestPolicyHolds"}},
		"lines without an end":                     {{"phone/phonetest", "TestLongLine"}, {"../../internal/feed", "TestServeWritesInPieces"}},
		"private addresses that are forgotten":     {{hostname, "TestPrivate"}, {hostname, "TestHosts"}, {h5, "TestWhatMayBeOpened"}},
	} {
		for _, e := range exploits {
			dir := path.Join("../..", e[0])
			if read[dir] == nil {
				read[dir] = testsIn(t, dir)
			}
			if !read[dir][e[1]] {
				t.Errorf("%s: %s has no %s", attack, dir, e[1])
			}
		}
	}
}

// testsIn are the names of the tests in a folder.
func testsIn(t *testing.T, dir string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
				names[f.Name.Name] = true
			}
		}
	}
	return names
}

// TestPictureBomb: a small file that says it is a picture of 3.6 GB is kept as it
// came, and nobody unpacks it here.
func TestPictureBomb(t *testing.T) {
	s := start(t, accounts(startBot(t, echo)))
	bomb := pngOf(t, 30000, 30000)
	if c, err := png.DecodeConfig(bytes.NewReader(bomb)); err != nil || c.Width != 30000 {
		t.Fatalf("it is no bomb: %v", err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	res, err := http.Post(s.URL+"/__wxdev/media?type=image", "", bytes.NewReader(bomb))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	res.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"media", "users/alice/image"} {
		res, err := http.Get(s.URL + "/__wxdev/" + path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
		t.Errorf("it took %d MB to keep %d bytes: %d %s", used>>20, len(bomb), res.StatusCode, body)
	}
}

// pngOf is the head of a picture of a size, and the data of a small one.
func pngOf(t *testing.T, width, height uint32) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		t.Fatal(err)
	}
	raw := b.Bytes()
	head := raw[12:29] // IHDR and its data
	binary.BigEndian.PutUint32(head[4:], width)
	binary.BigEndian.PutUint32(head[8:], height)
	binary.BigEndian.PutUint32(raw[29:], crc32.ChecksumIEEE(head))
	return raw
}

// long answers with a line of nearly a megabyte.
func long(m *message.Message) string {
	return text(m.Get("FromUserName"), m.Get("ToUserName"), strings.Repeat("长", 300_000))
}

// TestLongLine: a line of a megabyte makes no node of a megabyte.
func TestLongLine(t *testing.T) {
	chromium := shared(t)
	s := start(t, accounts(startBot(t, long)))
	p := open(t, chromium, s.URL+"/", 1440, 900)
	p.wait(`document.activeElement.id === "say"`)
	p.press("x" + kb.Enter)
	p.wait(`document.querySelector(".by-lines") && document.querySelector(".sp")`)
	if n := eval[int](p, `document.body.textContent.length`); n > 100_000 {
		t.Errorf("the page has %d characters", n)
	}
	if eval[bool](p, `document.documentElement.scrollWidth > innerWidth`) {
		t.Error("it scrolls sideways")
	}
}
