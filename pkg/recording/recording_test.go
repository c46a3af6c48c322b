package recording_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/bilingual"
	"github.com/wxdev/wxdev/internal/redact"
	"github.com/wxdev/wxdev/pkg/recording"
)

var when = time.Date(2026, 11, 21, 1, 2, 3, 123_000_000, time.FixedZone("CST", 8*3600))

// sample is an exchange with a secret in every place where one can be.
func sample() *recording.Record {
	return &recording.Record{
		Time: when, Type: "text", Mode: "safe", Repeated: true,
		Request: recording.Request{
			Line: "POST /wechat?key=hunter22&signature=aaaa&timestamp=1700000000&nonce=12&openid=oX&encrypt_type=aes&msg_signature=bbbb&sig%6eature=cccc&flag HTTP/1.0",
			Header: []string{
				"User-Agent: Mozilla/4.0", "Host: wx.example.com", "Authorization: Bearer dddd", "cookie: sid=eeee", "X-Forwarded-For: 10.1.2.3",
			},
		},
		Message: "<xml><Content><![CDATA[你好 <b> & ]]]]><![CDATA[> mytoken12]]></Content>\n</xml>",
		Answer: recording.Answer{
			Status: 200, TookMS: 12.3, Forwarded: true, Error: "token mytoken12 is odd",
			Header: []string{"Set-Cookie: ffff", "Server: nginx mytoken12", "Content-Type: text/xml"},
			Body:   "<xml><!-- WX_TOKEN=mytoken12 key=wxdevwxdevwxdevwxdevwxdevwxdevwxdevwxdevwxd short abc --></xml>",
		},
	}
}

func newRecorder(t *testing.T) (r *recording.Recorder, dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "a", "recordings")
	r, err := recording.New(dir, "mytoken12", "wxdevwxdevwxdevwxdevwxdevwxdevwxdevwxdevwxd", "abc", "")
	if err != nil {
		t.Fatal(err)
	}
	return r, dir
}

func TestSave(t *testing.T) {
	r, dir := newRecorder(t)
	x := sample()
	path, err := r.Save(x)
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(dir, "20261121-010203.123-0001-text.json"); path != want || recording.ID(path) != "20261121-010203.123-0001-text" {
		t.Errorf("%s, want %s", path, want)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"hunter22", "aaaa", "bbbb", "cccc", "dddd", "eeee", "ffff", "10.1.2.3", "mytoken12", "wxdevwxdev"} {
		if bytes.Contains(b, []byte(secret)) {
			t.Errorf("%q is in the file:\n%s", secret, b)
		}
	}
	got, err := recording.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	want := sample()
	want.SchemaVersion = recording.SchemaVersion
	want.Request.Line = "POST /wechat?key=***&signature=***&timestamp=1700000000&nonce=12&openid=oX&encrypt_type=aes&msg_signature=***&sig%6eature=***&flag HTTP/1.0"
	want.Request.Header = []string{"User-Agent: Mozilla/4.0", "Host: wx.example.com", "Authorization: ***", "cookie: ***", "X-Forwarded-For: ***"}
	want.Message = "<xml><Content><![CDATA[你好 <b> & ]]]]><![CDATA[> ***]]></Content>\n</xml>"
	want.Answer.Header = []string{"Set-Cookie: ***", "Server: nginx ***", "Content-Type: text/xml"}
	want.Answer.Error = "token *** is odd"
	want.Answer.Body = "<xml><!-- WX_TOKEN=*** key=*** short abc --></xml>"
	if !got.Time.Equal(want.Time) {
		t.Errorf("time %v", got.Time)
	}
	got.Time, want.Time = time.Time{}, time.Time{}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v, want\n%+v", got, want)
	}
	if !reflect.DeepEqual(x, sample()) {
		t.Error("Save has changed the exchange it was given")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

// TestFileIsStable pins the form: people read it and keep it in repositories.
func TestFileIsStable(t *testing.T) {
	x := &recording.Record{
		Time: when, Type: "text", Mode: "plain", Message: "<xml>\x02&\u2028\u202e\u009b</xml>",
		Request: recording.Request{Line: "POST / HTTP/1.0", Header: []string{"Host: x"}},
		Answer:  recording.Answer{Status: 200, Body: "caf\xe9", TookMS: 0.5},
	}
	got, err := x.Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{
  "schema_version": 1,
  "time": "2026-11-21T01:02:03.123+08:00",
  "type": "text",
  "mode": "plain",
  "request": {
    "line": "POST / HTTP/1.0",
    "header": [
      "Host: x"
    ]
  },
  "message": "<xml>\u0002&\u2028\u202e\u009b</xml>",
  "answer": {
    "status": 200,
    "body": {
      "base64": "Y2Fm6Q=="
    },
    "took_ms": 0.5
  }
}
`
	if string(got) != want {
		t.Errorf("got\n%s", got)
	}
	back, err := recording.Parse(got)
	if err != nil || back.Answer.Body != x.Answer.Body || back.Message != x.Message {
		t.Errorf("%+v, %v", back, err)
	}
}

// TestPlatformSecrets: these pushes hold what opens other people's accounts.
func TestPlatformSecrets(t *testing.T) {
	for message, want := range map[string]string{
		"<xml><InfoType>component_verify_ticket</InfoType><ComponentVerifyTicket><![CDATA[ticket@@@x]]></ComponentVerifyTicket></xml>":       "ticket@@@x",
		"<xml><InfoType>authorized</InfoType><AuthorizationCode>code</AuthorizationCode><PreAuthCode>pre</PreAuthCode></xml>":                "code|pre<",
		"<xml><InfoType>notify_third_fasteregister</InfoType><info><name>n</name></info><auth_code><![CDATA[secretcode]]></auth_code></xml>": "secretcode",
		`{"InfoType":"component_verify_ticket","ComponentVerifyTicket":"ticket\"x"}`:                                                         `ticket\"x`,
	} {
		r, _ := newRecorder(t)
		path, err := r.Save(&recording.Record{Time: when, Message: recording.Text(message)})
		if err != nil {
			t.Fatal(err)
		}
		x, err := recording.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		for secret := range strings.SplitSeq(want, "|") {
			if strings.Contains(string(x.Message), ">"+secret) || strings.Contains(string(x.Message), "["+secret) || strings.Contains(string(x.Message), `"`+secret) {
				t.Errorf("%q is in %s", secret, x.Message)
			}
		}
		if !strings.Contains(string(x.Message), "***") || !strings.Contains(string(x.Message), "InfoType") {
			t.Errorf("%s", x.Message)
		}
		if m, err := x.ReadMessage(); err != nil || len(recording.Hidden(m)) == 0 {
			t.Errorf("nothing is hidden in %s, %v", x.Message, err)
		}
	}
}

// TestEncryptedReply: of a reply that nobody could open, all is kept but what
// is made of the token and the key.
func TestEncryptedReply(t *testing.T) {
	r, _ := newRecorder(t)
	for body, want := range map[string]string{
		"<xml><Encrypt>AAAA</Encrypt><MsgSignature>bbbb</MsgSignature><TimeStamp>1</TimeStamp></xml>": "<xml><Encrypt>***</Encrypt><MsgSignature>***</MsgSignature><TimeStamp>1</TimeStamp></xml>",
		"Notice: x\n<xml><encrypt> <![CDATA[AA+/=]]></encrypt><MsgSignature><![CDATA[bb":              "Notice: x\n<xml><encrypt> <![CDATA[***]]></encrypt><MsgSignature><![CDATA[***",
		`{"Encrypt": "AA\/B=", "msgsignature":"bb", "Nonce":"n"}`:                                     `{"Encrypt": "***", "msgsignature":"***", "Nonce":"n"}`,
	} {
		path, err := r.Save(&recording.Record{Time: when, Answer: recording.Answer{Body: recording.Text(body)}})
		if err != nil {
			t.Fatal(err)
		}
		if x, err := recording.Load(path); err != nil || string(x.Answer.Body) != want {
			t.Errorf("%q, want %q, %v", x.Answer.Body, want, err)
		}
	}
}

// TestErrorPage: a page that shows its request and its settings is kept
// without the secrets in them.
func TestErrorPage(t *testing.T) {
	const signature, msgSignature = "0123456789abcdef0123456789abcdef01234567", "fedcba9876543210fedcba9876543210fedcba98"
	url := "http://127.0.0.1/a?apikey=FWD%2FSECRET&x=1"
	if got := redact.Unknown.URL(url); got != "http://127.0.0.1/a?apikey=***&x=***" {
		t.Errorf("%q", got)
	}
	r, err := recording.New(t.TempDir(), append(recording.URLSecrets(url), "appsecret0", "appsecret0longer")...)
	if err != nil {
		t.Fatal(err)
	}
	path, err := r.Save(&recording.Record{
		Time:    when,
		Request: recording.Request{Line: "POST /?signature=" + signature + "&timestamp=1700000000&msg_signature=" + msgSignature + " HTTP/1.0"},
		Message: "<xml><Content>appsecret0</Content></xml>",
		Answer: recording.Answer{
			Status: 500, Header: []string{"Location: /a?s=" + signature}, Error: "FWD/SECRET",
			Body: "at /a?apikey=FWD%2FSECRET&signature=" + signature + " timestamp 1700000000 " + msgSignature + " secret=appsecret0 appsecret0longer FWD/SECRET",
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{signature, msgSignature, "FWD", "appsecret0", "longer"} {
		if bytes.Contains(b, []byte(secret)) {
			t.Errorf("%s is in the file:\n%s", secret, b)
		}
	}
	if !bytes.Contains(b, []byte("timestamp 1700000000")) {
		t.Errorf("more was taken out than the secrets:\n%s", b)
	}
}

// TestNames: whatever comes in makes a name that stays in the folder, and no
// two are the same.
func TestNames(t *testing.T) {
	r, dir := newRecorder(t)
	for i, kind := range []string{"../../etc/passwd", "", "..", "CLICK", "a b/c\\d\x00e", "事件", strings.Repeat("x", 300)} {
		path, err := r.Save(&recording.Record{Time: when, Type: kind})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"etcpasswd", "message", "message", "click", "abcde", "message", strings.Repeat("x", 40)}[i]
		if got := filepath.Base(path); filepath.Dir(path) != dir || got != fmt.Sprintf("20261121-010203.123-%04d-%s.json", i+1, want) {
			t.Errorf("%q makes %s", kind, path)
		}
	}
	// Two processes with one folder, in the same millisecond.
	other, err := recording.New(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for _, rec := range []*recording.Recorder{r, other} {
		for range 50 {
			all.Go(func() {
				if _, err := rec.Save(&recording.Record{Time: when, Type: "text"}); err != nil {
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
	ids, err := recording.List(dir)
	if err != nil || len(ids) != 107 || !slices.IsSorted(ids) {
		t.Errorf("%d recordings, %v", len(ids), err)
	}
	for _, id := range ids {
		if _, err := recording.Load(filepath.Join(dir, id+".json")); err != nil {
			t.Error(err)
		}
	}
}

// TestLeftovers: what a killed process has left does not keep others from
// writing, and no file is written over.
func TestLeftovers(t *testing.T) {
	r, dir := newRecorder(t)
	for _, name := range []string{".20261121-010203.123-0001-text.json.tmp", "20261121-010203.123-0002-text.json"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("left"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"20261121-010203.123-0001-text", "20261121-010203.123-0003-text"} {
		if path, err := r.Save(sample()); err != nil || recording.ID(path) != want {
			t.Errorf("%s, %v, want %s", path, err, want)
		}
	}
	if b, err := os.ReadFile(filepath.Join(dir, "20261121-010203.123-0002-text.json")); err != nil || string(b) != "left" {
		t.Errorf("%q, %v", b, err)
	}
}

func TestSaveFails(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := recording.New(file); err == nil {
		t.Error("a file was taken for a folder")
	}
	gone := filepath.Join(dir, "gone")
	r, err := recording.New(gone)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Save(sample()); err == nil {
		t.Error("the folder is gone, and Save says nothing")
	}
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	for _, id := range []string{"20261121-010203.123-0001-text", "20261121-010203.124-0002-click", "20261122-000000.000-0001-text"} {
		if err := os.WriteFile(filepath.Join(dir, id+".json"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, other := range []string{".hidden.json", "notes.txt", ".x.json.tmp"} {
		if err := os.WriteFile(filepath.Join(dir, other), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "folder.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{
		"20261121-010203.123-0001-text":   "20261121-010203.123-0001-text",
		"0002":                            "20261121-010203.124-0002-click",
		"click":                           "20261121-010203.124-0002-click",
		"20261122":                        "20261122-000000.000-0001-text",
		"0001":                            `2 recordings in`,
		"20261121-010203.123-0003-text":   `there is no recording "20261121-010203.123-0003-text"`,
		"":                                `there is no recording ""`,
		"../x":                            `there is no recording "../x"`,
		".hidden":                         `there is no recording ".hidden"`,
		"folder":                          `there is no recording "folder"`,
		"20261121-010203.124-0002-click.": `there is no recording`,
	} {
		path, err := recording.Find(dir, id)
		switch {
		case err == nil && recording.ID(path) != want:
			t.Errorf("%q is %s, want %s", id, path, want)
		case err != nil && !strings.HasPrefix(err.Error(), want):
			t.Errorf("%q: %v, want %s", id, err, want)
		}
		var missing *recording.NotFoundError
		if err != nil && !errors.As(err, &missing) {
			t.Errorf("%q: %T", id, err)
		}
	}
	_, err := recording.Find(dir, "20261121-010203.123-0003-text")
	var missing *recording.NotFoundError
	if !errors.As(err, &missing) || missing.Nearest != "20261121-010203.123-0001-text" {
		t.Errorf("%+v", missing)
	}
	if _, err := recording.Find(filepath.Join(dir, "none"), "x"); err == nil || errors.As(err, &missing) && missing.Dir == "" {
		t.Errorf("%v", err)
	}
}

func TestParseFaults(t *testing.T) {
	for file, want := range map[string]string{
		"":                              "1:1: it is empty",
		" \n":                           "1:1: it is empty",
		"{":                             "1:2: it ends too early: it is not complete",
		`{"schema_version": 1, "type":`: "1:30: it ends too early",
		"{\n  \"schema_version\": 1,\n  \"time\": x}":    "3:11: not JSON: invalid character 'x'",
		"{\n  \"schema_version\": \"1\"}":                "2:23: schema_version is a JSON string, which it cannot be",
		"{\n  \"schema_version\": 1,\n \"answer\": [1]}": "3:12: answer is a JSON array, which it cannot be",
		"[1]":                     "1:1: it is array, not an object, so it is not a recording",
		"{}":                      "1:1: it has no schema_version, so it is not a recording",
		`{"schema_version": 2}`:   "1:1: it has schema_version 2, and this wxdev reads up to 1",
		`{"schema_version": -1}`:  "1:1: it has schema_version -1",
		`{"schema_version": 1} x`: "1:23: something follows the recording",
		`{"schema_version": 1, "mode": "\u001b"}`:           `1:1: its mode is "\x1B": it takes plain, compat or safe`,
		`{"schema_version": 1, "message": 5}`:               "a body is neither text nor an object with base64",
		`{"schema_version": 1, "message": {"base64": "*"}}`: "the base64 is invalid",
		`{"schema_version": 1, "message": {"base64": 1}}`:   "a body is neither text nor an object with base64",
		`{"schema_version": 1, "time": "yesterday"}`:        "time is not written as in 2026-11-21T01:02:03+08:00",
		"\xff\xfe{\x00":       "1:1: the file is UTF-16",
		"{\x00\"\x00":         "1:1: the file is UTF-16",
		"{\"a\x00":            "1:4: a NUL byte",
		"{\"type\":\"\xe9\"}": "1:10: not UTF-8",
		"你好":                  "1:1: not JSON: invalid character",
		"<xml></xml>":         "1:1: not JSON: invalid character '<'",
	} {
		_, err := recording.Parse([]byte(file))
		var at *recording.Error
		if !errors.As(err, &at) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", file, err, want)
		}
		if fault := bilingual.Fault(err); fault != "" {
			t.Error(fault)
		}
	}
	if _, err := recording.Parse(bytes.Repeat([]byte(" "), recording.MaxFile+1)); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("%v", err)
	}
}

// TestNewerFields: a file of a version that has more is read.
func TestNewerFields(t *testing.T) {
	x, err := recording.Parse([]byte("\uFEFF" + `{"schema_version": 1, "type": "text", "message": "m", "future": {"a": [1]}, "answer": {"status": 200, "more": 1}}`))
	if err != nil || x.Message != "m" || x.Answer.Status != 200 {
		t.Errorf("%+v, %v", x, err)
	}
}

func TestLoadFaults(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.json")
	if err := os.WriteFile(path, []byte("{\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := recording.Load(path); err == nil || !strings.HasPrefix(err.Error(), path+":2:1: ") {
		t.Errorf("%v", err)
	}
	if _, err := recording.Load(dir); err == nil || strings.Count(err.Error(), dir) != 1 {
		t.Errorf("%v", err)
	}
	if _, err := recording.Load(filepath.Join(dir, "none")); err == nil || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

// FuzzParse: what can be read survives being written, and nothing panics.
func FuzzParse(f *testing.F) {
	b, err := sample().Append(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"schema_version": 1, "message": {"base64": "Y2Fm6Q=="}, "mode": "compat"}`))
	f.Add([]byte(`{"schema_version": 1, "time": "2026-11-21T01:02:03.123456789+08:00"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		x, err := recording.Parse(data)
		if err != nil {
			var at *recording.Error
			if !errors.As(err, &at) || at.Line < 1 || at.Column < 1 {
				t.Fatalf("%v", err)
			}
			return
		}
		b, err := x.Append(nil)
		if err != nil {
			t.Fatal(err)
		}
		y, err := recording.Parse(b)
		if err != nil {
			t.Fatalf("%v in %s", err, b)
		}
		if !x.Time.Equal(y.Time) {
			t.Errorf("%v became %v", x.Time, y.Time)
		}
		x.Time, y.Time = time.Time{}, time.Time{}
		if !reflect.DeepEqual(x, y) {
			t.Errorf("%+v became %+v", x, y)
		}
	})
}
