package feed

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func seqs(events []Event) (list []int64) {
	for _, e := range events {
		list = append(list, e.Seq)
	}
	return list
}

func TestReadersGetWhatCameAfter(t *testing.T) {
	r := New(4)
	for n := range 3 {
		r.Publish(Event{Type: "n", Data: n})
	}
	got, err := r.Follow(1).Next(t.Context())
	if err != nil || !slices.Equal(seqs(got), []int64{2, 3}) {
		t.Errorf("after 1: %v, %v", seqs(got), err)
	}
	for n := range 3 {
		r.Publish(Event{Type: "n", Data: n})
	}
	got, err = r.Follow(2).Next(t.Context())
	if err != nil || !slices.Equal(seqs(got), []int64{3, 4, 5, 6}) {
		t.Errorf("all that is kept: %v, %v", seqs(got), err)
	}
	if _, err := r.Follow(1).Next(t.Context()); !errors.Is(err, ErrGap) {
		t.Errorf("after what is lost: %v, want a gap", err)
	}
	if _, err := r.Follow(7).Next(t.Context()); !errors.Is(err, ErrGap) {
		t.Errorf("after what is still to come: %v, want a gap", err)
	}
}

func TestReadersFollowWhatTheyAskedFor(t *testing.T) {
	r := New(10)
	r.Publish(Event{Type: "a", About: []string{"wx1", "alice"}})
	r.Publish(Event{Type: "b", About: []string{"wx1", "bob"}})
	r.Publish(Event{Type: "all"})
	for _, c := range []struct {
		about []string
		want  []int64
	}{
		{nil, []int64{1, 2, 3}},
		{[]string{"wx1"}, []int64{1, 2, 3}},
		{[]string{"wx1", "bob"}, []int64{2, 3}},
		{[]string{"wx2"}, []int64{3}},
	} {
		got, err := r.Follow(0, c.about...).Next(t.Context())
		if err != nil || !slices.Equal(seqs(got), c.want) {
			t.Errorf("about %v: %v, %v, want %v", c.about, seqs(got), err, c.want)
		}
	}
}

func TestNextWaits(t *testing.T) {
	r := New(10)
	reader := r.Follow(0)
	got := make(chan []int64)
	go func() {
		events, _ := reader.Next(context.Background())
		got <- seqs(events)
	}()
	r.Publish(Event{Type: "x"})
	if s := <-got; !slices.Equal(s, []int64{1}) {
		t.Errorf("waited for %v", s)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := reader.Next(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that has ended: %v", err)
	}
	r.Publish(Event{Type: "last"})
	r.Close()
	if events, err := reader.Next(t.Context()); err != nil || len(events) != 1 {
		t.Errorf("before the end: %v, %v", events, err)
	}
	if _, err := reader.Next(t.Context()); !errors.Is(err, ErrClosed) {
		t.Errorf("at the end: %v", err)
	}
}

// Many publish and many read; nobody waits for anybody, and each reader has
// every number in order, or was told of a gap.
func TestPublishersAndReadersAtOnce(t *testing.T) {
	r := New(64)
	var readers, writers sync.WaitGroup
	for range 8 {
		readers.Go(func() {
			reader := r.Follow(0)
			var last int64
			for {
				events, err := reader.Next(t.Context())
				if errors.Is(err, ErrGap) {
					reader = r.Follow(r.Last())
					last = reader.Seen()
					continue
				}
				if err != nil {
					return
				}
				for _, e := range events {
					if e.Seq != last+1 {
						t.Errorf("%d after %d", e.Seq, last)
					}
					last = e.Seq
				}
			}
		})
	}
	for range 4 {
		writers.Go(func() {
			for n := range 500 {
				r.Publish(Event{Type: "x", Data: n})
			}
		})
	}
	writers.Wait()
	r.Close()
	readers.Wait()
	if r.Last() != 2000 {
		t.Errorf("%d events, want 2000", r.Last())
	}
}

// streamServer serves the ring on a real socket.
func streamServer(t *testing.T, r *Ring, s Stream) string {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { r.Serve(w, req, s) }))
	t.Cleanup(func() { r.Close(); srv.Close() })
	return srv.URL
}

func open(t *testing.T, url string, header ...string) (*bufio.Reader, *http.Response) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	return bufio.NewReader(res.Body), res
}

// block reads up to the next blank line.
func block(t *testing.T, r *bufio.Reader) string {
	t.Helper()
	var b strings.Builder
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatalf("the stream ended after %q: %v", b.String(), err)
		}
		if line == "\n" {
			return b.String()
		}
		b.WriteString(line)
	}
}

func TestServe(t *testing.T) {
	ring := New(3)
	now := time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC)
	url := streamServer(t, ring, Stream{Time: now})
	for n := range 2 {
		ring.Publish(Event{Type: "n", Data: map[string]any{"n": n, "text": "a\nb"}})
	}
	hello := fmt.Sprintf("event: hello\ndata: {\"boot\":%q,\"seq\":2,\"time\":\"2026-11-30T08:00:00Z\"}\n", ring.Boot())

	r, res := open(t, url+"?after=1")
	if got := res.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Errorf("Content-Type %q", got)
	}
	if got := block(t, r); got != "id: 1\n"+hello {
		t.Errorf("first %q, want %q", got, hello)
	}
	if got, want := block(t, r), "id: 2\nevent: n\ndata: {\"n\":1,\"text\":\"a\\nb\"}\n"; got != want {
		t.Errorf("resumed with %q, want %q", got, want)
	}
	ring.Publish(Event{Type: "late"})
	if got, want := block(t, r), "id: 3\nevent: late\ndata: null\n"; got != want {
		t.Errorf("then %q, want %q", got, want)
	}
	ring.Publish(Event{Type: "x"})
	ring.Publish(Event{Type: "x"})

	for _, c := range []struct {
		name, query string
		header      []string
	}{
		{"too old", "?after=1", nil},
		{"too old, by a browser that comes back", "?after=4", []string{"Last-Event-ID", "1"}},
		{"of another run", "?after=4&boot=OTHER", nil},
		{"beyond the end", "?after=99", nil},
		{"no number", "?after=x", nil},
	} {
		r, _ := open(t, url+c.query, c.header...)
		if got := block(t, r); strings.Contains(got, "id:") {
			t.Errorf("%s: %q gives a number to resume after", c.name, got)
		}
		if got, want := block(t, r), fmt.Sprintf("id: 5\nevent: gap\ndata: {\"boot\":%q,\"seq\":5}\n", ring.Boot()); got != want {
			t.Errorf("%s: %q, want %q", c.name, got, want)
		}
	}
	r, _ = open(t, url) // from now on
	_ = block(t, r)
	ring.Publish(Event{Type: "now"})
	if got, want := block(t, r), "id: 6\nevent: now\ndata: null\n"; got != want {
		t.Errorf("from now on: %q, want %q", got, want)
	}
}

func TestServePings(t *testing.T) {
	url := streamServer(t, New(3), Stream{ping: time.Millisecond})
	r, _ := open(t, url)
	_ = block(t, r)
	if got := block(t, r); got != ": \n" {
		t.Errorf("in silence: %q", got)
	}
}

// Who follows one of whom nothing is heard can resume after what the others did,
// also when that is no longer kept.
func TestServePingsSayHowFar(t *testing.T) {
	ring := New(3)
	url := streamServer(t, ring, Stream{About: []string{"alice"}, ping: time.Millisecond})
	r, _ := open(t, url)
	_ = block(t, r)
	for n := range 5 {
		ring.Publish(Event{Type: "x", About: []string{"bob"}})
		for want := fmt.Sprintf(": \nid: %d\n", n+1); ; {
			if got := block(t, r); got == want {
				break
			} else if got != ": \n" {
				t.Fatalf("got %q, want %q", got, want)
			}
		}
	}
	ring.Publish(Event{Type: "y", About: []string{"alice"}})
	r, _ = open(t, url, "Last-Event-ID", "5")
	_ = block(t, r)
	if got := block(t, r); got != "id: 6\nevent: y\ndata: null\n" {
		t.Errorf("resumed with %q", got)
	}
}

func TestServeWritesForPeople(t *testing.T) {
	ring := New(3)
	url := streamServer(t, ring, Stream{})
	r, _ := open(t, url)
	_ = block(t, r)
	ring.Publish(Event{Type: "x", Data: "<xml>&\n\u2028"})
	if got := block(t, r); got != "id: 1\nevent: x\ndata: \"<xml>&\\n\\u2028\"\n" {
		t.Errorf("%q", got)
	}
}

// A reader has no more than a batch of events, however many there are: one that
// is slow keeps no others alive.
func TestReadersTakeBatches(t *testing.T) {
	ring := New(1000)
	for range 1000 {
		ring.Publish(Event{Type: "x"})
	}
	r := ring.Follow(0)
	var last int64
	for last < 1000 {
		events, err := r.Next(t.Context())
		if err != nil || len(events) > maxBatch || events[0].Seq != last+1 {
			t.Fatalf("after %d: %d events, %v", last, len(events), err)
		}
		last = events[len(events)-1].Seq
	}
}

// counted is a ResponseWriter that knows the largest piece it was given.
type counted struct {
	http.ResponseWriter
	largest int
}

func (c *counted) Unwrap() http.ResponseWriter { return c.ResponseWriter }

func (c *counted) Write(b []byte) (int, error) {
	c.largest = max(c.largest, len(b))
	return c.ResponseWriter.Write(b)
}

// What waits to be written is little more than an event.
func TestServeWritesInPieces(t *testing.T) {
	ring := New(100)
	for range 100 {
		ring.Publish(Event{Type: "x", Data: strings.Repeat("x", 50_000)})
	}
	ring.Close()
	w := &counted{ResponseWriter: httptest.NewRecorder()}
	ring.Serve(w, httptest.NewRequestWithContext(t.Context(), "GET", "/?after=0", nil), Stream{})
	if w.largest > maxUnsent+51_000 {
		t.Errorf("%d bytes at once", w.largest)
	}
}

func TestServeHasAnEnd(t *testing.T) {
	ring := New(3)
	url := streamServer(t, ring, Stream{})
	for range MaxStreams {
		r, _ := open(t, url)
		_ = block(t, r)
	}
	_, res := open(t, url)
	if res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("one more: status %d", res.StatusCode)
	}
	r, _ := open(t, url)
	_, _ = io.Copy(io.Discard, r)
	ring.Close()
}

// Who takes nothing is dropped, and nobody waits for them.
func TestServeDropsTheSlow(t *testing.T) {
	ring := New(8)
	url := streamServer(t, ring, Stream{})
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	r := bufio.NewReader(conn)
	if line, err := r.ReadString('\n'); err != nil || !strings.Contains(line, "200") {
		t.Fatalf("%q, %v", line, err)
	}
	large := strings.Repeat("x", 1<<20)
	for range 64 { // far more than a socket's buffers hold; none of it waits
		ring.Publish(Event{Type: "large", Data: large})
	}
	for { // what was on its way comes, and then the end, not all that was published
		if _, err := r.Discard(1 << 16); err != nil {
			break
		}
	}
}

// TestBefore: whoever follows it gets all that is kept.
func TestBefore(t *testing.T) {
	r := New(3)
	if n := r.Before(); n != 0 {
		t.Errorf("before the first event it is %d", n)
	}
	for range 5 {
		r.Publish(Event{})
	}
	events, err := r.Follow(r.Before()).Next(t.Context())
	if err != nil || len(events) != 3 || events[0].Seq != 3 {
		t.Errorf("%v: %v", events, err)
	}
}
