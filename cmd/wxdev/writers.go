package main

import (
	"encoding/base64"
	"encoding/hex"
	"io"
	"strings"

	"github.com/wxdev/wxdev/internal/config"
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

// shortestMasked is how long a secret must be to be masked: a token such as
// weixin stands in half the addresses that are printed.
const shortestMasked = 8

// masking returns the globals of a command that prints what servers send:
// should a server send a secret back, it is not printed.
func (g *globals) masking(secrets ...string) *globals {
	var pairs []string
	for _, s := range secrets {
		if len(s) >= shortestMasked {
			pairs = append(pairs, s, "[secret]")
		}
	}
	masked, env := *g, *g.env
	masked.mask = strings.NewReplacer(pairs...)
	env.Out, env.Err = maskWriter{env.Out, masked.mask}, maskWriter{env.Err, masked.mask}
	masked.env = &env
	return &masked
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

// maskWriter puts a word in place of secrets. It sees them as long as one is
// not split between two writes, which reports, written line by line, do not.
type maskWriter struct {
	w    io.Writer
	mask *strings.Replacer
}

func (m maskWriter) Write(p []byte) (int, error) {
	if _, err := m.mask.WriteString(m.w, string(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}
