package config

import (
	"strings"

	"github.com/wxdev/wxdev/internal/tomldoc"
)

// Require returns an error when one of keys is not set or is wrong. It names
// all that are missing at once, and the ways to give them.
func (c *Config) Require(keys ...Key) error {
	var missing []Key
	for _, k := range keys {
		v, err := c.Get(k)
		if err != nil {
			return err
		}
		if v.Text == "" {
			missing = append(missing, k)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return c.missing(missing)
}

func (c *Config) missing(keys []Key) error {
	var absent, flags, variables []string
	for _, k := range keys {
		absent = append(absent, "no "+string(k))
		flags = append(flags, k.Flag())
		variables = append(variables, k.Env())
	}
	them := "it"
	if len(keys) > 1 {
		them = "them"
	}
	e := &Error{}
	place := FileName
	if c.file == nil {
		e.Hint = "'wxdev init' writes a " + FileName
	} else {
		place = c.file.shown
		e.Hint = "'wxdev config' shows what is set, and where"
	}
	var msg strings.Builder
	msg.WriteString(tomldoc.List(absent, "and") + ": give " + tomldoc.List(flags, "and"))
	msg.WriteString(", set " + tomldoc.List(variables, "and") + ", or write " + them + " to " + place)
	e.Msg = msg.String()
	return e
}
