package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/wxdev/wxdev/internal/wxjson"
)

// file is an answer that is not JSON.
type file struct {
	kind        string
	disposition string
	body        []byte
}

// accepted is an answer with status 202: what it tells of goes on.
type accepted struct{ value any }

// forbidden is an error with status 403, notFound one with 404, tooLate one with
// 408 of a wait that was in vain, gone one with 410, tooLarge one with 413, broken
// one with 500; all others have 400.
type (
	forbidden struct{ error }
	notFound  struct{ error }
	tooLate   struct{ document any }
	gone      struct{ error }
	tooLarge  struct{ error }
	broken    struct{ error }
)

func (tooLate) Error() string { return "no such entry came in time" }

// write sends what a call returned.
func write(w http.ResponseWriter, value any, err error) {
	status := http.StatusOK
	var late tooLate
	switch {
	case errors.As(err, &late):
		status, value = http.StatusRequestTimeout, late.document
	case err != nil:
		status, value = statusOf(err), refusal{err.Error()}
	}
	if a, ok := value.(accepted); ok {
		status, value = http.StatusAccepted, a.value
	}
	if f, ok := value.(file); ok {
		if f.disposition != "" {
			w.Header().Add("Content-Security-Policy", "sandbox") // it may be HTML, and is no page of ours
			w.Header().Set("Content-Disposition", f.disposition)
		}
		send(w, status, f.kind, f.body)
		return
	}
	b, err := wxjson.MarshalIndent(value)
	if err != nil {
		panic(err) // they are our own types, which always marshal
	}
	send(w, status, "application/json", b)
}

// statusOf is the status of an error.
func statusOf(err error) int {
	var foreign forbidden
	var absent notFound
	var lost gone
	var large tooLarge
	var mistake broken
	switch {
	case errors.As(err, &foreign):
		return http.StatusForbidden
	case errors.As(err, &absent):
		return http.StatusNotFound
	case errors.As(err, &lost):
		return http.StatusGone
	case errors.As(err, &large):
		return http.StatusRequestEntityTooLarge
	case errors.As(err, &mistake):
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}

func send(w http.ResponseWriter, status int, kind string, body []byte) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that is gone needs no answer
}

// readJSON reads a call's body into v.
func readJSON(req *http.Request, v any) error { return decode(readBody(req), v) }

// readOptional is readJSON for a call whose body may be empty.
func readOptional(req *http.Request, v any) error {
	if b := readBody(req); len(bytes.TrimSpace(b)) > 0 {
		return decode(b, v)
	}
	return nil
}

// decode reads an object into v; what it does not mention stays.
func decode(data []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return fmt.Errorf("the body: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}

// readObject reads a call's body that must be a JSON object.
func readObject(req *http.Request) ([]byte, object, error) {
	b := readBody(req)
	o, err := parseObject(b)
	if err != nil {
		return nil, nil, errors.New("the body is not a JSON object")
	}
	return b, o, nil
}

// object is a JSON object whose names are matched as they are written.
type object map[string]any

func parseObject(data []byte) (object, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber() // an id does not fit a float64
	var o object
	if err := dec.Decode(&o); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more after the object")
	}
	return o, nil // nil for null
}

// text returns a string, and a number as it is written.
func (o object) text(name string) string {
	switch v := o[name].(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}
