package redact

import (
	"net/url"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
)

// This is the list of what is secret: how the names of query parameters, of
// fields in JSON, XML and forms, and of headers end, the values of which open
// an account or a user's session. Case, - and _ make no difference:
// component_verify_ticket is ComponentVerifyTicket too.
var secretNames = []string{
	"token",              // of the settings; access_token, refresh_token, authorizer_access_token …
	"aes_key",            // also EncodingAESKey
	"ticket",             // jsapi_ticket, component_verify_ticket …; that of a QR code is not secret, but has the same name
	"js_code",            // codes that are exchanged for a token or a session; OAuth's is missing, because
	"auth_code",          // too much that is harmless is called code
	"authorization_code", //
	"session_key",        // opens a user's encrypted data
	"api_key",            // not WeChat's, but often in the URL of somebody's server
	"password",           //
}

// secretWord makes every name secret that contains it: secret, appSecret,
// component_appsecret.
const secretWord = "secret"

// secretHeaders are secret besides those that secretNames covers.
var secretHeaders = []string{"Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie"}

// envelopeNames are the parts of an encrypted message that are made of the
// Token and the EncodingAESKey.
var envelopeNames = []string{"Encrypt", "MsgSignature"}

// wechatParameters are those of WeChat's query parameters that are not made of
// the Token. Signatures are, so they are not here.
var wechatParameters = []string{"timestamp", "nonce", "openid", "encrypt_type", "echostr"}

// plainHeaders are those whose values give nothing away.
var plainHeaders = []string{
	"accept", "accept-encoding", "accept-language", "cache-control", "connection", "content-encoding", "content-length",
	"content-type", "date", "host", "pragma", "server", "transfer-encoding", "user-agent", "vary", "via", "x-powered-by",
	"x-forwarded-host", "x-forwarded-proto",
}

// A Rule says which names have secret values. The zero Rule hides nothing.
type Rule struct {
	name   func(string) bool // of a parameter or a field
	header func(string) bool
}

// The rules. Take [Secrets] unless there is a reason.
var (
	// Secrets are those in the list.
	Secrets = Rule{name: isSecret, header: func(name string) bool { return isSecret(name) || listed(secretHeaders, name) }}

	// Credentials are those with which calls of the API are made: what contains
	// "secret", access_token and refresh_token, session_key. The emulator's log
	// goes by it: what else is called a token or a ticket there is what its readers
	// look for.
	Credentials = Rule{name: isCredential, header: isCredential}

	// Unknown are all but the parameters of WeChat's that are no signature, and
	// all but a few headers. It is for requests that are kept as files, and for
	// the URL of somebody's server, which may hold a password by any name.
	Unknown = Rule{
		name:   func(name string) bool { return !slices.Contains(wechatParameters, name) },
		header: func(name string) bool { return !slices.Contains(plainHeaders, strings.ToLower(name)) },
	}

	// Envelopes are the encrypted parts of messages.
	Envelopes = Rule{name: func(name string) bool { return listed(envelopeNames, name) }, header: func(string) bool { return false }}
)

// Name reports whether what is called so is secret.
func (r Rule) Name(name string) bool { return r.name != nil && r.name(name) }

func isSecret(name string) bool {
	if hasSecret(name) {
		return true
	}
	name = fold(name)
	return slices.ContainsFunc(secretNames, func(end string) bool { return strings.HasSuffix(name, fold(end)) })
}

// isCredential and hasSecret are asked for every parameter of every call of the
// emulator, so they make no copy.
func isCredential(name string) bool {
	for _, end := range []string{"access_token", "accesstoken", "refresh_token", "refreshtoken", "session_key"} {
		if len(name) >= len(end) && strings.EqualFold(name[len(name)-len(end):], end) {
			return true
		}
	}
	return hasSecret(name)
}

func hasSecret(name string) bool {
	for i := 0; i+len(secretWord) <= len(name); i++ {
		if name[i]|0x20 == secretWord[0] && strings.EqualFold(name[i:i+len(secretWord)], secretWord) {
			return true
		}
	}
	return false
}

func listed(list []string, name string) bool {
	return slices.ContainsFunc(list, func(l string) bool { return fold(l) == fold(name) })
}

var separators = lazy.Value[*strings.Replacer]{Make: func() *strings.Replacer {
	return strings.NewReplacer("_", "", "-", "")
}}

func fold(name string) string { return separators.Get().Replace(strings.ToLower(name)) }

// escaped is Name for a name as a query has it.
func (r Rule) escaped(name string) bool {
	if plain, err := url.QueryUnescape(name); err == nil {
		name = plain
	}
	return r.Name(name)
}
