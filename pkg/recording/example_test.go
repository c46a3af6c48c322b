package recording_test

import (
	"fmt"
	"os"
	"time"

	"github.com/wxdev/wxdev/pkg/recording"
)

// One exchange is kept, and read again.
func Example() {
	dir, err := os.MkdirTemp("", "recordings")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	r, err := recording.New(dir, "mysecrettoken")
	if err != nil {
		fmt.Println(err)
		return
	}
	path, err := r.Save(&recording.Record{
		Time:    time.Date(2026, 11, 21, 1, 2, 3, 0, time.UTC),
		Type:    "text",
		Request: recording.Request{Line: "POST /wechat?signature=4f5cd4ff&timestamp=1700000000&nonce=1 HTTP/1.0"},
		Message: "<xml><Content>hello</Content></xml>",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(recording.ID(path))
	x, err := recording.Load(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(x.Request.Line)
	fmt.Println(x.Message)
	// Output:
	// 20261121-010203.000-0001-text
	// POST /wechat?signature=***&timestamp=1700000000&nonce=1 HTTP/1.0
	// <xml><Content>hello</Content></xml>
}
