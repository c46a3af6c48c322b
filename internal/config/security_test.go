package config

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

const (
	aNumber = "b1a0b662100d6c743b77f2d25adf453d"
	aKey    = "QYUX92NSqe2M2u6uYw3cETlmemP9D5hGcY6V+3a4sow="
)

// TestAPISecurity: the table of signed calls, of an account and of a profile,
// which takes what it lacks from the account.
func TestAPISecurity(t *testing.T) {
	pem, err := os.ReadFile("testdata/private.pem")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, map[string]string{
		"wxdev.toml": "[account]\nappid = \"wx0123456789abcdef\"\n[account.api_security]\nsymmetric_key = \"env:SYM\"\nsymmetric_sn = \"" + aNumber + "\"\nprivate_key = \"file:private.pem\"\n" +
			"[profile.test.api_security]\nprivate_sn = \"" + strings.ToUpper(aNumber) + "\"\n",
		"private.pem": string(pem),
	})
	w.env["SYM"] = aKey
	c := w.load(func(o *Options) { o.Profile = "test" })
	k, err := c.Security()
	if err != nil || k.Symmetric != aKey || k.SymmetricSN != aNumber || k.Private == nil || k.AsymmetricSN != strings.ToUpper(aNumber) || k.Certificates != nil {
		t.Errorf("%+v, %v", k, err)
	}
	secrets := c.Secrets()
	for _, want := range []string{aKey, strings.TrimRight(string(pem), "\n")} {
		if !slices.Contains(secrets, want) {
			t.Errorf("%.20q is not among the secrets", want)
		}
	}
}

// TestAPISecurityFaults: what is wrong names the setting, and shows nothing of
// it.
func TestAPISecurityFaults(t *testing.T) {
	for text, want := range map[string]reason.ID{
		"symmetric_key = \"hello\"":                            reason.APISymKeyBase64,
		"symmetric_key = \"DgEeft+m1RUU7btnLmAjEg==\"":         reason.APISymKeySm4,
		"symmetric_key = \"" + strings.Repeat("ab", 32) + "\"": reason.APISymKeyHex,
		"private_key = \"-----BEGIN\"":                         reason.APIKeyNotPem,
		"certificate = \"file:private.pem\"":                   reason.FileFails,
		"certificate_sn = \"11:22\"":                           reason.APINumber,
		"private_sn = \"0446163cf7160701cd85525760effad\"":     reason.APINumber,
	} {
		w := newWorld(t, map[string]string{"wxdev.toml": "[account.api_security]\n" + text + "\n"})
		_, err := w.load(func(*Options) {}).Security()
		if err == nil {
			t.Errorf("%s: no fault", text)
			continue
		}
		name, _, _ := strings.Cut(text, " ")
		for _, lang := range []finding.Lang{finding.English, finding.Chinese} {
			said := finding.ErrorIn(lang, err)
			why, _ := reason.Text(want)
			if lang == finding.Chinese {
				_, why = reason.Text(want)
			}
			why, _, _ = strings.Cut(why, "{")
			if !strings.Contains(said, "api_security."+name) || !strings.Contains(said, strings.TrimSpace(why)) || strings.Contains(said, "hello") {
				t.Errorf("%s: %q", text, said)
			}
		}
	}
	for text, want := range map[string]string{
		"[account.api_security]\nsymetric_key = \"x\"\n": "symmetric_key",
		"[account.api_securty]\n":                        "[account.api_securty]",
		"[account]\napi_security = 1\n":                  "api_security",
	} {
		w := newWorld(t, map[string]string{"wxdev.toml": text})
		if _, err := Load(Options{Dir: w.dir}); err == nil || !strings.Contains(err.Error()+finding.ErrorIn(finding.English, err), want) && !strings.Contains(hintOf(err), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func hintOf(err error) string {
	if e, ok := err.(*Error); ok {
		return e.HintIn(finding.English)
	}
	return ""
}
