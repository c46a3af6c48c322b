package client_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"unicode"

	"github.com/wxdev/wxdev/internal/bilingual"
	"github.com/wxdev/wxdev/pkg/emulator/client"
)

// hostile answers everything alike, and ends the wait of who asks again.
type hostile struct {
	status int
	body   string
	calls  int
	enough context.CancelFunc
}

func (h *hostile) RoundTrip(req *http.Request) (*http.Response, error) {
	if h.calls++; h.calls > 3 {
		h.enough()
	}
	if req.Body != nil {
		_, _ = io.Copy(io.Discard, req.Body)
	}
	return &http.Response{StatusCode: h.status, Body: io.NopCloser(strings.NewReader(h.body)), Header: http.Header{}, Request: req}, nil
}

// FuzzHostileServer: no answer makes a client panic, and what went wrong is on one
// line that a terminal can show, in both languages.
func FuzzHostileServer(f *testing.F) {
	for _, body := range []string{
		"", "null", "{}", "[]", `"x"`, `{"ready":true}`, `{"error":"\u001b[2J\nno"}`, `{"entries":[null,{"id":"x"}]}`, `{"entries":[{"id":1,"push":{"reply":null,"findings":[null]}}]}`,
		`{"chat":[{"time":"yesterday"}]}`, `{"push":{"attempts":[{}]},"user":7}`, `{"buttons":[{"sub":[{"sub":[]}]}]}`, `{"expired":1e99}`, "\xff\xfe", strings.Repeat("[", 20000),
	} {
		for _, status := range []int{200, 202, 204, 400, 403, 404, 408, 410, 500, 999} {
			f.Add(status, body)
		}
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		for name, call := range calls() {
			ctx, cancel := context.WithCancel(t.Context())
			h := &hostile{status: status, body: body, enough: cancel}
			err := call(ctx, &client.Client{BaseURL: "http://127.0.0.1:1", HTTP: &http.Client{Transport: h}})
			cancel()
			if err == nil || errors.Is(err, context.Canceled) {
				continue
			}
			if strings.ContainsFunc(err.Error(), func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Errorf("%s, %d: %q", name, status, err)
			}
			if fault := bilingual.Fault(err); fault != "" && status != http.StatusOK {
				t.Errorf("%s, %d: %s", name, status, fault)
			}
		}
	})
}

// calls are all of a client's, with arguments that mean nothing.
func calls() map[string]func(context.Context, *client.Client) error {
	all := map[string]func(context.Context, *client.Client) error{}
	typ := reflect.TypeFor[*client.Client]()
	for i := range typ.NumMethod() {
		method := typ.Method(i)
		all[method.Name] = func(ctx context.Context, c *client.Client) error {
			args := []reflect.Value{reflect.ValueOf(c), reflect.ValueOf(ctx)}
			for n := 2; n < method.Type.NumIn(); n++ {
				arg := reflect.New(method.Type.In(n)).Elem()
				switch arg.Kind() {
				case reflect.String:
					arg.SetString("x")
				case reflect.Int, reflect.Int64:
					arg.SetInt(2)
				}
				args = append(args, arg)
			}
			out := method.Func.Call(args)
			err, _ := out[len(out)-1].Interface().(error)
			return err
		}
	}
	return all
}
