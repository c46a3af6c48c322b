package verify_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/signature"
	"github.com/wxdev/wxdev/pkg/verify"
)

// A server that checks the signature as it should and prints a line end too
// many.
func Example() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		want := signature.Access("mytoken", q.Get("timestamp"), q.Get("nonce"))
		if !signature.Equal(q.Get("signature"), want) {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		io.WriteString(w, q.Get("echostr")+"\n")
	}))
	defer server.Close()

	report, err := verify.Run(context.Background(), verify.Options{URL: server.URL, Token: "mytoken"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("WeChat would accept it:", report.Accepted)
	for _, f := range report.Findings {
		if f.Severity == finding.Info {
			continue // that it is on loopback, and so on
		}
		entry, _ := catalog.Lookup(f.ID)
		title, _, fix := entry.Describe(finding.English, f.Variant, f.Facts)
		fmt.Println(f.ID, f.Variant, "at byte", f.Facts.Text(finding.English, "offset"))
		fmt.Println(title != "", fix != "")
	}
	// Output:
	// WeChat would accept it: false
	// V01 blank-after at byte 19
	// true true
}
