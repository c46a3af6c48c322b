package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/wxdev/wxdev/pkg/emulator"
)

func (h *handler) getActions(*http.Request) (actionsAnswer, error) {
	return actionsAnswer{emulator.ActionTypes()}, nil
}

// getDeeds is getActions under its old name: an alias for one release.
func (h *handler) getDeeds(*http.Request) (deedsAnswer, error) {
	return deedsAnswer{emulator.ActionTypes()}, nil
}

// postAction lets a user do something. The body is an object with the value,
// and with fields of the message by their names; or a form with the same.
func (h *handler) postAction(req *http.Request) (any, error) {
	action := emulator.Action{AppID: req.URL.Query().Get("appid"), User: req.PathValue("user"), Do: req.PathValue("action")}
	var err error
	if action.Fields, err = actionFields(readBody(req)); err != nil {
		return nil, err
	}
	action.Value = action.Fields["value"]
	delete(action.Fields, "value")
	return h.push(req,
		func() (emulator.Started, error) { return h.emulator.Start(action) },
		func(ctx context.Context) (*emulator.Outcome, error) { return h.emulator.Act(ctx, action) })
}

var errFields = errors.New("the body is neither a JSON object nor a form")

func actionFields(b []byte) (map[string]string, error) {
	text := bytes.TrimSpace(b)
	if len(text) == 0 || text[0] != '{' {
		return formFields(string(text))
	}
	o, err := parseObject(text)
	if err != nil {
		return nil, errFields
	}
	fields := map[string]string{}
	for name, v := range o {
		if inner, ok := v.(map[string]any); ok && name == "fields" {
			for path := range inner {
				fields[path] = object(inner).text(path)
			}
			continue
		}
		switch v.(type) {
		case string, json.Number:
			fields[name] = o.text(name)
		default:
			return nil, fmt.Errorf("%s is neither text nor a number", quote(name))
		}
	}
	return fields, nil
}

func formFields(text string) (map[string]string, error) {
	form, err := url.ParseQuery(text)
	if err != nil {
		return nil, errFields
	}
	fields := map[string]string{}
	for name := range form {
		fields[name] = form.Get(name)
	}
	return fields, nil
}
