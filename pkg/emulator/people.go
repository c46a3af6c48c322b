package emulator

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Update changes an account: change works on a copy, which takes the
// account's place if it is right. An AppID that is not there yet is a new
// account; an empty one is the first account.
func (e *Emulator) Update(appid string, change func(*Account) error) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	old := e.account(appid)
	fresh := &Account{AppID: appid}
	if old != nil {
		old.store()
		copied, err := (&State{Accounts: []*Account{old}}).clone()
		if err != nil {
			return err
		}
		fresh = copied.Accounts[0]
		fresh.live.configured = old.live.configured
	}
	if err := change(fresh); err != nil {
		return err
	}
	if old != nil && fresh.AppID != old.AppID || old == nil && fresh.AppID != appid {
		return errors.New("an account keeps its appid")
	}
	if err := fresh.complete(e.routes); err != nil {
		return fmt.Errorf("account %s: %w", quote(fresh.AppID), err)
	}
	if old == nil {
		e.state.Accounts = append(e.state.Accounts, fresh)
	} else {
		for _, t := range old.Tokens {
			delete(e.tokens, t.Value)
		}
		e.state.Accounts[slices.Index(e.state.Accounts, old)] = fresh
	}
	fresh.index(e.tokens)
	return nil
}

// accountOf finds the account that a request names.
func (e *Emulator) accountOf(appid string) (*Account, error) {
	if a := e.account(appid); a != nil {
		return a, nil
	}
	return nil, notFound(errNoAccount(appid).Error())
}

// public is an account as the control API shows it: its names and settings,
// and of the rest how much there is.
func (a *Account) public() map[string]any {
	return map[string]any{
		"appid": a.AppID, "original_id": a.OriginalID, "url": a.URL, "mode": a.Mode, "format": a.Format,
		"users": len(a.Users), "followers": len(a.followers()), "tags": a.Tags, "templates": a.Templates,
		"has_menu": a.live.menu != nil, "media": len(a.Media), "qrcodes": len(a.QRCodes), "usage": a.Usage,
	}
}

func (e *Emulator) getAccounts(*http.Request) (any, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	list := []any{}
	for _, a := range e.state.Accounts {
		list = append(list, json.RawMessage(marshal(a.public())))
	}
	return map[string]any{"accounts": list}, nil
}

func (e *Emulator) getAccount(req *http.Request) (any, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	a, err := e.accountOf(req.PathValue("appid"))
	if err != nil {
		return nil, err
	}
	return json.RawMessage(marshal(a.public())), nil
}

func (e *Emulator) postAccount(req *http.Request) (any, error) {
	b, err := body(req, maxJSON)
	if err != nil {
		return nil, err
	}
	o, err := parseObject(b)
	if err != nil {
		return nil, errors.New("the body is no JSON object")
	}
	return nil, e.Update(o.text("appid"), func(a *Account) error { return readJSON(b, a) })
}

func (e *Emulator) getUsers(req *http.Request) (any, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	a, err := e.accountOf(req.URL.Query().Get("appid"))
	if err != nil {
		return nil, err
	}
	list := a.Users
	if list == nil {
		list = []*User{}
	}
	return json.RawMessage(marshal(map[string]any{"users": list})), nil
}

func (e *Emulator) getUser(req *http.Request) (any, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	a, err := e.accountOf(req.URL.Query().Get("appid"))
	if err != nil {
		return nil, err
	}
	u := a.find(req.PathValue("user"))
	if u == nil {
		return nil, notFound("there is no user " + quote(req.PathValue("user")))
	}
	return json.RawMessage(marshal(u)), nil
}

func (e *Emulator) postUser(req *http.Request) (any, error) {
	b, err := body(req, maxJSON)
	if err != nil {
		return nil, err
	}
	o, err := parseObject(b)
	if err != nil {
		return nil, errors.New("the body is no JSON object")
	}
	who := cmp.Or(o.text("openid"), o.text("name"))
	if who == "" {
		return nil, errors.New("which user? give a name or an openid")
	}
	var id string
	err = e.Update(req.URL.Query().Get("appid"), func(a *Account) error {
		a.index(map[string]issued{})
		u, err := a.ensure(who, false)
		if err != nil {
			return err
		}
		if err := readJSON(b, u); err != nil {
			return err
		}
		id = u.OpenID
		return nil
	})
	if err != nil {
		return nil, err
	}
	return map[string]string{"openid": id}, nil
}

func (e *Emulator) getChat(req *http.Request) (any, error) {
	items, err := e.Chat(req.URL.Query().Get("appid"), req.PathValue("user"))
	return map[string]any{"chat": items}, err
}

func (e *Emulator) getOutbox(req *http.Request) (any, error) {
	items, err := e.Chat(req.URL.Query().Get("appid"), req.PathValue("user"))
	items = slices.DeleteFunc(items, func(i ChatItem) bool { return i.From != fromServer })
	return map[string]any{"outbox": items}, err
}

// postDeed lets a user do something. The body is an object with the value,
// and with fields of the message by their names; or a form with the same.
func (e *Emulator) postDeed(req *http.Request) (any, error) {
	b, err := body(req, maxJSON)
	if err != nil {
		return nil, err
	}
	action := Action{AppID: req.URL.Query().Get("appid"), User: req.PathValue("user"), Do: req.PathValue("deed")}
	if action.Fields, err = deedFields(b); err != nil {
		return nil, err
	}
	action.Value = action.Fields["value"]
	delete(action.Fields, "value")
	return e.Act(req.Context(), action)
}

func deedFields(b []byte) (map[string]string, error) {
	fields := map[string]string{}
	text := bytes.TrimSpace(b)
	if len(text) == 0 || text[0] != '{' {
		form, err := url.ParseQuery(string(text))
		if err != nil {
			return nil, errors.New("the body is neither a JSON object nor a form")
		}
		for name := range form {
			fields[name] = form.Get(name)
		}
		return fields, nil
	}
	o, err := parseObject(text)
	if err != nil {
		return nil, errors.New("the body is neither a JSON object nor a form")
	}
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

func (e *Emulator) getFile(req *http.Request) (any, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, a := range e.state.Accounts {
		if m := a.medium(req.PathValue("id"), e.now()); m != nil {
			return m.file(), nil
		}
	}
	return nil, notFound("there is no such file, or it is over")
}

// scanPage is where the url of a QR code leads in a browser: it asks who
// scans it.
func (e *Emulator) scanPage(w http.ResponseWriter, req *http.Request) {
	e.mu.Lock()
	var b strings.Builder
	fmt.Fprintf(&b, "<!doctype html><meta charset=utf-8><meta name=viewport content=\"width=device-width\"><title>扫码 · wxdev emulator</title>\n")
	status := http.StatusNotFound
	for _, a := range e.state.Accounts {
		if q := a.findCode(req.PathValue("id"), e.now()); q != nil {
			status = http.StatusOK
			fmt.Fprintf(&b, "<h1>%s</h1><p>scene %s\n<form method=post>\n", html.EscapeString(a.AppID), html.EscapeString(q.scene()))
			for _, u := range a.Users[:min(len(a.Users), 50)] {
				fmt.Fprintf(&b, "<p><button name=user value=\"%s\">扫码 Scan: %s</button>\n", html.EscapeString(u.OpenID), html.EscapeString(u.shownName()))
			}
			fmt.Fprintf(&b, "</form>\n<form method=post><p><input name=user placeholder=name> <button>扫码 Scan</button></form>\n")
			break
		}
	}
	e.mu.Unlock()
	if status == http.StatusNotFound {
		b.WriteString("<p>二维码已失效 The QR code is over, or there never was one.\n")
	}
	a := answer{status: status, kind: "text/html; charset=utf-8", body: []byte(b.String())}
	a.send(w)
}

func (e *Emulator) scanForm(w http.ResponseWriter, req *http.Request) {
	b, err := body(req, maxJSON)
	if err != nil {
		writeControl(w, nil, err)
		return
	}
	form, _ := url.ParseQuery(string(b)) // what is readable of it
	appid := ""
	e.mu.Lock()
	for _, a := range e.state.Accounts {
		if a.findCode(req.PathValue("id"), e.now()) != nil {
			appid = a.AppID
			break
		}
	}
	e.mu.Unlock()
	out, err := e.Act(req.Context(), Action{AppID: appid, User: form.Get("user"), Do: "scan", Value: req.PathValue("id")})
	writeControl(w, out, err)
}
