package verify_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/verify"
)

// TestSending: who is to answer a message through the API is told of its user
// before it comes.
func TestSending(t *testing.T) {
	var known sync.Map
	users := 0
	h := &receiver.Handler{Token: "letmein7"}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if openid := req.URL.Query().Get("openid"); openid != "" {
			if _, told := known.Load(openid); !told {
				t.Errorf("a message of %s came, who is not known", openid)
			}
		}
		h.ServeHTTP(w, req)
	}))
	defer server.Close()
	report, err := verify.Run(t.Context(), verify.Options{
		URL: server.URL, Token: "letmein7", Messages: true,
		Sending: func(openid string) {
			if _, again := known.LoadOrStore(openid, true); !again {
				users++
			}
		},
	})
	if err != nil || len(report.Probes) < 5 {
		t.Fatal(report, err)
	}
	if users == 0 {
		t.Error("nobody was told")
	}
}
