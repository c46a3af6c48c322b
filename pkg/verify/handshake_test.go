package verify_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/verify"
)

// TestHandshake: only the verification request is sent, and what tells why it
// was refused.
func TestHandshake(t *testing.T) {
	for _, right := range []bool{true, false} {
		server := httptest.NewServer(&receiver.Handler{Token: map[bool]string{true: token, false: "another"}[right]})
		o := options(server.URL)
		o.Handshake = true
		r := run(t, o)
		server.Close()
		if r.OK() != right || r.Accepted != right || right && (len(r.Probes) != 1 || len(r.Findings) != 0) || !right && r.Findings[0].ID != "V03" {
			t.Errorf("%d requests, %+v", len(r.Probes), r.Findings)
		}
		for _, c := range r.Checks {
			made := c.Name == verify.Reach || c.Name == verify.Echo || c.Name == verify.Cause && !right
			if made != (c.Outcome != verify.Skipped) || !made && c.Name != verify.Cause && c.Reason != verify.LeftOut {
				t.Errorf("%s: %s %s", c.Name, c.Outcome, c.Reason)
			}
		}
	}
}

// TestSilentOnce: who was asked once has not failed twice in a row.
func TestSilentOnce(t *testing.T) {
	server := httptest.NewServer(silentAtFirst(1000))
	defer server.Close()
	o := options(server.URL)
	o.Handshake, o.Sender.Timeout, o.MaxTime = true, 100*time.Millisecond, 100*time.Millisecond
	if r := run(t, o); len(r.Findings) != 1 || r.Findings[0].ID != "V37" || r.Findings[0].Variant != "once" || r.OK() {
		t.Errorf("%+v", r.Findings)
	}
}
