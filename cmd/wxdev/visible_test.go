package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"unicode"
)

// TestNothingInvisibleOfTheAPI: what an API sends reaches no terminal with
// characters that it would act on, and a menu stays what it was.
func TestNothingInvisibleOfTheAPI(t *testing.T) {
	const name = "a\u202eb\u200bc\u009b31m"
	_, run, _ := leakyEnv(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.Contains(r.URL.Path, "token"):
			fmt.Fprint(w, `{"access_token":"tokenOfThisRun","expires_in":7200}`)
		case strings.Contains(r.URL.Path, "menu"):
			fmt.Fprintf(w, `{"menu":{"button":[{"type":"click","name":"%s","key":"k"}]}}`, name)
		default:
			fmt.Fprintf(w, `{"errcode":40013,"errmsg":"%s"}`, name)
		}
	})
	for _, args := range [][]string{
		{"token"},
		{"token", "--json"},
		{"token", "-v", "--refresh"},
		{"ticket"},
		{"menu", "pull"},
		{"menu", "pull", "--json"},
		{"menu", "list"},
		{"api", "GET", "/x"},
		{"api", "GET", "/cgi-bin/menu/get", "--json"},
		{"api", "GET", "/cgi-bin/menu/get", "--pretty"},
		{"status"},
	} {
		for _, r := range run(args...) {
			if r != '\n' && r != '\t' && !unicode.IsPrint(r) {
				t.Errorf("%q prints %U", args, r)
			}
		}
	}
	var menu struct{ Button []struct{ Name string } }
	if got := run("menu", "pull"); json.Unmarshal([]byte(got), &menu) != nil || menu.Button[0].Name != name {
		t.Errorf("menu pull prints %s", got)
	}
}
