package config

import (
	"errors"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/apisign"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// theNumber is how each number was seen that the console has given.
var theNumber = lazy.Regexp(`^[0-9a-fA-F]{32}$`)

// securityFault says what is wrong with a setting of signed calls.
func securityFault(k Key, text string) (why, hint *finding.Reason) {
	var err error
	switch k {
	case SymmetricKey:
		_, err = apisign.ParseSymmetricKey(text)
	case PrivateKey, CertificateKey:
		_, err = apisign.ParsePrivateKey(text)
		hint = finding.Because(reason.HintPemFile)
	case Certificate:
		_, err = apisign.ParseCertificate(text)
		hint = finding.Because(reason.HintPemFile)
	default:
		if !theNumber.Get().MatchString(text) {
			return finding.Because(reason.APINumber), finding.Because(reason.HintAPINumber)
		}
	}
	if errors.As(err, &why) {
		if why.ID != reason.APIKeyNotPem && why.ID != reason.APIKeyEmpty {
			hint = nil
		}
		return why, hint
	}
	return nil, nil
}

// Security reads the settings of signed calls into keys; what is not set stays
// empty. A fault names its setting.
func (c *Config) Security() (apisign.Keys, error) {
	var k apisign.Keys
	var texts [7]string
	for i, key := range APISecurity() {
		v, err := c.Get(key)
		if err != nil {
			return k, err
		}
		texts[i] = v.Text
	}
	k.Symmetric, k.SymmetricSN, k.AsymmetricSN = texts[0], texts[1], texts[3]
	var err error
	if texts[2] != "" {
		if k.Private, err = apisign.ParsePrivateKey(texts[2]); err != nil {
			return k, err
		}
	}
	if texts[4] != "" {
		cert, err := apisign.ParseCertificate(texts[4])
		if err != nil {
			return k, err
		}
		cert.SN = texts[5]
		if texts[6] != "" {
			if cert.Private, err = apisign.ParsePrivateKey(texts[6]); err != nil {
				return k, err
			}
		}
		k.Certificates = []apisign.Certificate{cert}
	}
	return k, nil
}
