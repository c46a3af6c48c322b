package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/apisign"
	"github.com/wxdev/wxdev/pkg/emulator"
)

// apiKeysJSON are the files that keygen --api writes, and the numbers that an
// emulator gives the keys: the console gives its own.
type apiKeysJSON struct {
	PrivateKey     string `json:"private_key"`     // file
	PublicKey      string `json:"public_key"`      // file, to paste into the console
	SymmetricKey   string `json:"symmetric_key"`   // file, to paste into the console
	Certificate    string `json:"certificate"`     // file, of an emulator
	CertificateKey string `json:"certificate_key"` // file, of an emulator
	SymmetricSN    string `json:"symmetric_sn"`
	PrivateSN      string `json:"private_sn"`
	CertificateSN  string `json:"certificate_sn"`
}

// runKeygenAPI makes the keys of signed calls, as files that nobody else reads,
// and says what goes where. It never writes over a file.
func runKeygenAPI(o *keygenOptions) error {
	if o.What != "" {
		return usage(words.ErrNoPair, "a", "--api", "b", o.What)
	}
	k, err := apisign.Make(emulator.DefaultAppID, o.env.Now())
	if err != nil {
		return failed(words.ErrRandom, "error", err)
	}
	public, err := apisign.PublicPEM(&k.Private.PublicKey)
	if err != nil {
		return failed(words.ErrRandom, "error", err)
	}
	dir := cmp.Or(o.Dir, ".")
	c := k.Certificates[0]
	r := apiKeysJSON{
		PrivateKey: filepath.Join(dir, "api-private.pem"), PublicKey: filepath.Join(dir, "api-public.pem"), SymmetricKey: filepath.Join(dir, "api-symmetric.key"),
		Certificate: filepath.Join(dir, "emulator-cert.pem"), CertificateKey: filepath.Join(dir, "emulator-key.pem"),
		SymmetricSN: k.SymmetricSN, PrivateSN: k.AsymmetricSN, CertificateSN: c.SN,
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return failed(words.ErrWrite, "file", quoted(dir), "error", cause(err))
	}
	for _, f := range []struct{ name, text string }{
		{r.PrivateKey, apisign.PrivatePEM(k.Private)},
		{r.PublicKey, public},
		{r.SymmetricKey, k.Symmetric + "\n"},
		{r.Certificate, apisign.CertificatePEM(c.X509)},
		{r.CertificateKey, apisign.PrivatePEM(c.Private)},
	} {
		if err := writeNew(f.name, f.text); err != nil {
			return err
		}
	}
	if o.JSON {
		return writeJSON(o.env.Out, keygenResult{outcome: newOutcome(true), API: &r})
	}
	fmt.Fprintf(o.env.Out, "[account.api_security]\nsymmetric_key = \"file:%s\"\nsymmetric_sn = %q\nprivate_key = \"file:%s\"\nprivate_sn = %q\ncertificate = \"file:%s\"\ncertificate_sn = %q\ncertificate_key = \"file:%s\"\n",
		filepath.ToSlash(r.SymmetricKey), r.SymmetricSN, filepath.ToSlash(r.PrivateKey), r.PrivateSN, filepath.ToSlash(r.Certificate), r.CertificateSN, filepath.ToSlash(r.CertificateKey))
	fmt.Fprintln(o.env.Err, o.say(words.KeygenConsole, "symmetric", r.SymmetricKey, "public", r.PublicKey, "private", r.PrivateKey))
	return nil
}

// writeNew writes a file that must not be there, for its owner alone.
func writeNew(name, text string) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return withHint(failed(words.KeygenErrExists, "file", quoted(name)), hint(words.KeygenHintExists))
	}
	if err == nil {
		_, err = f.WriteString(text)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return failed(words.ErrWrite, "file", quoted(name), "error", cause(err))
	}
	return nil
}
