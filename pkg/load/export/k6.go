package export

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/wxjson"
	"github.com/wxdev/wxdev/pkg/load"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
)

// Options are what a script of k6 does.
type Options struct {
	Rate        float64       // messages a second, whatever the server does; 0 is as fast as Connections allow
	Connections int           // without a rate: so many at once
	Duration    time.Duration // how long, or until Count were sent
	Count       int
	KeepAlive   bool
	Timeout     time.Duration // 0 is 5 s

	// Say has the comments, in the language of who reads the script, by the part
	// that they explain; nil leaves them out.
	Say func(part string) string
}

//go:embed script.js
var script string

// K6 is a script for k6 that makes messages as the Source does, and signs and
// encrypts them as the Pusher does. It has neither the Token nor the EncodingAESKey, which it takes from the
// environment: WXDEV_TOKEN and WXDEV_AES_KEY.
func K6(p *push.Pusher, source *load.Source, o Options) ([]byte, error) {
	list, kind, err := shareList(p, source)
	if err != nil {
		return nil, err
	}
	mode, appid := p.Mode, ""
	if mode == "" {
		mode = msgcrypt.Plain
	}
	if p.Codec != nil {
		appid = p.Codec.AppID()
	}
	text := uncommented(script, o.Say)
	text = strings.NewReplacer(
		"{url}", quoted(p.URL), "{mode}", quoted(string(mode)), "{appid}", quoted(appid), "{users}", strconv.Itoa(source.Users()),
		"{shares}", list, "{turns}", turns(source), "{options}", o.scenario(), "{type}", quoted(kind), "{timeout}", strconv.FormatInt(o.timeout().Milliseconds(), 10),
	).Replace(text)
	return []byte(text), nil
}

func quoted(s string) string { return string(wxjson.AppendString(nil, s)) }

// uncommented puts the comments in, or takes their lines out.
func uncommented(text string, say func(string) string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		code, part, has := strings.Cut(strings.TrimSuffix(line, "}\n"), "// {")
		switch {
		case !has:
			out.WriteString(line)
		case say == nil && strings.TrimSpace(code) != "":
			out.WriteString(strings.TrimRight(code, " ") + "\n")
		case say != nil:
			for i, words := range strings.Split(say(part), "\n") {
				if i > 0 {
					code = strings.Repeat(" ", len(code)-len(strings.TrimLeft(code, " ")))
				}
				out.WriteString(code + "// " + words + "\n")
			}
		}
	}
	return out.String()
}

func (o Options) timeout() time.Duration {
	if o.Timeout > 0 {
		return o.Timeout
	}
	return 5 * time.Second
}

// scenario is the script's options: an executor for the shape of the load.
func (o Options) scenario() string {
	seconds := o.Duration.Seconds()
	if o.Rate > 0 && o.Count > 0 && (seconds == 0 || float64(o.Count)/o.Rate < seconds) {
		seconds = float64(o.Count) / o.Rate
	}
	within := strconv.Quote(fmt.Sprintf("%dms", int64(seconds*1000+0.5)))
	var run string
	switch {
	case o.Rate > 0:
		count, unit := o.perUnit()
		atOnce := int(o.Rate*o.timeout().Seconds()) + 1 // if none is answered
		run = fmt.Sprintf("executor: 'constant-arrival-rate', rate: %d, timeUnit: '%s', duration: %s, preAllocatedVUs: %d, maxVUs: %d",
			count, unit, within, min(atOnce, 100), atOnce)
	case o.Count > 0:
		if o.Duration == 0 {
			within = "'24h'"
		}
		run = fmt.Sprintf("executor: 'shared-iterations', vus: %d, iterations: %d, maxDuration: %s", min(max(o.Connections, 1), o.Count), o.Count, within)
	default:
		run = fmt.Sprintf("executor: 'constant-vus', vus: %d, duration: %s", max(o.Connections, 1), within)
	}
	return fmt.Sprintf("{\n  scenarios: { push: { %s } },\n  noConnectionReuse: %t,\n  discardResponseBodies: true,\n}", run, !o.KeepAlive)
}

// perUnit is the rate in whole numbers, as k6 takes it.
func (o Options) perUnit() (count int64, unit string) {
	if whole := int64(o.Rate); float64(whole) == o.Rate {
		return whole, "1s"
	}
	return int64(o.Rate*60 + 0.5), "1m"
}
