package verify_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/product"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/signature"
	"github.com/wxdev/wxdev/pkg/verify"
)

const (
	platformID = "wxc0c0c0c0c0c0c0c0"
	servedID   = "wx00000000000000ac"
)

// platform is the server of a third-party platform, of which a test changes what it
// is about.
type platform struct {
	ticket, message *msgcrypt.Codec // by which it decrypts
	path            func(appid string) bool
	success         func(w http.ResponseWriter, infoType string)
	refuse          func(w http.ResponseWriter)
	parse           func(body []byte) (*msgcrypt.Envelope, error)
	ticketParse     func(body []byte) (*msgcrypt.Envelope, error)
	text            func(w http.ResponseWriter, in *message.Message, appid string) string // empty is no reply; it may answer
	plain           bool                                                                  // replies are not encrypted
}

func newPlatform(change ...func(*platform)) *platform {
	codec := weComCodec(weComKey, platformID)
	s := &platform{
		ticket: codec, message: codec,
		path:    func(appid string) bool { return strings.HasPrefix(appid, "wx") },
		success: func(w http.ResponseWriter, _ string) { io.WriteString(w, "success") },
		refuse:  func(w http.ResponseWriter) { http.Error(w, "no", http.StatusForbidden) },
		parse:   msgcrypt.ParseEnvelope,
		text: func(_ http.ResponseWriter, in *message.Message, _ string) string {
			content := in.Get("Content")
			switch {
			case in.Get("Event") == "LOCATION":
				return "LOCATIONfrom_callback"
			case content == "TESTCOMPONENT_MSG_TYPE_TEXT":
				return content + "_callback"
			case strings.HasPrefix(content, "QUERY_AUTH_CODE:"), in.Get("MsgType") != "text":
				return ""
			}
			return "收到：" + content
		},
	}
	s.ticketParse = s.parse
	for _, c := range change {
		c(s)
	}
	return s
}

func (s *platform) open(r *http.Request, codec *msgcrypt.Codec, parse func([]byte) (*msgcrypt.Envelope, error)) (*message.Message, bool) {
	body, _ := io.ReadAll(r.Body)
	q := r.URL.Query()
	env, err := parse(body)
	if err != nil || q.Get("msg_signature") != signature.Message(token, q.Get("timestamp"), q.Get("nonce"), env.Encrypt) {
		return nil, false
	}
	plain, err := codec.Decrypt(env.Encrypt)
	if err != nil {
		return nil, false
	}
	in, err := message.Parse(plain.Msg)
	if err != nil {
		in = &message.Message{}
	}
	return in, true
}

func (s *platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != "POST" {
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	if r.URL.Path == "/ticket" {
		in, ok := s.open(r, s.ticket, s.ticketParse)
		if !ok {
			s.refuse(w)
			return
		}
		s.success(w, in.Get("InfoType"))
		return
	}
	appid, ok := strings.CutSuffix(strings.TrimPrefix(r.URL.Path, "/"), "/callback")
	if !ok || !s.path(appid) {
		http.NotFound(w, r)
		return
	}
	in, ok := s.open(r, s.message, s.parse)
	if !ok {
		s.refuse(w)
		return
	}
	text := s.text(w, in, appid)
	if text == "" {
		return
	}
	out, err := reply.Text(in, time.Now(), text).AppendXML(nil)
	if err != nil {
		panic(err)
	}
	if s.plain {
		w.Write(out)
		return
	}
	sealed, err := weComCodec(weComKey, platformID).Encrypt(out, rand.Reader)
	if err != nil {
		panic(err)
	}
	now := strconv.FormatInt(time.Now().Unix(), 10)
	w.Write(msgcrypt.NewReply(token, now, r.URL.Query().Get("nonce"), sealed).Body())
}

func platformOptions(url string) verify.Options {
	o := options(url + "/$APPID$/callback")
	o.Product, o.Mode, o.Format = product.Component, "", ""
	o.AuthURL, o.AccountAppID, o.AppID = url+"/ticket", servedID, platformID
	o.Codec = weComCodec(weComKey, platformID)
	return o
}

// verifyPlatform checks a server, and returns what was found and is no info.
func verifyPlatform(t *testing.T, s http.Handler, change func(*verify.Options)) (*verify.Report, []string) {
	t.Helper()
	srv := httptest.NewServer(s)
	defer srv.Close()
	o := platformOptions(srv.URL)
	if change != nil {
		change(&o)
	}
	report, err := verify.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, f := range report.Findings {
		if f.Severity != finding.Info {
			found = append(found, f.ID+" "+f.Variant)
		}
	}
	return report, found
}

func TestPlatformCorrectServers(t *testing.T) {
	for name, s := range map[string]*platform{
		"as the page says":           newPlatform(),
		"replies to nothing":         newPlatform(func(s *platform) { s.text = func(http.ResponseWriter, *message.Message, string) string { return "" } }),
		"refuses with success":       newPlatform(func(s *platform) { s.refuse = func(w http.ResponseWriter) { io.WriteString(w, "success") } }),
		"refuses with an empty 200":  newPlatform(func(s *platform) { s.refuse = func(http.ResponseWriter) {} }),
		"refuses in words, with 200": newPlatform(func(s *platform) { s.refuse = func(w http.ResponseWriter) { io.WriteString(w, "签名错误") } }),
	} {
		for _, messages := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s %t", name, messages), func(t *testing.T) {
				report, found := verifyPlatform(t, s, func(o *verify.Options) {
					o.Messages, o.Launch, o.LaunchAll = messages, name == "as the page says", messages
				})
				if !report.OK() || len(found) > 0 {
					t.Errorf("ok %v: %q", report.OK(), found)
				}
				for _, c := range report.Checks {
					if c.Outcome == verify.Failed {
						t.Errorf("%s failed", c.Name)
					}
				}
			})
		}
	}
}

// Each mistake by itself.
func TestPlatformMistakes(t *testing.T) {
	account := weComCodec(weComKey, servedID)
	none := weComCodec(weComKey, "")
	says := func(body string) func(*platform) {
		return func(s *platform) {
			s.success = func(w http.ResponseWriter, _ string) { io.WriteString(w, body) }
		}
	}
	onlyJSON := func(body []byte) (*msgcrypt.Envelope, error) {
		env, err := msgcrypt.ParseEnvelope(body)
		if err == nil && env.Format != msgcrypt.JSON {
			err = fmt.Errorf("no JSON")
		}
		return env, err
	}
	launch := func(text func(in *message.Message, appid string) string) func(*platform) {
		return func(s *platform) {
			usual := s.text
			s.text = func(w http.ResponseWriter, in *message.Message, appid string) string {
				if strings.Contains(in.Get("Content"), "TESTCOMPONENT") || strings.Contains(in.Get("Content"), "QUERY_AUTH_CODE") {
					return text(in, appid)
				}
				return usual(w, in, appid)
			}
		}
	}
	sealed := msgcrypt.NewReply(token, "1767225610", "1", "AAAA").Body()
	for name, c := range map[string]struct {
		change func(*platform)
		want   string // the first, or the only one
	}{
		"$APPID$ as it is":          {func(s *platform) { s.path = func(appid string) bool { return appid == "$APPID$" } }, "P01 literal"},
		"no route":                  {func(s *platform) { s.path = func(string) bool { return false } }, "P01 not-routed"},
		"messages, account's AppID": {func(s *platform) { s.message = account }, "P02 account"},
		"messages, no AppID":        {func(s *platform) { s.message = none }, "P02 none"},
		"ticket, account's AppID":   {func(s *platform) { s.ticket = account }, "P02 account"},
		"ticket, success to refusals": {func(s *platform) {
			s.message = account
			s.refuse = func(w http.ResponseWriter) { io.WriteString(w, "success") }
		}, "P02 account"},
		"ticket, no AppID":     {func(s *platform) { s.ticket = none }, "P02 none"},
		"ticket, empty":        {says(""), "M06 platform-empty"},
		"ticket, encrypted":    {says(string(sealed)), "M06 platform-encrypted"},
		"ticket, JSON around":  {says(`{"code":0,"msg":"success"}`), "M06 platform"},
		"ticket, quotes":       {says(`"success"`), "M06 quoted-success"},
		"ticket, another word": {says("ok"), "M06 word"},
		"ticket as JSON":       {func(s *platform) { s.ticketParse = onlyJSON }, "P04 ticket"},
		"ticket, another key":  {func(s *platform) { s.ticket = weComCodec(weComOther, platformID) }, ""},
		"authorizations, 500": {func(s *platform) {
			s.success = func(w http.ResponseWriter, typ string) {
				if typ != "component_verify_ticket" {
					w.WriteHeader(http.StatusInternalServerError)
				}
				io.WriteString(w, "success")
			}
		}, "P05 refused"},
		"replies are plain":    {func(s *platform) { s.plain = true }, "M03 plaintext"},
		"launch, no reply":     {launch(func(*message.Message, string) string { return "" }), "P03 no-reply"},
		"launch, another text": {launch(func(in *message.Message, _ string) string { return in.Get("Content") + "callback" }), "P03 other-text"},
		"launch, one test account": {launch(func(in *message.Message, appid string) string {
			if appid == "wx570bc396a51b8ff8" && !strings.Contains(in.Get("Content"), "QUERY") {
				return in.Get("Content") + "_callback"
			}
			return ""
		}), "P03 some-accounts"},
		"launch, an answer at once": {launch(func(in *message.Message, _ string) string {
			return in.Get("Content") + "_callback"
		}), "P03 api-reply"},
	} {
		t.Run(name, func(t *testing.T) {
			report, found := verifyPlatform(t, newPlatform(c.change), func(o *verify.Options) {
				o.Launch = strings.HasPrefix(name, "launch")
				o.LaunchAll = o.Launch
			})
			if len(found) == 0 || c.want != "" && !slices.Contains(found, c.want) {
				t.Errorf("%q, want %s", found, c.want)
			}
			if strings.HasPrefix(name, "ticket,") && report.Accepted && name != "ticket, success to refusals" {
				t.Error("accepted")
			}
			t.Log(found)
		})
	}
}

// Without a URL for messages only the ticket and authorizations are pushed.
func TestPlatformWithoutURL(t *testing.T) {
	report, found := verifyPlatform(t, newPlatform(), func(o *verify.Options) { o.URL = "" })
	if !report.OK() || len(found) > 0 {
		t.Errorf("%q", found)
	}
	for _, p := range report.Probes {
		if !strings.Contains(p.Exchange.Request.URL, "/ticket") {
			t.Errorf("%s", p.Exchange.Request.URL)
		}
	}
}

// What comes after QUERY_AUTH_CODE is told by who sees the API calls.
func TestPlatformCustomSent(t *testing.T) {
	for want, sent := range map[string]verify.Sent{
		"":                {Asked: true, Sent: true},
		"P03 api-unasked": {},
		"P03 api-unsent":  {Asked: true},
		"P03 api-text":    {Asked: true, Sent: true, Text: "from_api"},
	} {
		_, found := verifyPlatform(t, newPlatform(), func(o *verify.Options) {
			o.Launch = true
			o.CustomSent = func(_ context.Context, openid, code string) (verify.Sent, error) {
				s := sent
				if want == "" {
					s.Text = code + "_from_api"
				}
				return s, nil
			}
		})
		if got := strings.Join(found, ", "); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
