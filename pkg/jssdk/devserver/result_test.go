package devserver

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

func TestParseAnswer(t *testing.T) {
	for _, c := range []struct {
		given, name string
		want        Result
	}{
		{"scanQRCode=https://a.cn/?x=1:2", "scanQRCode", Result{Outcome: OK, Fields: map[string]any{"resultStr": "https://a.cn/?x=1:2"}}},
		{"scanQRCode=", "scanQRCode", Result{Outcome: OK, Fields: map[string]any{"resultStr": ""}}},
		{"chooseImage=a b", "chooseImage", Result{Outcome: OK, Fields: map[string]any{"localIds": []string{"a", "b"}, "sourceType": "album"}}},
		{"chooseImage:cancel", "chooseImage", Result{Outcome: Cancel}},
		{"getLocation:fail", "getLocation", Result{Outcome: Fail}},
		{`chooseCard={"cardList":[1]}`, "chooseCard", Result{Outcome: OK, Fields: map[string]any{"cardList": []any{1.0}}}},
		{"chooseWXPay=", "chooseWXPay", Result{Outcome: OK, Fields: map[string]any{}}},
	} {
		name, r, err := ParseAnswer(c.given)
		if err != nil || name != c.name || !reflect.DeepEqual(r, c.want) {
			t.Errorf("%s: %s %+v, %v", c.given, name, r, err)
		}
	}
	for _, given := range []string{"", "scanQRCode", "chooseImage:maybe", "getLocation=", "getLocation=1", "getLocation=a,b", "openAddress={", `openAddress={"a":}`} {
		if _, _, err := ParseAnswer(given); !errors.Is(err, ErrNoAnswer) {
			t.Errorf("%q: %v", given, err)
		}
	}
	var unknown *UnknownAPI
	if _, _, err := ParseAnswer("scanQrCode=1"); !errors.As(err, &unknown) || unknown.Nearest != "scanQRCode" {
		t.Errorf("a name misspelt: %v", err)
	}
}

// TestCallRefuses: /call takes what the stand-in sends, and no more.
func TestCallRefuses(t *testing.T) {
	for _, c := range []struct {
		kind, body string
		status     int
	}{
		{"application/json", `{"call":"scanQRCode","args":{},"url":"http://a.cn/"}`, 200},
		{"text/plain", `{"call":"scanQRCode"}`, 415},
		{"application/json", `{"call":"constructor"}`, 400},
		{"application/json", `{"call":"scanQRCode"`, 400},
		{"application/json", `{"call":"scanQRCode","url":"` + strings.Repeat("a", maxURL+1) + `"}`, 400},
		{"application/json", `{"call":"scanQRCode","refused":"` + strings.Repeat("a", 300) + `"}`, 400},
		{"application/json", `{"call":"scanQRCode","args":"` + strings.Repeat("a", maxRequest) + `"}`, 400},
	} {
		r := ask(newServer(), "POST", "/call", c.body, "Content-Type", c.kind)
		if said := bodyOf(t, r); r.StatusCode != c.status {
			t.Errorf("%s %.60s: %d %s", c.kind, c.body, r.StatusCode, said)
		}
	}
	if r := ask(newServer(), "POST", "/call", `{"call":"scanQRCode"}`, "Content-Type", "application/json", "Origin", "http://evil.example"); r.StatusCode != 403 {
		t.Errorf("a page of another origin: %d", r.StatusCode)
	}
}
