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

// maxBody is how long a body may be that is not a snapshot.
const maxBody = 1 << 20

// file is an answer that is not JSON.
type file struct {
	kind        string
	disposition string
	body        []byte
}

// notFound is an error with status 404, tooLate one with 408 of a wait that
// was in vain, broken one with 500; all others have 400.
type (
	notFound struct{ error }
	broken   struct{ error }
	tooLate  struct{ document any }
)

func (tooLate) Error() string { return "no such entry came in time" }

// write sends what a call returned.
func write(w http.ResponseWriter, value any, err error) {
	status := http.StatusOK
	var absent notFound
	var late tooLate
	var mistake broken
	switch {
	case errors.As(err, &late):
		status, value = http.StatusRequestTimeout, late.document
	case errors.As(err, &absent):
		status, value = http.StatusNotFound, refusal{err.Error()}
	case errors.As(err, &mistake):
		status, value = http.StatusInternalServerError, refusal{err.Error()}
	case err != nil:
		status, value = http.StatusBadRequest, refusal{err.Error()}
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

func send(w http.ResponseWriter, status int, kind string, body []byte) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that is gone needs no answer
}

// readBody reads what was sent, up to a limit.
func readBody(req *http.Request, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(req.Body, limit+1))
	if err != nil {
		return nil, errors.New("the body could not be read")
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("the body is larger than %d bytes", limit)
	}
	return b, nil
}

// readJSON reads a call's body into v.
func readJSON(req *http.Request, v any) error {
	b, err := readBody(req, maxBody)
	if err != nil {
		return err
	}
	return decode(b, v)
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
	b, err := readBody(req, maxBody)
	if err != nil {
		return nil, nil, err
	}
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
