// Package receiver is a correct callback server: it checks every signature,
// returns the echostr, decrypts, and answers messages. It shows how a server
// has to behave to get no findings from package verify, and takes the place of one
// that is not written yet.
//
//	http.ListenAndServe("127.0.0.1:8080", &receiver.Handler{Token: "mytoken"})
//
// With a Codec it speaks compatible and safe mode as well; it tells XML and
// JSON apart by itself. Reply decides what is answered; without it that is
// success. [ParseRules] reads a file of rules that can serve as Reply.
//
// A [Proxy] sits in front of another server: it reads what passes through as a
// Handler does, passes it on byte for byte, and judges the answer.
//
// The rules are those of
// https://developers.weixin.qq.com/doc/oplatform/developers/dev/push . A
// request's timestamp is not compared with the clock: WeChat does not ask for
// it, and recorded requests should stay readable.
//
// # Compatibility
//
// The README says what a release may change. The file that [ParseRules] reads
// is among what scripts rely on.
package receiver

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/product"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/wire"
)

// Handler answers WeChat's requests on any path. Its fields must not change
// while it serves.
type Handler struct {
	Token string // of the server config

	Codec    *msgcrypt.Codec // for the encrypted modes; nil is plain mode
	SafeOnly bool            // refuse what is not encrypted, as safe mode requires

	// Product is empty for all but WeCom, the verification of which is decrypted,
	// and the requests of which have a msg_signature alone. A suite's verification
	// is for another receive id than its messages: EchoCodec has it; nil is Codec.
	Product   product.Product
	EchoCodec *msgcrypt.Codec

	// Reply makes the answer to a message; nil, or a nil reply, is success. It
	// is called once for a message, however often it is delivered.
	Reply func(in *message.Message) *message.Message

	// Log is called for every request after it was answered; it may be nil.
	// Several goroutines may call it at once.
	Log func(Event)

	recent recent
}

// Event is a request that was answered.
type Event struct {
	Time      time.Time
	Took      time.Duration // until the answer was ready
	Request   *http.Request
	Query     url.Values
	Body      []byte           // of a POST, as it came
	Plain     []byte           // the message in it, or WeCom's echostr, decrypted; nil if it was not opened
	Message   *message.Message // what Plain says; nil if it was not read
	Mode      msgcrypt.Mode    // how it came; empty for a verification
	Encrypted bool             // it was opened with the Codec, so a reply is encrypted too
	Repeated  bool             // the message had come before
	Reply     *message.Message // what was answered; nil is success
	Answer    []byte           // the body that went back, before any encryption
	Status    int
	Err       error // why it was refused; nil if it was not

	// For a request that a Proxy passed on. Err is then what the Proxy thinks
	// of the request, and Status, Answer and Delivery are the other server's.
	Upstream *wire.Exchange
	Delivery *push.Delivery // the judgement; nil for what is not a message of WeChat's
}

// Verification reports whether the request is the one with an echostr, which
// WeChat sends when the URL is saved.
func (e *Event) Verification() bool { return e.Request.Method == http.MethodGet }

// answer is what goes back.
type answer struct {
	status int
	kind   string
	body   []byte
}

func plainAnswer(status int, body string) answer {
	return answer{status, "text/plain; charset=utf-8", []byte(body)}
}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	e := h.read(w, req)
	a := h.answer(e)
	e.Status = a.status
	e.Took = time.Since(e.Time)
	if a.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", "GET, POST")
	}
	send(w, a)
	h.log(e)
}

// send writes the answer, and flushes it before anything is logged: WeChat's 5
// seconds are not for that.
func send(w http.ResponseWriter, a answer) {
	w.Header().Set("Content-Type", a.kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body))) // or flushing would make it chunked
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // a client that is gone needs no answer
	_ = http.NewResponseController(w).Flush()
}

func (h *Handler) log(e *Event) {
	if h.Log != nil {
		h.Log(*e)
	}
}

func (h *Handler) answer(e *Event) answer {
	switch {
	case e.Err != nil:
		a := refusal(e.Err)
		e.Answer = a.body
		return a
	case e.Verification():
		a := plainAnswer(http.StatusOK, e.Query.Get("echostr"))
		if h.Product == product.WeCom {
			a.body = e.Plain
		}
		e.Answer = a.body
		return a
	}
	e.Reply, e.Repeated = h.reply(e.Message)
	a, err := h.write(e)
	if err != nil {
		e.Err = err
		return plainAnswer(http.StatusInternalServerError, "")
	}
	return a
}

// reply asks for the answer, once for each message.
func (h *Handler) reply(m *message.Message) (r *message.Message, repeated bool) {
	return h.recent.do(m.DedupKey(), func() *message.Message {
		if h.Reply == nil || m.Get("InfoType") != "" { // to a platform's ticket nothing but success is right
			return nil
		}
		return h.Reply(m)
	})
}

// write writes the reply, in an envelope if the message came in one. success
// is never encrypted.
func (h *Handler) write(e *Event) (answer, error) {
	if e.Reply == nil {
		e.Answer = []byte(reply.Success)
		return plainAnswer(http.StatusOK, reply.Success), nil
	}
	kind := "text/xml; charset=utf-8"
	if e.Reply.Format == msgcrypt.JSON {
		kind = "application/json; charset=utf-8"
	}
	body, err := e.Reply.Append(nil)
	if err != nil {
		return answer{}, err
	}
	e.Answer = body
	if !e.Encrypted {
		return answer{http.StatusOK, kind, body}, nil
	}
	encrypt, err := h.Codec.Encrypt(body, rand.Reader)
	if err != nil {
		return answer{}, err
	}
	r := msgcrypt.NewReply(h.Token, strconv.FormatInt(e.Time.Unix(), 10), e.Query.Get("nonce"), encrypt)
	if e.Reply.Format == msgcrypt.JSON {
		r.Format = msgcrypt.JSON
	}
	return answer{http.StatusOK, kind, r.Body()}, nil
}
