package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"

	"github.com/wxdev/wxdev/internal/wxjson"
)

// object is a JSON object that a client sent. Its names are matched as they
// are written, which encoding/json does not do by itself: WeChat ignores
// appId where it wants appid. What is missing or of another type reads as
// empty, and fails the check of the field.
type object map[string]any

// body is a handler that gets the object that the body of its call is.
func body(handle func(*call, object) (any, error)) func(*call) (any, error) {
	return func(c *call) (any, error) {
		o, err := decode(c.body)
		if err != nil {
			return nil, err
		}
		return handle(c, o)
	}
}

// shown is body for what people will see: the escapes of characters beyond
// ASCII stay as they were sent, \u4f60, which is what phones show of them. Those
// of ASCII are read.
func shown(handle func(*call, object) (any, error)) func(*call) (any, error) {
	return func(c *call) (any, error) {
		o, err := decode(wxjson.KeepWideEscapes(c.body))
		if err != nil {
			return nil, err
		}
		return handle(c, o)
	}
}

// decode reads the body of a call.
func decode(data []byte) (object, error) {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, fail(44002)
	}
	o, err := parseObject(data)
	if err != nil {
		return nil, fail(47001)
	}
	return o, nil
}

func parseObject(data []byte) (object, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber() // an id does not fit a float64
	var o map[string]any
	if err := dec.Decode(&o); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more after the object")
	}
	return o, nil // nil for null
}

func (o object) has(name string) bool { _, ok := o[name]; return ok }

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

// number returns an integer, be it in quotes or not.
func (o object) number(name string) (int64, bool) {
	n, err := strconv.ParseInt(o.text(name), 10, 64)
	return n, err == nil
}

func (o object) boolean(name string) bool {
	b, _ := o[name].(bool)
	return b
}

func (o object) object(name string) object {
	m, _ := o[name].(map[string]any)
	return m
}

func (o object) list(name string) []any {
	l, _ := o[name].([]any)
	return l
}

// texts returns a list of strings.
func (o object) texts(name string) []string {
	var all []string
	for _, v := range o.list(name) {
		s, _ := v.(string)
		all = append(all, s)
	}
	return all
}
