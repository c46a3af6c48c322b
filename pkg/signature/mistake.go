package signature

import (
	"slices"
	"strings"

	"github.com/wxdev/wxdev/pkg/finding"
)

// Request is what a signature was made for, and whatever else a server that
// gets it wrong may have included. Only Token, Timestamp and Nonce are needed;
// empty fields are ignored.
type Request struct {
	Token     string // the right one
	Timestamp string // as in the URL, decoded once
	Nonce     string
	Echostr   string // of the URL check
	Encrypt   string // of an encrypted push: the right signature is then [Message], else [Access]

	Extra []Param // the URL's other query parameters, in order

	AppID, Secret, AESKey string  // values that are pasted in place of the token
	Other                 []Named // the tokens of other accounts
}

// Param is a parameter of a URL's query, decoded once.
type Param struct{ Name, Value string }

// Named is the token of another account, and what to call it.
type Named struct{ Name, Token string }

// Mistake is a known way to get a signature wrong, applied to a [Request]. No
// fact of it holds a secret.
type Mistake struct {
	finding.Finding
	Signature string   // what a server that makes the mistake computes
	With      *Mistake // of a pair, the mistake in the formula; nil nearly always
}

// Mistakes returns every known mistake applied to r, the likeliest first, with
// the signature that it gives. Those that make no difference for r are left
// out; two that give the same signature are both included. There are about 90,
// whatever r is.
//
// A program that talks to a server sends these signatures one by one: the first
// that is accepted names the server's mistake. If several mistakes give that
// signature, another timestamp or nonce tells them apart.
func Mistakes(r Request) []Mistake {
	c := collector{right: right(r)}
	c.mistakes(r)
	return c.list
}

// Explain returns the mistakes that give exactly the signature given, the
// likeliest first, and nil when given is right or no known mistake makes it.
// The case of its hex digits does not matter, but a signature that is right
// except for it is a mistake too.
//
// Beyond [Mistakes] it knows those in the values, such as a timestamp in
// milliseconds, and if no single mistake fits, it tries a wrong token together
// with a wrong formula: the result's With is then set.
func Explain(given string, r Request) []Mistake {
	want := right(r)
	switch {
	case given == want, given == "":
		return nil
	case strings.EqualFold(given, want):
		upper := collector{}
		upper.upperHex(r)
		return upper.list
	}
	single := collector{right: want, given: given}
	single.mistakes(r)
	single.alteredInputs(r)
	if single.list != nil {
		return single.list
	}
	var pairs []Mistake
	for _, w := range slices.Concat(damagedTokens(r), defaultTokens()) {
		with := r
		with.Token = w.token
		second := collector{right: right(with), given: given}
		second.likelyFormulas(with)
		second.unlikelyFormulas(with)
		second.alteredInputs(with)
		for _, m := range second.list {
			pairs = append(pairs, Mistake{finding.New(tokenID, w.variant, w.facts...), m.Signature, &m})
		}
	}
	return pairs
}

// right is the signature that WeChat puts into the request.
func right(r Request) string {
	if r.Encrypt != "" {
		return Message(r.Token, r.Timestamp, r.Nonce, r.Encrypt)
	}
	return Access(r.Token, r.Timestamp, r.Nonce)
}

// collector keeps the mistakes that count. A log line that nothing explains is
// tried with a thousand of them, so what does not fit costs no more than its
// hash.
type collector struct {
	right string // whoever gets this one has made no mistake
	given string // the only signature wanted, in any case; empty for all
	list  []Mistake
}

// add takes the facts as name, value, name, value.
func (c *collector) add(id, variant, signature string, pairs ...any) {
	if signature == c.right || c.given != "" && !strings.EqualFold(signature, c.given) {
		return
	}
	c.list = append(c.list, Mistake{finding.New(id, variant, pairs...), signature, nil})
}

// mistakes adds all of them, the likeliest first.
func (c *collector) mistakes(r Request) {
	c.likelyFormulas(r)
	c.tokens(r, damagedTokens(r))
	c.unlikelyFormulas(r)
	if c.given == "" { // nothing else tells it from the right one
		c.upperHex(r)
	}
	c.tokens(r, defaultTokens())
}
