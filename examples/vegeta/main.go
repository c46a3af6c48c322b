// A load of WeChat's messages on vegeta, used as a library: a Targeter that takes
// each message from package load, signed when it is sent.
//
//	TOKEN=… URL=http://127.0.0.1:8080/wechat go run .
package main

import (
	"fmt"
	"log"
	"os"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/wxdev/wxdev/pkg/load"
	"github.com/wxdev/wxdev/pkg/push"
)

// messages is a Targeter of what a source makes. A Pusher with a Mode and a Codec
// encrypts as well.
func messages(source *load.Source, p *push.Pusher) vegeta.Targeter {
	return func(t *vegeta.Target) error {
		built, err := p.Build(source.Next())
		if err != nil {
			return err
		}
		req := built.Request(p.URL)
		t.Method, t.URL, t.Body = req.Method, req.URL, req.Body
		t.Header = map[string][]string{"Content-Type": {req.Get("Content-Type")}, "User-Agent": {req.Get("User-Agent")}}
		return nil
	}
}

func main() {
	source, err := load.NewSource(load.Options{Mix: load.Mix{{Type: "text", Weight: 7}, {Type: "click", Weight: 3}}})
	if err != nil {
		log.Fatal(err)
	}
	target := messages(source, &push.Pusher{URL: os.Getenv("URL"), Token: os.Getenv("TOKEN")})
	var metrics vegeta.Metrics
	for result := range vegeta.NewAttacker().Attack(target, vegeta.Rate{Freq: 200, Per: time.Second}, 2*time.Second, "wechat") {
		metrics.Add(result)
	}
	metrics.Close()
	fmt.Printf("%d requests, %.1f%% answered, p99 %v, errors %q\n", metrics.Requests, metrics.Success*100, metrics.Latencies.P99, metrics.Errors)
}
