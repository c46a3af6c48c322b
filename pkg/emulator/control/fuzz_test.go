package control_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
)

// FuzzControl: nothing that is posted to the control API makes it panic, or
// leaves a state that cannot be restored.
func FuzzControl(f *testing.F) {
	paths := []string{"accounts", "users", "users/alice/text", "users/alice/tap", "users/alice/scan", "faults", "clock", "expire", "snapshot", "media", "media?type=image"}
	for i := range paths {
		for _, body := range []string{"", "{}", "[]", `{"name":"x","tags":[1]}`, `{"appid":"wx0123456789abcdef","mode":"safe"}`, "value=1", people} {
			f.Add(i, body)
		}
	}
	f.Fuzz(func(t *testing.T, which int, body string) {
		e, err := local.New(emulator.Config{})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		req := httptest.NewRequest("POST", "/__wxdev/"+paths[uint(which)%uint(len(paths))], strings.NewReader(body))
		req.Host = "localhost"
		w := httptest.NewRecorder()
		e.ServeHTTP(w, req)
		if w.Code != 200 && w.Code != 400 || !json.Valid(w.Body.Bytes()) {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		snapshot, err := e.Snapshot()
		if err == nil {
			err = e.Restore("snapshot", snapshot)
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, snapshot)
		}
	})
}
