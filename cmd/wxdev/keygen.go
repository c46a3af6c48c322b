package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/words"
)

const (
	lettersDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

	// The last character of an EncodingAESKey carries four bits of the key, and
	// two that are thrown away. WeChat draws it from all 62; where those two are
	// not zero, strict base64 decoders refuse the key, so ours are.
	canonicalEnd = "AEIMQUYcgkosw048"

	tokenSize  = 32 // the most that the console takes
	aesKeySize = 43
)

type keygenOptions struct {
	*globals
	What string // "token", "aes-key", or "" for both
	JSON bool
	API  bool   // the keys of signed calls
	Dir  string // where --api writes them
}

// keygenResult is what keygen --json prints.
type keygenResult struct {
	outcome

	Token  string `json:"token,omitempty"`
	AESKey string `json:"aes_key,omitempty"`

	API *apiKeysJSON `json:"api_security,omitempty"` // of --api
}

func newKeygen(g *globals) *cobra.Command {
	o := &keygenOptions{globals: g}
	cmd := &cobra.Command{
		Use:       "keygen [token | aes-key]",
		ValidArgs: []cobra.Completion{"token", "aes-key"},
		Args:      keygenArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			o.What = strings.Join(args, "")
			if o.API {
				return runKeygenAPI(o)
			}
			if o.Dir != "" {
				return usage(words.KeygenErrDir)
			}
			return runKeygen(o)
		},
	}
	cmd.Flags().BoolVar(&o.JSON, "json", false, "")
	cmd.Flags().BoolVar(&o.API, "api", false, "")
	cmd.Flags().StringVar(&o.Dir, "dir", "", "")
	return cmd
}

func keygenArgs(c *cobra.Command, args []string) error {
	if len(args) > 0 && !slices.Contains(c.ValidArgs, args[0]) {
		return withHint(extraArgument(args[0]), hint(words.HintTakes, "values", oneOfThese(c.ValidArgs)))
	}
	return atMost(1)(c, args)
}

func runKeygen(o *keygenOptions) error {
	r := keygenResult{outcome: newOutcome(true)}
	var err error
	if o.What != "aes-key" {
		if r.Token, err = randomText(o.env.Rand, tokenSize, lettersDigits); err != nil {
			return err
		}
	}
	if o.What != "token" {
		if r.AESKey, err = newAESKey(o.env.Rand); err != nil {
			return err
		}
	}
	switch {
	case o.JSON:
		return writeJSON(o.env.Out, r)
	case o.What != "":
		fmt.Fprintln(o.env.Out, r.Token+r.AESKey) // one of them is empty
	default:
		fmt.Fprintf(o.env.Out, "token = %q\naes_key = %q\n", r.Token, r.AESKey)
	}
	return nil
}

func newAESKey(random io.Reader) (string, error) {
	key, err := randomText(random, aesKeySize-1, lettersDigits)
	if err != nil {
		return "", err
	}
	end, err := randomText(random, 1, canonicalEnd)
	return key + end, err
}

// randomText draws n characters of the alphabet, each as likely as the others.
func randomText(random io.Reader, n int, alphabet string) (string, error) {
	limit := 256 - 256%len(alphabet) // bytes from here on would favour the first characters
	text := make([]byte, 0, n)
	for b := make([]byte, 1); len(text) < n; {
		if _, err := io.ReadFull(random, b); err != nil {
			return "", failed(words.ErrRandom, "error", err)
		}
		if c := int(b[0]); c < limit {
			text = append(text, alphabet[c%len(alphabet)])
		}
	}
	return string(text), nil
}
