// Package receiver is a correct callback server: it checks every signature,
// echoes the echostr, decrypts, and answers messages. It is what a server has
// to be like to raise no finding of package verify, and a stand-in for one
// while there is none.
//
//	http.ListenAndServe("127.0.0.1:8080", &receiver.Handler{Token: "mytoken"})
//
// With a Codec it speaks the compatible and the safe mode too; XML and JSON it
// tells apart by itself. Reply decides what is answered; without one it is
// success.
//
// The rules are those of
// https://developers.weixin.qq.com/doc/oplatform/developers/dev/push .
package receiver

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/signature"
)

// Handler answers WeChat's requests on any path. Its fields must not change
// while it serves.
type Handler struct {
	Token string // of the server config

	Codec    *msgcrypt.Codec // for the encrypted modes; nil is plain mode
	SafeOnly bool            // refuse what is not encrypted, as safe mode demands

	// Reply makes the answer to a message; nil, or a nil reply, is success. It
	// is called once for a message, however often it is delivered.
	Reply func(in *message.Message) *message.Message

	// Log is told of every request after it was answered; nil is for nobody.
	// It may be called by several goroutines at once.
	Log func(Event)

	recent recent
}

// Event is a request that was answered.
type Event struct {
	Time      time.Time
	Request   *http.Request
	Query     url.Values
	Body      []byte           // of a POST, as it came
	Message   *message.Message // what was in it; nil when it was not read
	Encrypted bool
	Repeated  bool             // the message had come before
	Reply     *message.Message // what was answered; nil is success
	Status    int
	Err       error // why it was refused; nil when it was not
}

// Errors of a request that is refused.
var (
	ErrNoSignature  = errors.New("the request has no signature parameter")
	ErrBadSignature = errors.New("the signature is wrong for this token")
	ErrMethod       = errors.New("only GET and POST are WeChat's")
	ErrBody         = errors.New("the body could not be read")
	ErrTooLarge     = fmt.Errorf("the body is larger than %d bytes", message.MaxBody)
	ErrEncrypted    = errors.New("the message is encrypted, and there is no EncodingAESKey")
	ErrPlain        = errors.New("the message is not encrypted, and safe mode demands it")
)

// answer is what goes back.
type answer struct {
	status int
	kind   string
	body   []byte
}

var refused = answer{http.StatusForbidden, "text/plain; charset=utf-8", []byte("invalid signature")}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	e := Event{Time: time.Now(), Request: req, Query: req.URL.Query()}
	a := h.answer(w, req, &e)
	e.Status = a.status
	if a.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", "GET, POST")
	}
	w.Header().Set("Content-Type", a.kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // a client that is gone needs no answer
	if h.Log != nil {
		h.Log(e)
	}
}

func (h *Handler) answer(w http.ResponseWriter, req *http.Request, e *Event) answer {
	text := func(status int, body string) answer {
		return answer{status, "text/plain; charset=utf-8", []byte(body)}
	}
	fail := func(a answer, err error) answer {
		e.Err = err
		return a
	}
	switch req.Method {
	case http.MethodGet:
		// The refusals say nothing of what would be right: whoever asks may
		// not be WeChat.
		if err := h.check(e.Query); err != nil {
			return fail(refused, err)
		}
		return text(http.StatusOK, e.Query.Get("echostr"))
	case http.MethodPost:
	default:
		return fail(text(http.StatusMethodNotAllowed, ""), ErrMethod)
	}

	var err error
	e.Body, err = io.ReadAll(http.MaxBytesReader(w, req.Body, message.MaxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return fail(text(http.StatusRequestEntityTooLarge, ""), ErrTooLarge)
	case err != nil:
		return fail(text(http.StatusBadRequest, ""), fmt.Errorf("%w: %w", ErrBody, err))
	}
	plain, err := h.open(e)
	switch {
	case errors.Is(err, ErrNoSignature), errors.Is(err, ErrBadSignature):
		return fail(refused, err)
	case err != nil:
		return fail(text(http.StatusBadRequest, "bad message"), err)
	}
	// What users type may hold characters that XML forbids; WeChat passes
	// them on.
	clean, _ := message.Sanitize(plain)
	if e.Message, err = message.Parse(clean); err != nil {
		return fail(text(http.StatusBadRequest, "bad message"), err)
	}
	e.Reply, e.Repeated = h.reply(e.Message)
	body, kind, err := h.write(e)
	if err != nil {
		return fail(text(http.StatusInternalServerError, ""), err)
	}
	return answer{http.StatusOK, kind, body}
}

// check checks the three-part signature.
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

// open checks a message's signatures and returns what is in its envelope.
func (h *Handler) open(e *Event) ([]byte, error) {
	q := e.Query
	if err := h.check(q); err != nil {
		return nil, err
	}
	kind := q.Get("encrypt_type")
	e.Encrypted = kind != "" && kind != "raw"
	switch {
	case !e.Encrypted && h.SafeOnly:
		return nil, ErrPlain
	case !e.Encrypted:
		return e.Body, nil
	}
	env, err := msgcrypt.ParseEnvelope(e.Body)
	if err != nil {
		return nil, err
	}
	if !signature.Equal(q.Get("msg_signature"), signature.Message(h.Token, q.Get("timestamp"), q.Get("nonce"), env.Encrypt)) {
		return nil, ErrBadSignature
	}
	if h.Codec == nil {
		if env.Compat {
			e.Encrypted = false // its fields are there as they are, and a plain reply is allowed
			return e.Body, nil
		}
		return nil, ErrEncrypted
	}
	plain, err := h.Codec.Decrypt(env.Encrypt)
	if err != nil {
		return nil, err
	}
	return plain.Msg, nil
}

// reply asks for the answer, once for each message.
func (h *Handler) reply(m *message.Message) (r *message.Message, repeated bool) {
	if h.Reply == nil {
		return nil, false
	}
	return h.recent.do(m.DedupKey(), func() *message.Message { return h.Reply(m) })
}

// write writes the reply, in an envelope if the message came in one. success
// is never encrypted.
func (h *Handler) write(e *Event) (body []byte, kind string, err error) {
	if e.Reply == nil {
		return []byte(message.Success), "text/plain; charset=utf-8", nil
	}
	if kind = "text/xml; charset=utf-8"; e.Reply.Format == message.JSON {
		kind = "application/json; charset=utf-8"
	}
	body, err = e.Reply.Append(nil)
	if err != nil || !e.Encrypted {
		return body, kind, err
	}
	encrypt, err := h.Codec.Encrypt(body, rand.Reader)
	if err != nil {
		return nil, "", err
	}
	r := msgcrypt.NewReply(h.Token, strconv.FormatInt(e.Time.Unix(), 10), e.Query.Get("nonce"), encrypt)
	if e.Reply.Format == message.JSON {
		r.Format = msgcrypt.JSON
	}
	return r.Body(), kind, nil
}
