// Package receiver is a correct callback server: it checks every signature,
// echoes the echostr, and answers messages with success. It is what a server
// has to be like to raise no finding of package verify, and a stand-in for
// one while there is none.
//
//	http.ListenAndServe("127.0.0.1:8080", &receiver.Handler{Token: "mytoken"})
//
// The rules are those of
// https://developers.weixin.qq.com/doc/oplatform/developers/dev/push . It
// speaks plain mode (明文模式).
package receiver

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/wxdev/wxdev/pkg/signature"
)

// MaxBody is the most that is read of a message.
const MaxBody = 1 << 20

// Handler answers WeChat's requests on any path.
type Handler struct {
	Token string // of the server config

	// Log is told of every request after it was answered; nil is for nobody.
	// It may be called by several goroutines at once.
	Log func(Event)
}

// Event is a request that was answered.
type Event struct {
	Time    time.Time
	Request *http.Request
	Query   url.Values
	Body    []byte // of a message; nil of a GET
	Status  int
	Answer  string
	Err     error // why it was refused; nil when it was not
}

// Errors of a request that is refused.
var (
	ErrNoSignature  = errors.New("the request has no signature parameter")
	ErrBadSignature = errors.New("the signature is wrong for this token")
	ErrMethod       = errors.New("only GET and POST are WeChat's")
	ErrBody         = errors.New("the body could not be read")
	ErrTooLarge     = fmt.Errorf("the body is larger than %d bytes", MaxBody)
)

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	e := Event{Time: time.Now(), Request: req, Query: req.URL.Query()}
	e.Status, e.Answer, e.Err = h.answer(w, req, &e)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(e.Status)
	io.WriteString(w, e.Answer) // a client that is gone needs no answer
	if h.Log != nil {
		h.Log(e)
	}
}

func (h *Handler) answer(w http.ResponseWriter, req *http.Request, e *Event) (int, string, error) {
	if req.Method != http.MethodGet && req.Method != http.MethodPost {
		w.Header().Set("Allow", "GET, POST")
		return http.StatusMethodNotAllowed, "", ErrMethod
	}
	// The refusals say nothing of what would be right: whoever asks may not
	// be WeChat.
	if err := h.check(e.Query); err != nil {
		return http.StatusForbidden, "invalid signature", err
	}
	if req.Method == http.MethodGet {
		return http.StatusOK, e.Query.Get("echostr"), nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, MaxBody))
	e.Body = body
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return http.StatusRequestEntityTooLarge, "", ErrTooLarge
	case err != nil:
		return http.StatusBadRequest, "", fmt.Errorf("%w: %w", ErrBody, err)
	}
	return http.StatusOK, "success", nil
}

func (h *Handler) check(q url.Values) error {
	given := q.Get("signature")
	if given == "" {
		return ErrNoSignature
	}
	if !signature.Equal(given, signature.Access(h.Token, q.Get("timestamp"), q.Get("nonce"))) {
		return ErrBadSignature
	}
	return nil
}
