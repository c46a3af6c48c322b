package main

import (
	"errors"
	"fmt"

	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/api"
	"github.com/wxdev/wxdev/pkg/apisign"
	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
)

// signingKeys are those of the settings, which must all be there.
func (o *apiOptions) signingKeys() (*apisign.Keys, error) {
	k, err := o.conf.Security()
	if err != nil {
		return nil, err
	}
	var missing []string
	for _, key := range config.APISecurity() {
		v, err := o.conf.Get(key)
		if err != nil {
			return nil, err
		}
		if v.Text == "" && key != config.PrivateSN && key != config.CertificateKey { // which may be left out
			missing = append(missing, key.Name())
		}
	}
	if missing != nil {
		return nil, withHint(usage(words.APIErrSecurity, "keys", finding.AllOf(missing)), hint(words.APIHintSecurity))
	}
	k.AppID = o.setting(config.AppID)
	return &k, nil
}

// signedFault adds to the refusal of a signed call what it means for one that was
// made by the rules: another key is set in the console.
func (o *apiOptions) signedFault(r api.Request, err error) error {
	if r.Signed == nil {
		return err
	}
	if f, ok := api.Untrusted(err); ok {
		return withHint(err, literal(describe(o.Lang(), f.Mistake.Finding).Fix), literal("wxdev explain "+f.Mistake.ID))
	}
	var e *api.Error
	if !errors.As(err, &e) {
		return err
	}
	f := finding.Finding{}
	switch e.Code {
	case 40234:
		f = finding.New("S11", "console")
	case 40235:
		f = finding.New("E10", "console", "number", r.Signed.SymmetricSN)
	case 40237:
		f = finding.New("S16", "header", "sent", r.Signed.AppID, "want", "?")
	default:
		return err
	}
	title, _, fix := catalog.Describe(o.Lang(), f)
	return withHint(err, literal(f.ID+" "+title), literal(fix))
}

// traceSigned prints what a call was signed over, for -v.
func (c *caller) traceSigned(try api.Trace) {
	for _, line := range []struct {
		label words.ID
		text  string
	}{
		{words.CheckAPILabelRight, try.ToSign},
		{words.CheckAPILabelAad, try.AAD},
		{words.CheckAPILabelPlaintext, try.Plaintext},
		{words.CheckAPILabelAnswer, try.Opened},
	} {
		if line.text != "" {
			fmt.Fprintf(c.env.Err, "* %s %s\n", padded(c.say(line.label), 12), text.Quote([]byte(line.text), 0))
		}
	}
}
