package config

import (
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// ReadSecret reads a secret that is not a setting, such as a ticket, from the
// text of a flag, which is called place in errors: env:NAME, file:PATH, - for a
// line of stdin, or the secret itself.
func (c *Config) ReadSecret(place, text string) (string, error) {
	if text == fromStdin {
		if others := c.stdinReaders(); len(others) > 0 {
			return "", oneStdin(append(others, place))
		}
	}
	secret, _, err := c.resolve(Secret, source{text: text, from: place, place: place, dir: c.dir})
	if err != nil {
		return "", err
	}
	if secret == "" {
		return "", wrong(named(finding.Name(place), finding.Because(reason.Empty)), finding.Because(reason.HintOmitSetting))
	}
	if why, hint := commonFault(secret); why != nil {
		return "", wrong(named(finding.Name(place), why), hint)
	}
	return secret, nil
}
