package client

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"iter"
	"net/http"
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// Watch says which events are meant, and after which one to begin.
type Watch struct {
	AppID string
	User  string // a name or an OpenID
	After int64  // the Seq of the last event that was seen; 0 begins with the next one
	Boot  string // of the run that After is of; empty believes it is this one
}

// Event is one thing that happened in the emulator.
type Event struct {
	Seq  int64           // grows; 0 of hello
	Type string          // hello, chat, push.start, push.attempt, push.end, entry, user, account, clock, faults, log, reset, gap
	Data json.RawMessage // an object; wxdev schema control has each
}

// maxEvent is how long the data of one event may be.
const maxEvent = 4 << 20

// Watch yields what happens in the emulator, as it happens, until the context
// ends or the emulator does: then it yields the error. The first event is hello,
// whose data has the boot id of the emulator's run. A gap says that events were
// lost: what is remembered of the state is to be asked for anew.
func (c *Client) Watch(ctx context.Context, w Watch) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		if err := c.watch(ctx, w, yield); err != nil {
			yield(Event{}, err)
		}
	}
}

// watch returns nil when nobody wants more.
func (c *Client) watch(ctx context.Context, w Watch, yield func(Event, error) bool) error {
	pairs := []string{"appid", w.AppID, "user", w.User, "boot", w.Boot}
	if w.After > 0 {
		pairs = append(pairs, "after", strconv.FormatInt(w.After, 10))
	}
	res, err := c.open(ctx, http.MethodGet, "events"+query(pairs...), nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		b, _ := io.ReadAll(io.LimitReader(res.Body, maxEvent))
		return refusalOf(res.StatusCode, b)
	}
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, maxEvent)
	var e Event
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ":")
		value = strings.TrimPrefix(value, " ")
		switch name {
		case "id":
			e.Seq, _ = strconv.ParseInt(value, 10, 64)
		case "event":
			e.Type = value
		case "data":
			e.Data = append(e.Data, value...)
		}
		if lines.Text() != "" {
			continue
		}
		switch {
		case e.Type == "": // a sign of life
		case !json.Valid(e.Data):
			return finding.Because(reason.AnswerOfNoEmulator, "path", "events")
		case !yield(e, nil):
			return nil
		}
		e = Event{}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return io.EOF
}
