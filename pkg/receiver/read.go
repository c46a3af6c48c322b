package receiver

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/product"
	"github.com/wxdev/wxdev/pkg/signature"
)

// Errors of refused requests. One that cannot be decrypted or parsed has the
// error of package msgcrypt or message.
var (
	ErrNoSignature  = error(&finding.Reason{ID: reason.RequestWithoutSignature})
	ErrBadSignature = error(&finding.Reason{ID: reason.WrongSignature})
	// ErrBadMsgSignature is about the signature of the encrypted message.
	ErrBadMsgSignature = error(&finding.Reason{ID: reason.WrongMsgSignature})
	ErrMethod          = error(&finding.Reason{ID: reason.WrongMethod})
	ErrBody            = error(&finding.Reason{ID: reason.BodyUnreadable})
	ErrTooLarge        = error(tooLarge{})
	ErrEncrypted       = error(&finding.Reason{ID: reason.EncryptedWithoutKey})
	ErrPlain           = error(&finding.Reason{ID: reason.NotEncrypted})
	ErrTarget          = error(&finding.Reason{ID: reason.TargetNoPath})
)

// tooLarge is a reason with an argument, made when it is asked for and not when
// a program starts.
type tooLarge struct{}

func (tooLarge) Unwrap() error { return finding.Because(reason.BodyTooLarge, "limit", message.MaxBody) }

func (e tooLarge) Error() string { return e.In(finding.English) }

func (e tooLarge) In(lang finding.Lang) string { return finding.ErrorIn(lang, e.Unwrap()) }

// Unsigned reports whether err means that a request is not WeChat's: it has no
// signature, or a wrong one.
func Unsigned(err error) bool {
	return errors.Is(err, ErrNoSignature) || errors.Is(err, ErrBadSignature) || errors.Is(err, ErrBadMsgSignature)
}

// refusal is the answer to a faulty request. It does not say what would be
// right: whoever asks may not be WeChat.
func refusal(err error) answer {
	switch {
	case Unsigned(err):
		return plainAnswer(http.StatusForbidden, "invalid signature")
	case errors.Is(err, ErrMethod):
		return plainAnswer(http.StatusMethodNotAllowed, "")
	case errors.Is(err, ErrTooLarge):
		return plainAnswer(http.StatusRequestEntityTooLarge, "")
	}
	return plainAnswer(http.StatusBadRequest, "bad message")
}

// read reads a request and finds out what it says. Its Err is why it has to be
// refused.
func (h *Handler) read(w http.ResponseWriter, req *http.Request) *Event {
	e := &Event{Time: time.Now(), Request: req, Query: req.URL.Query()}
	switch req.Method {
	case http.MethodGet:
		if h.Product == product.WeCom {
			e.Plain, e.Err = h.openEchostr(e.Query)
		} else {
			e.Err = h.check(e.Query)
		}
		return e
	case http.MethodPost:
	default:
		e.Err = ErrMethod
		return e
	}
	if e.Body, e.Err = readBody(w, req); e.Err != nil {
		return e
	}
	if e.Plain, e.Err = h.open(e); e.Err != nil {
		return e
	}
	// What users type may contain characters that XML forbids; WeChat passes
	// them on.
	clean, _ := message.Sanitize(e.Plain)
	e.Message, e.Err = message.Parse(clean)
	return e
}

func readBody(w http.ResponseWriter, req *http.Request) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, message.MaxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, ErrTooLarge
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrBody, err)
	}
	return body, nil
}

// openEchostr checks and decrypts WeCom's verification.
func (h *Handler) openEchostr(q url.Values) ([]byte, error) {
	sealed := q.Get("echostr")
	if err := h.checkSealed(q, sealed); err != nil {
		return nil, err
	}
	codec := cmp.Or(h.EchoCodec, h.Codec)
	if codec == nil {
		return nil, ErrEncrypted
	}
	plain, err := codec.Decrypt(sealed)
	if err != nil {
		return nil, err
	}
	return plain.Msg, nil
}

// checkSealed checks the signature of what is encrypted.
func (h *Handler) checkSealed(q url.Values, encrypt string) error {
	if q.Get("msg_signature") == "" && h.Product == product.WeCom {
		return ErrNoSignature
	}
	if !signature.Equal(q.Get("msg_signature"), signature.Message(h.Token, q.Get("timestamp"), q.Get("nonce"), encrypt)) {
		return ErrBadMsgSignature
	}
	return nil
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
	if h.Product != product.WeCom {
		if err := h.check(q); err != nil {
			return nil, err
		}
	}
	e.Mode = msgcrypt.Plain
	if kind := q.Get("encrypt_type"); (kind == "" || kind == "raw") && h.Product != product.WeCom {
		if h.SafeOnly {
			return e.Body, ErrPlain
		}
		return e.Body, nil
	}
	// In compatible mode what the user typed is next to the envelope, and may
	// contain what XML forbids.
	clean, _ := message.Sanitize(e.Body)
	env, err := msgcrypt.ParseEnvelope(clean)
	if err != nil {
		return nil, err
	}
	if e.Mode = msgcrypt.Safe; env.Compat {
		e.Mode = msgcrypt.Compat
	}
	if err := h.checkSealed(q, env.Encrypt); err != nil {
		return nil, err
	}
	if h.Codec == nil {
		if env.Compat {
			return e.Body, nil // its fields are in the clear, and a plain reply is allowed
		}
		return nil, ErrEncrypted
	}
	plain, err := h.Codec.Decrypt(env.Encrypt)
	if err != nil {
		return nil, err
	}
	e.Encrypted = true
	return plain.Msg, nil
}
