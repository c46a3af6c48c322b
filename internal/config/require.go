package config

import (
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
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
	var absent finding.All
	var flags, variables []string
	for _, k := range keys {
		absent = append(absent, finding.Because(reason.NoSetting, "key", string(k)))
		flags = append(flags, k.Flag())
		variables = append(variables, k.Env())
	}
	why := reason.SettingMissing
	if len(keys) > 1 {
		why = reason.SettingsMissing
	}
	place, hint := FileName, finding.Because(reason.HintInit, "file", FileName)
	if c.file != nil {
		place, hint = c.file.shown, finding.Because(reason.HintConfig)
	}
	return wrong(finding.Because(why, "absent", absent, "flags", finding.AllOf(flags), "variables", finding.AllOf(variables), "file", place), hint)
}
