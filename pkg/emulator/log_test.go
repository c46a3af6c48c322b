package emulator_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
)

func TestLogHasEveryRequest(t *testing.T) {
	b := newBench(t, "") // which made one
	b.fails(46003, "GET", "/cgi-bin/menu/get", "")
	b.ok("POST", createPath, goodMenu)
	b.do("GET", "/cgi-bin/nothing", "")
	b.do("POST", anyCall, "")
	b.do("GET", "/cgi-bin/token?appid=wx1&secret=topsecret&grant_type=client_credential", "")
	var got []string
	for _, e := range b.Log(emulator.Match{}) {
		got = append(got, fmt.Sprintf("%d %s %s %d %d %s", e.ID, e.Method, e.Path, e.Status, e.ErrCode, e.AppID))
		if (e.ErrCode != 0) != (e.Rid != "") {
			t.Errorf("errcode %d, rid %q", e.ErrCode, e.Rid)
		}
	}
	want := []string{
		"1 GET /cgi-bin/token 200 0 wx0123456789abcdef",
		"2 GET /cgi-bin/menu/get 200 46003 wx0123456789abcdef",
		"3 POST /cgi-bin/menu/create 200 0 wx0123456789abcdef",
		"4 GET /cgi-bin/nothing 200 40066 ",
		"5 POST /cgi-bin/getcallbackip 200 43001 ",
		"6 GET /cgi-bin/token 200 40013 ",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("log\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestLogHasNoSecret sends AppSecrets in every way in which clients do.
func TestLogHasNoSecret(t *testing.T) {
	b := newBench(t, "")
	const secret = "5ec2e75ec2e7"
	b.do("GET", "/cgi-bin/token?appid=wx1&secret="+secret, "")
	b.do("GET", "/cgi-bin/token?Secret="+secret+"&appid=wx1", "")
	b.do("GET", "/cgi-bin/token?s%65cret="+secret+"&appid=wx1", "")
	b.do("POST", stableURL, `{"appid":"wx1","secret" : "`+secret+`"}`)
	b.do("POST", stableURL, `{"secret":"\"`+secret+`"}`)
	b.do("POST", "/cgi-bin/clear_quota/v2?secret", `{"appsecret":"`+secret+`"}`)
	b.do("POST", "/cgi-bin/clear_quota/v2?appid=a&appsecret="+secret, "")
	b.do("POST", "/cgi-bin/token?secret", "appid=a&secret="+secret)
	for i := 1; i <= len(secret); i++ { // whoever guesses letter by letter would find out
		if found := b.Log(emulator.Match{Contains: "secret=" + secret[:i]}); len(found) > 0 {
			t.Errorf("%q is found in %+v", secret[:i], found)
		}
	}
	for _, e := range b.Log(emulator.Match{}) {
		if text := fmt.Sprintf("%+v", e); strings.Contains(text, secret) {
			t.Errorf("the log holds the secret: %s", text)
		}
	}
	if w := b.do("GET", "/__wxdev/log", ""); strings.Contains(w.Body.String(), emulator.DefaultSecret) {
		t.Error("the log holds the account's secret")
	}
}

// TestLogHasNoSecretByAnyName: the accounts' own AppSecrets are hidden by what
// they are, also where nothing says so.
func TestLogHasNoSecretByAnyName(t *testing.T) {
	b := newBench(t, people+"[[account]]\nappid = \"wx00000000000000aa\"\nsecret = \"0a1b2c3d4e5f60718293a4b5c6d7e8f9\"\n")
	if err := b.UpdateAccount("wx00000000000000bb", func(a *emulator.Account) error { a.Secret = "f9e8d7c6b5a4938271605f4e3d2c1b0a"; return nil }); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "Traceback: APP = ('0a1b2c3d4e5f60718293a4b5c6d7e8f9')")
	}))
	defer server.Close()
	if err := b.UpdateAccount("", func(a *emulator.Account) error { a.URL = server.URL; return nil }); err != nil {
		t.Fatal(err)
	}
	b.control(200, "POST", "users/alice/text", `{"value":"hi"}`)
	for _, secret := range []string{emulator.DefaultSecret, "0a1b2c3d4e5f60718293a4b5c6d7e8f9", "f9e8d7c6b5a4938271605f4e3d2c1b0a"} {
		b.ClearLog()
		escaped, percent := "", ""
		for _, c := range []byte(secret) {
			escaped, percent = escaped+fmt.Sprintf(`\u%04x`, c), percent+fmt.Sprintf("%%%02X", c)
		}
		for _, written := range []string{secret, escaped, percent, secret[:8] + escaped[8*6:], base64.StdEncoding.EncodeToString([]byte(secret))} {
			b.do("GET", "/cgi-bin/token?appid="+written, "")
			b.do("GET", "/cgi-bin/"+url.PathEscape(written), "")
			b.do("GET", anyCall+"?access_token="+written, "")
			for _, body := range []string{
				`{"appid":"` + written + `"}`, `{'secret':'` + written + `'}`, `{secret: ` + written, `appid=wx1&app_secrt=` + written, written,
				"--x\r\nContent-Disposition: form-data; name=secret\r\n\r\n" + written + "\r\n--x--",
				strings.Repeat("x", 16<<10-10) + written, strings.Repeat("x", 17<<10-10) + written, strings.Repeat(written+",", 3000),
			} {
				b.do("POST", stableURL, body)
				b.do("POST", "/cgi-bin/nothing", body)
			}
			req := httptest.NewRequest("GET", anyCall, nil)
			req.SetBasicAuth("wx1", secret)
			b.ServeHTTP(httptest.NewRecorder(), req)
			for _, e := range b.Log(emulator.Match{}) {
				text, err := json.Marshal(e)
				if err != nil {
					t.Fatal(err)
				}
				for _, part := range []string{secret[:12], secret[len(secret)-12:], escaped[:72], percent[:36], base64.StdEncoding.EncodeToString([]byte(secret))[:20]} {
					if strings.Contains(string(text), part) || strings.Contains(e.Body+e.Query+e.Path, part) {
						t.Errorf("%s, written as %s…, is in the log: %.300s", secret, written[:12], text)
						break
					}
				}
			}
			b.ClearLog()
		}
	}
}

func TestLogMatch(t *testing.T) {
	b := newBench(t, "")
	b.ok("POST", createPath, goodMenu)
	b.fails(40125, "GET", "/cgi-bin/token?grant_type=client_credential&appid=wx0123456789abcdef&secret=x", "")
	for query, want := range map[string]int{
		"": 3, "kind=api": 3, "kind=push": 0, "method=post": 1, "path=/cgi-bin/token": 2, "path=/cgi-bin/*": 3, "path=/cgi-bin": 0,
		"errcode=40125": 1, "errcode=0": 2, "contains=V1001": 1, "contains=client_credential": 2, "after=2": 1, "appid=wx9": 0, "user=alice": 0,
		"path=/cgi-bin/token&errcode=0": 1,
	} {
		if got := b.control(200, "GET", "log?"+query, "")["count"]; got != float64(want) {
			t.Errorf("%s: %v entries, want %d", query, got, want)
		}
	}
	for _, bad := range []string{"errcode=x", "after=x", "wait=x", "wait=2m", "wait=-1s", "count=x", "count=-1", "paths=/x"} {
		b.control(400, "GET", "log?"+bad, "")
	}
	b.control(200, "DELETE", "log", "")
	if got := b.control(200, "GET", "log", "")["entries"]; len(got.([]any)) != 0 {
		t.Errorf("entries %v", got)
	}
}

func TestLogWait(t *testing.T) {
	b := newBench(t, "")
	got := make(chan []emulator.Entry)
	go func() {
		found, err := b.Wait(t.Context(), emulator.Match{Path: anyCall}, 2)
		if err != nil {
			t.Error(err)
		}
		got <- found
	}()
	b.ok("GET", anyCall, "")
	b.ok("GET", anyCall, "")
	if found := <-got; len(found) != 2 {
		t.Errorf("%d entries", len(found))
	}
	if got := b.control(200, "GET", "log?wait=60s&count=2&path="+anyCall, "")["count"]; got != 2.0 {
		t.Errorf("count %v", got)
	}
	if got := b.control(408, "GET", "log?wait=1ms&path=/cgi-bin/menu/get", "")["count"]; got != 0.0 {
		t.Errorf("count %v", got)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := b.Wait(ctx, emulator.Match{Path: "/nothing"}, 1); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}

// TestLogIsBounded keeps the newest entries, and little of a large body.
func TestLogIsBounded(t *testing.T) {
	var seen []int64
	e, err := local.New(emulator.Config{LogSize: 3, OnRequest: func(e emulator.Entry) { seen = append(seen, e.ID) }})
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{Emulator: e, t: t}
	b.login()
	b.api("POST", createPath, strings.Repeat("x", 100_000))
	b.api("POST", createPath, "\x00\x01")
	b.api("GET", anyCall, "")
	entries := e.Log(emulator.Match{})
	if len(entries) != 3 || entries[0].ID != 2 || entries[2].ID != 4 || len(seen) != 4 {
		t.Fatalf("entries %d, seen %v", len(entries), seen)
	}
	if n := len(entries[0].Body); n > 17_000 || !strings.HasSuffix(entries[0].Body, "(100000 bytes)") {
		t.Errorf("%d bytes of the body were kept", n)
	}
	if entries[1].Body != "(2 bytes)" {
		t.Errorf("body %q", entries[1].Body)
	}
}
