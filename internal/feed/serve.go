package feed

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"
)

// Limits of streams.
const (
	MaxStreams = 32               // of one ring at once
	pingAfter  = 15 * time.Second // of silence, so that nobody between takes the connection for dead
	writeLimit = 10 * time.Second // for a socket to take what is written
	maxUnsent  = 64 << 10         // bytes that wait to be written, but for those of one event
)

// Stream is what a reader of server-sent events asks for.
type Stream struct {
	About []string      // see [Ring.Follow]
	Time  time.Time     // of hello; zero leaves it out
	Data  func(any) any // what becomes of an event's data for this reader; nil leaves it

	ping time.Duration // tests set it
}

// Place is the data of hello and gap: where the ring is.
type Place struct {
	Boot string    `json:"boot"`
	Seq  int64     `json:"seq"`           // of the newest event
	Time time.Time `json:"time,omitzero"` // of hello: the clock that the events' times are of
}

// Serve writes events as they come, until the reader goes: as
// https://html.spec.whatwg.org/multipage/server-sent-events.html has them. The
// request says after which event to begin, as Last-Event-ID or as after; without
// either it begins with the next one. The first event is "hello", with the
// ring's boot and the number of its newest event. Where events are lost, or the
// request's boot is another ring's, a "gap" follows with the same, and then what
// comes next. A reader that takes nothing is dropped.
func (r *Ring) Serve(w http.ResponseWriter, req *http.Request, s Stream) {
	if !r.enter() {
		http.Error(w, "there are "+strconv.Itoa(MaxStreams)+" readers of this stream already", http.StatusServiceUnavailable)
		return
	}
	defer r.leave()
	after, here := r.begin(req)
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("Connection", "close")     // who is dropped is to notice
	h.Set("X-Accel-Buffering", "no") // a proxy in between passes each on
	out := &stream{w: w, control: http.NewResponseController(w)}
	_ = out.control.SetReadDeadline(time.Time{})
	hello := here
	hello.Time = s.Time
	out.event(max(after, 0), "hello", hello) // who is cut off before the first event resumes here
	if after < 0 {
		out.event(here.Seq, "gap", here)
		after = here.Seq
	}
	if s.ping == 0 {
		s.ping = pingAfter
	}
	r.copy(req.Context(), out, r.Follow(after, s.About...), s)
}

// copy writes what the reader gets.
func (r *Ring) copy(ctx context.Context, out *stream, reader *Reader, s Stream) {
	for out.flush() == nil {
		wait, cancel := context.WithTimeout(ctx, s.ping)
		events, err := reader.Next(wait)
		cancel()
		switch {
		case errors.Is(err, context.DeadlineExceeded):
			out.ping(reader.Seen())
		case err != nil: // it is gone, or too slow: it comes back, and is told of the gap
			return
		}
		for _, e := range events {
			if s.Data != nil {
				e.Data = s.Data(e.Data)
			}
			out.event(e.Seq, e.Type, e.Data)
			if out.buf.Len() > maxUnsent && out.flush() != nil {
				return
			}
		}
	}
}

// begin is the number after which to go on: -1 when events after the one asked
// for are lost, or it is another ring's.
func (r *Ring) begin(req *http.Request) (after int64, here Place) {
	q := req.URL.Query()
	given := req.Header.Get("Last-Event-ID")
	if given == "" {
		given = q.Get("after")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	here = Place{Boot: r.boot, Seq: r.last}
	if boot := q.Get("boot"); boot != "" && boot != r.boot {
		return -1, here
	}
	if given == "" {
		return r.last, here
	}
	n, err := strconv.ParseInt(given, 10, 64)
	if err != nil || n > r.last || n < r.last-int64(len(r.events)) {
		return -1, here
	}
	return n, here
}

func (r *Ring) enter() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.streams >= MaxStreams {
		return false
	}
	r.streams++
	return true
}

func (r *Ring) leave() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.streams--
}

// stream is where events are written.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	buf     bytes.Buffer
	told    int64 // the newest number that the reader knows of
}

// event writes one event; JSON has no line break of its own but the last.
func (s *stream) event(seq int64, kind string, data any) {
	if seq > 0 { // an id of 0 would be one to resume after
		s.id(seq)
	}
	s.buf.WriteString("event: " + kind + "\ndata: ")
	as := json.NewEncoder(&s.buf)
	as.SetEscapeHTML(false) // it is in no page, and people read it
	if err := as.Encode(data); err != nil {
		panic(err) // they are our own types, which always marshal
	}
	s.buf.WriteByte('\n')
}

func (s *stream) id(seq int64) {
	s.buf.WriteString("id: " + strconv.FormatInt(seq, 10) + "\n")
	s.told = seq
}

// ping shows that the connection lives. One who follows a user of whom nothing
// is heard is told how far the others are, to resume from there.
func (s *stream) ping(seen int64) {
	s.buf.WriteString(": \n")
	if seen > s.told {
		s.id(seen)
	}
	s.buf.WriteByte('\n')
}

// flush sends what was written, or fails because the reader takes nothing.
func (s *stream) flush() error {
	_ = s.control.SetWriteDeadline(time.Now().Add(writeLimit)) // a recorder in a test has none
	if _, err := s.w.Write(s.buf.Bytes()); err != nil {
		return err
	}
	s.buf.Reset()
	return s.control.Flush()
}
