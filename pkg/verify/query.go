package verify

import (
	"crypto/sha1"
	"encoding/hex"
	"io"
	"math/big"
	"net/url"
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/product"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/signature"
	"github.com/wxdev/wxdev/pkg/wire"
)

// msgSignature is what WeCom signs a verification with.
func (h *handle) msgSignature(q query) string {
	return signature.Message(h.Token, q.timestamp, q.nonce, q.echostr)
}

// shortNonce has eight digits, as WeChat's often has: smaller than the
// timestamp as a number, larger as text.
func (h *handle) shortNonce() string { return h.number(90_000_000, 99_999_999) }

// smallNonce has ten digits and is smaller than the timestamp, as a number
// and as text.
func (h *handle) smallNonce() string { return h.number(1_000_000_000, 1_600_000_000) }

// query is what a verification request carries. A nil Signature leaves the
// parameter out; of WeCom's it is the msg_signature.
type query struct {
	signature *string
	echostr   string // what must come back
	sealed    string // of WeCom's: the echostr as it is sent, encrypted
	timestamp string
	nonce     string
	extra     [][2]string
	push      *push.Push // a third-party platform's: the ticket
}

// signed is a query with the right signature.
func (h *handle) signed(nonce string) query {
	return h.signedAt(h.timestamp(), nonce)
}

func (h *handle) signedAt(timestamp, nonce string) query {
	if h.rules.Verification == product.EncryptedEcho {
		return h.encryptedQuery(h.EchoCodec, timestamp, nonce, plusAndSlash)
	}
	if h.rules.Verification == product.Ticket {
		return h.ticketQuery(timestamp, nonce)
	}
	s := signature.Access(h.Token, timestamp, nonce)
	return query{signature: &s, echostr: h.newEchostr(), timestamp: timestamp, nonce: nonce}
}

func (h *handle) timestamp() string { return strconv.FormatInt(h.Now().Unix(), 10) }

// newNonce has ten digits and is larger than the timestamp, as a number and
// as text: an order by numbers and one by text agree on it.
func (h *handle) newNonce() string {
	return h.number(3_000_000_000, 4_294_967_295)
}

// newEchostr has 19 digits and is odd, which no float64 of this size is.
func (h *handle) newEchostr() string {
	last := "13579"[h.number(0, 5)[0]-'0']
	return h.number(100_000_000_000_000_000, 900_000_000_000_000_000) + string(last)
}

// number returns a random decimal number from low up to but without high.
func (h *handle) number(low, high int64) string {
	// Ten bytes: enough for any of the ranges here without a visible bias.
	b := make([]byte, 10)
	h.randMu.Lock()
	_, err := io.ReadFull(h.Rand, b)
	h.randMu.Unlock()
	if err != nil {
		h.fail(finding.Because(reason.NoRandom, "error", err))
	}
	n := new(big.Int).SetBytes(b)
	n.Mod(n, big.NewInt(high-low))
	return n.Add(n, big.NewInt(low)).String()
}

// wrongSignature has the form of a signature and fits nothing.
func (h *handle) wrongSignature() *string {
	sum := sha1.Sum([]byte(h.number(0, 1<<62)))
	s := hex.EncodeToString(sum[:])
	return &s
}

// request builds the GET in WeChat's parameter order.
func (h *handle) request(q query) *wire.Request {
	if q.push != nil {
		return q.push.Request(h.URL)
	}
	return wire.NewRequest("GET", wire.JoinQuery(h.URL, q.params()...), nil)
}

func (q query) params() [][2]string {
	if q.sealed != "" {
		sum := ""
		if q.signature != nil {
			sum = *q.signature
		}
		return append(wire.WeComParams(sum, q.timestamp, q.nonce, q.sealed), q.extra...)
	}
	if q.signature == nil {
		return append(wire.VerificationParams("", q.echostr, q.timestamp, q.nonce)[1:], q.extra...)
	}
	return append(wire.VerificationParams(*q.signature, q.echostr, q.timestamp, q.nonce), q.extra...)
}

// queryParams are the parameters of a query in their order, decoded once;
// what cannot be decoded is left out, as servers do.
func queryParams(rawQuery string) []signature.Param {
	var params []signature.Param
	for pair := range strings.SplitSeq(rawQuery, "&") {
		name, value, _ := strings.Cut(pair, "=")
		n, badName := url.QueryUnescape(name)
		v, badValue := url.QueryUnescape(value)
		if n != "" && badName == nil && badValue == nil {
			params = append(params, signature.Param{Name: n, Value: v})
		}
	}
	return params
}

// ask sends the query and reports whether the server accepted it.
func (h *handle) ask(name string, q query) (*wire.Exchange, bool) {
	ex := h.get(name, q)
	return ex, h.accepts(ex, q.echostr)
}

// get sends the query.
func (h *handle) get(name string, q query) *wire.Exchange {
	if q.push != nil {
		return h.deliver(name, h.authPusher(), q.push).Last()
	}
	return h.send(name, h.request(q), q.echostr)
}

func (h *handle) send(name string, req *wire.Request, echostr string) *wire.Exchange {
	return h.do(h.Sender, name, req, echostr)
}
