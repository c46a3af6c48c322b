package config

import "github.com/wxdev/wxdev/internal/tomldoc"

// ReadSecret reads a secret that is not a setting, such as a ticket, from the
// text of a flag, which is called place in errors: env:NAME, file:PATH, - for a
// line of stdin, or the secret itself.
func (c *Config) ReadSecret(place, text string) (string, error) {
	if text == fromStdin {
		if others := c.stdinReaders(); len(others) > 0 {
			return "", &Error{
				Msg:  tomldoc.List(append(others, place), "and") + " are -, and only one of them can read stdin",
				Hint: "give the others as env:NAME or file:PATH",
			}
		}
	}
	secret, _, err := c.resolve(Secret, source{text: text, from: place, place: place, dir: c.dir})
	if err != nil {
		return "", err
	}
	if secret == "" {
		return "", &Error{Msg: place + " is empty", Hint: "omit it to leave the setting unset"}
	}
	if words, hint := commonFault(secret); words != "" {
		return "", &Error{Msg: place + " " + words, Hint: hint}
	}
	return secret, nil
}
