package main

import (
	"encoding/base64"
	"encoding/hex"
	"io"

	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/redact"
	"github.com/wxdev/wxdev/pkg/finding"
)

// checkedWriter keeps the first error of a stream that nobody looks at while
// a report is printed: a full disk must not pass for a success.
type checkedWriter struct {
	w       io.Writer
	err     error
	written bool // something was
}

func (c *checkedWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.written = c.written || n > 0
	if err != nil && c.err == nil {
		c.err = err
	}
	return n, err
}

// masking returns the globals of a command that prints what servers send:
// should a server send a secret back, it is not printed.
func (g *globals) masking(secrets ...string) *globals {
	masked, env := *g, *g.env
	masked.known = redact.New("[secret]", redact.ShortestChosen, secrets...)
	env.Out, env.Err = masked.known.Writer(env.Out), masked.known.Writer(env.Err)
	if env.Commands != nil {
		env.Commands = masked.known.Writer(env.Commands)
	}
	masked.env = &env
	return &masked
}

// fact puts a fact into words, and none into nothing. Secrets are hidden before
// anything in it is cut: the writer would find neither half of one.
func (g *globals) fact(lang finding.Lang, f finding.Fact) string {
	if f == nil {
		return ""
	}
	return finding.Redact(f, g.known.Text).In(lang)
}

// quote is a quotation, with the secrets hidden before the cut.
func (g *globals) quote(s string, limit int) string {
	return finding.Quote{Text: g.known.Text(s), Limit: limit}.In(g.Lang())
}

// accountSecrets are the settings that nobody may see, the key also in hex, as
// a dump of variables shows it.
func accountSecrets(c *config.Config) []string {
	key := optional(c, config.AESKey)
	secrets := []string{optional(c, config.Token), optional(c, config.Secret), key}
	if raw, err := base64.RawStdEncoding.DecodeString(key); err == nil {
		secrets = append(secrets, hex.EncodeToString(raw))
	}
	return secrets
}
