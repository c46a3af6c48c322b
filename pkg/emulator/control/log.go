package control

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/wxdev/wxdev/pkg/emulator"
)

// logParameters are those of getLog.
var logParameters = []string{"kind", "method", "path", "appid", "user", "errcode", "contains", "after", "wait", "count", "lang"}

// maxWait is how long a wait for an entry may last.
const maxWait = time.Minute

func (h *handler) getLog(req *http.Request) (log logAnswer, err error) {
	q := req.URL.Query()
	for name := range q {
		if !slices.Contains(logParameters, name) {
			return log, fmt.Errorf("there is no parameter %s", quote(name))
		}
	}
	m, err := match(q)
	if err != nil {
		return log, err
	}
	wait, want, err := waitFor(q)
	if err != nil {
		return log, err
	}
	lang, err := h.lang(req)
	if err != nil {
		return log, err
	}
	ctx, cancel := context.WithTimeout(req.Context(), wait)
	defer cancel()
	entries, _ := h.emulator.Wait(ctx, m, want) // those that came are the answer, too few or not
	if entries == nil {
		entries = []emulator.Entry{}
	}
	for i, entry := range entries {
		entries[i] = entry.In(lang)
	}
	log = logAnswer{len(entries), entries}
	if len(entries) < want {
		return log, tooLate{log}
	}
	return log, nil
}

// match reads which log entries are meant.
func match(q url.Values) (emulator.Match, error) {
	m := emulator.Match{
		Kind: q.Get("kind"), Method: q.Get("method"), Path: q.Get("path"), AppID: q.Get("appid"),
		User: q.Get("user"), Contains: q.Get("contains"),
	}
	if s := q.Get("errcode"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			return m, fmt.Errorf("errcode is %s: it takes a number", quote(s))
		}
		m.ErrCode = &n
	}
	if s := q.Get("after"); s != "" {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return m, fmt.Errorf("after is %s: it takes the id of an entry", quote(s))
		}
		m.After = n
	}
	return m, nil
}

// waitFor reads how many entries to wait for, and how long.
func waitFor(q url.Values) (wait time.Duration, count int, err error) {
	if s := q.Get("wait"); s != "" {
		if wait, err = time.ParseDuration(s); err != nil || wait < 0 || wait > maxWait {
			return 0, 0, fmt.Errorf("wait is %s: it takes a time up to %s, such as 5s", quote(s), maxWait)
		}
		count = 1
	}
	if s := q.Get("count"); s != "" {
		if count, err = strconv.Atoi(s); err != nil || count < 0 {
			return 0, 0, fmt.Errorf("count is %s: it takes a number", quote(s))
		}
	}
	return wait, count, nil
}

func (h *handler) deleteLog(*http.Request) (doneAnswer, error) {
	h.emulator.ClearLog()
	return done(nil)
}
