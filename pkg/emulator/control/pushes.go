package control

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/emulator"
)

// What the calls about pushes answer.
type (
	pushesAnswer struct {
		Pushes []emulator.PushRecord `json:"pushes"` // the oldest first, those under way too
	}
	entryAnswer struct {
		Entry  emulator.Entry       `json:"entry"`
		Detail *emulator.PushDetail `json:"detail,omitempty"` // of a push
		Code   *codeWords           `json:"code,omitempty"`   // of a call that was refused, where the catalogue has its errcode
	}
	codeWords struct {
		Meaning string `json:"meaning"`
		Cause   string `json:"cause"` // what is likely, and what to do
	}
	outcomesAnswer struct {
		Outcomes []*emulator.Outcome `json:"outcomes"`
	}
)

// serveEvents streams what happens. It is no answer that ends.
func (h *handler) serveEvents(w http.ResponseWriter, req *http.Request) {
	q := req.URL.Query()
	lang, err := h.lang(req)
	if err != nil {
		write(w, nil, err)
		return
	}
	h.emulator.ServeEvents(w, req, emulator.Watch{AppID: q.Get("appid"), User: q.Get("user"), Lang: lang})
}

func (h *handler) getPushes(req *http.Request) (answer pushesAnswer, err error) {
	q := req.URL.Query()
	m := emulator.PushMatch{AppID: q.Get("appid"), User: q.Get("user")}
	if s := q.Get("after"); s != "" {
		if m.After, err = id(s); err != nil {
			return answer, err
		}
	}
	lang, err := h.lang(req)
	if err != nil {
		return answer, err
	}
	answer.Pushes = h.emulator.Pushes(m)
	for i, p := range answer.Pushes {
		answer.Pushes[i] = p.In(lang)
	}
	return answer, nil
}

func (h *handler) getPush(req *http.Request) (emulator.PushDetail, error) {
	d, err := h.pushOf(req)
	if err != nil {
		return d, err
	}
	lang, err := h.lang(req)
	return d.In(lang), err
}

// pushOf is the push that the path names.
func (h *handler) pushOf(req *http.Request) (emulator.PushDetail, error) {
	n, err := id(req.PathValue("id"))
	if err != nil {
		return emulator.PushDetail{}, err
	}
	d, err := h.emulator.Detail(n)
	return d, orNotFound(err)
}

func (h *handler) getEntry(req *http.Request) (answer entryAnswer, err error) {
	entry, err := h.entryOf(req)
	if err != nil {
		return answer, err
	}
	lang, err := h.lang(req)
	if err != nil {
		return answer, err
	}
	answer.Entry = entry.In(lang)
	if known, ok := catalog.LookupCode(entry.ErrCode); ok && entry.ErrCode != 0 {
		answer.Code = &codeWords{known.Meaning(lang), known.Cause(lang)}
	}
	if entry.Push != nil {
		if d, err := h.emulator.Detail(entry.Push.ID); err == nil { // or it is forgotten
			d = d.In(lang)
			answer.Detail = &d
		}
	}
	return answer, nil
}

func (h *handler) entryOf(req *http.Request) (emulator.Entry, error) {
	n, err := id(req.PathValue("id"))
	if err != nil {
		return emulator.Entry{}, err
	}
	entry, err := h.emulator.Entry(n)
	return entry, orNotFound(err)
}

// id reads the number of a push or of an entry.
func id(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%s is no id: it takes a number", quote(s))
	}
	return n, nil
}

// getPushBytes are the bytes of a delivery, as they went over the wire: ?n= says
// of which, the last one without it.
func (h *handler) getPushBytes(req *http.Request) (file, error) {
	d, err := h.pushOf(req)
	if err != nil {
		return file{}, err
	}
	return bytesOf(req, d)
}

// getEntryBytes are those of the push that an entry is of.
func (h *handler) getEntryBytes(req *http.Request) (file, error) {
	entry, err := h.entryOf(req)
	if err != nil {
		return file{}, err
	}
	if entry.Push == nil {
		return file{}, notFound{errors.New("only the bytes of pushes are kept: body and response of a call are in the entry")}
	}
	d, err := h.emulator.Detail(entry.Push.ID)
	if err != nil {
		return file{}, orNotFound(err)
	}
	return bytesOf(req, d)
}

func bytesOf(req *http.Request, d emulator.PushDetail) (file, error) {
	which := req.URL.Path[strings.LastIndexByte(req.URL.Path, '/')+1:]
	n := int64(len(d.Attempts))
	if s := req.URL.Query().Get("n"); s != "" {
		var err error
		if n, err = id(s); err != nil {
			return file{}, err
		}
	}
	i := slices.IndexFunc(d.Attempts, func(a emulator.AttemptDetail) bool { return int64(a.N) == n })
	if i < 0 {
		return file{}, notFound{fmt.Errorf("there is no delivery %d of push %d", n, d.ID)}
	}
	b := d.Attempts[i].Sent
	if which == "received" {
		b = d.Attempts[i].Received
	}
	switch {
	case b == nil:
		return file{}, notFound{errors.New("nothing was " + which + ", or the push is under way")}
	case b.Gone:
		return file{}, gone{errors.New("these bytes are no longer kept")}
	}
	return file{
		kind: "application/octet-stream", body: b.Data,
		disposition: fmt.Sprintf(`attachment; filename="push-%d-%d-%s.txt"`, d.ID, n, which),
	}, nil
}

// againBody is the body of POST pushes/{id}/again.
type againBody struct {
	MsgID string            `json:"msgid"` // same: a repeated delivery; new, or empty: another message
	Set   map[string]string `json:"set"`   // fields, by path; an empty value deletes one
	Body  *string           `json:"body"`  // in place of the message
	Mode  string            `json:"mode"`  // plain, compat or safe
	User  string            `json:"user"`  // a name or an OpenID
}

func (h *handler) postAgain(req *http.Request) (any, error) {
	n, err := id(req.PathValue("id"))
	if err != nil {
		return nil, err
	}
	var in againBody
	if err := readOptional(req, &in); err != nil {
		return nil, err
	}
	again := emulator.Again{SameID: in.MsgID == "same", Set: in.Set, Mode: in.Mode, User: in.User}
	if in.MsgID != "" && in.MsgID != "same" && in.MsgID != "new" {
		return nil, fmt.Errorf("msgid is %s: it takes same or new", quote(in.MsgID))
	}
	if in.Body != nil {
		again.Body = []byte(*in.Body)
	}
	answer, err := h.push(req,
		func() (emulator.Started, error) { return h.emulator.StartAgain(n, again) },
		func(ctx context.Context) (*emulator.Outcome, error) { return h.emulator.PushAgain(ctx, n, again) })
	return answer, orGone(err)
}

// push does what ends in a push, and waits for the server unless the caller does
// not: ?wait=0.
func (h *handler) push(req *http.Request, start func() (emulator.Started, error), act func(context.Context) (*emulator.Outcome, error)) (any, error) {
	switch wait := req.URL.Query().Get("wait"); wait {
	case "0":
		s, err := start()
		return accepted{s}, err
	case "", "1":
		return act(req.Context())
	default:
		return nil, fmt.Errorf("wait is %s: it takes 0, to answer before the server has, or 1", quote(wait))
	}
}

// orGone gives an error the status 410 if it says that bytes are no longer kept,
// and 404 if something is not there.
func orGone(err error) error {
	if errors.Is(err, emulator.ErrGone) {
		return gone{err}
	}
	return orNotFound(err)
}

func (h *handler) postFromHere(req *http.Request) (answer outcomesAnswer, err error) {
	n, err := id(req.PathValue("id"))
	if err != nil {
		return answer, err
	}
	var in struct {
		User string `json:"user"`
	}
	if err := readOptional(req, &in); err != nil {
		return answer, err
	}
	answer.Outcomes, err = h.emulator.FromHere(req.Context(), n, in.User)
	return answer, orNotFound(err)
}
