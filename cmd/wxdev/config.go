package main

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/finding"
)

type configOptions struct {
	g    *globals
	json bool
}

func newConfig(g *globals) *cobra.Command {
	o := &configOptions{g: g}
	cmd := &cobra.Command{
		Use:  "config [flags]",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := g.load(cmd)
			if err != nil {
				return err
			}
			return runConfig(o, c)
		},
	}
	addSettings(cmd, "product", "url", "token", "appid", "secret", "aes-key", "mode", "format", "api-base", "store", "auth-url", "account-appid", "receiver", "provider-corpid")
	cmd.Flags().BoolVar(&o.json, "json", false, "")
	return cmd
}

// ConfigReport is what `wxdev config --json` prints.
type ConfigReport struct {
	outcome

	Config   string          `json:"config"`   // the file in use, or empty
	Profile  string          `json:"profile"`  // the profile in use; empty is [account]
	Profiles []string        `json:"profiles"` // those there are
	Settings []SettingReport `json:"settings"`
}

// SettingReport is one setting. Of a secret it has the length, not the value.
type SettingReport struct {
	Key    config.Key `json:"key"`
	Set    bool       `json:"set"`
	Value  string     `json:"value,omitempty"`
	Length int        `json:"length,omitempty"`
	From   string     `json:"from,omitempty"`
	Via    string     `json:"via,omitempty"`
	Error  string     `json:"error,omitempty"`
	Hint   string     `json:"hint,omitempty"`
}

func runConfig(o *configOptions, c *config.Config) error {
	report, wrong := o.g.reportConfig(c)
	if o.json {
		if err := writeJSON(o.g.env.Out, report); err != nil {
			return err
		}
	} else {
		printConfig(o.g, report)
	}
	switch len(wrong) {
	case 0:
		return nil
	case 1:
		return withHint(usage(words.ConfigErrOne, "key", wrong[0]))
	}
	return withHint(usage(words.ConfigErrMany, "keys", finding.Names(wrong...)))
}

func (g *globals) reportConfig(c *config.Config) (r ConfigReport, wrong []string) {
	r = ConfigReport{
		outcome:  newOutcome(true),
		Config:   c.Path(),
		Profile:  c.ProfileName(),
		Profiles: append([]string{}, c.Profiles()...), // [] rather than null
	}
	for _, k := range config.Keys() {
		s := g.reportSetting(c, k)
		if k.OfProduct() != "" && !s.Set && s.Error == "" {
			continue
		}
		if s.Error != "" {
			wrong = append(wrong, string(k))
		}
		r.Settings = append(r.Settings, s)
	}
	for _, k := range config.APISecurity() { // few accounts have them
		s := g.reportSetting(c, k)
		if s.Error != "" {
			wrong = append(wrong, string(k))
		}
		if s.Set || s.Error != "" {
			r.Settings = append(r.Settings, s)
		}
	}
	r.OK = len(wrong) == 0
	return r, wrong
}

func (g *globals) reportSetting(c *config.Config, k config.Key) SettingReport {
	v, err := c.Get(k)
	s := SettingReport{Key: k, Set: v.Text != "", From: v.From, Via: v.Via}
	if err != nil {
		s.Error, s.Hint = g.errorText(err), strings.Join(hintsOf(g.Lang(), err), "; ")
		return s
	}
	if k.Secret() || k == config.Certificate { // which is long, and no secret
		s.Length = utf8.RuneCountInString(v.Text)
	} else {
		s.Value = v.Text
	}
	return s
}

// printConfig prints a table on a terminal, and columns parted by tabs where
// another program reads.
func printConfig(g *globals, r ConfigReport) {
	p := g.Colors(g.env.OutTTY)
	say := g.sayer()
	file, profile := cmp.Or(text.Line(r.Config), say(words.ConfigNone)), cmp.Or(text.Line(r.Profile), say(words.ConfigNone))
	if len(r.Profiles) > 0 {
		profile += say(words.CommonBracket, "text", say(words.ConfigProfiles, "profiles", text.Line(g.list(r.Profiles))))
	}
	rows := [][]string{{"config", file}, {"profile", profile}}
	for _, s := range r.Settings {
		rows = append(rows, settingRow(g.Lang(), s))
	}
	keyWidth, valueWidth := 0, 0
	for _, row := range rows {
		keyWidth = max(keyWidth, columns(row[0]))
		if len(row) > 2 && row[1] != "error" {
			valueWidth = max(valueWidth, columns(row[1]))
		}
	}
	for _, row := range rows {
		if !g.env.OutTTY {
			fmt.Fprintln(g.env.Out, strings.Join(row, "\t"))
			continue
		}
		line := p.Bold(row[0]) + padColumn(row[0], keyWidth)
		switch {
		case row[1] == "error":
			line += p.Red(row[2])
			if len(row) > 3 {
				line += "\n" + strings.Repeat(" ", keyWidth+2) + say(words.CommonHint, "text", row[3])
			}
		case len(row) > 2:
			line += row[1] + padColumn(row[1], valueWidth) + p.Dim(row[2])
		default:
			line += row[1]
		}
		fmt.Fprintln(g.env.Out, line)
	}
}

// settingRow is KEY VALUE FROM, or KEY "error" MESSAGE HINT.
func settingRow(lang finding.Lang, s SettingReport) []string {
	say, from := sayIn(lang), s.From
	switch from {
	case "default":
		from = say(words.ConfigDefault)
	case "product":
		from = say(words.ConfigByProduct)
	}
	if s.Via != "" {
		from += say(words.CommonComma) + text.Line(s.Via)
	}
	switch {
	case s.Error != "" && s.Hint != "":
		return []string{string(s.Key), "error", s.Error, s.Hint}
	case s.Error != "":
		return []string{string(s.Key), "error", s.Error}
	case !s.Set:
		return []string{string(s.Key), say(words.ConfigNotSet)}
	case s.Length > 0:
		return []string{string(s.Key), say(words.ConfigSet, "n", strconv.Itoa(s.Length)), from}
	}
	return []string{string(s.Key), text.Line(s.Value), from}
}

// padColumn fills a column up to width, and parts it from the next.
func padColumn(text string, width int) string {
	return strings.Repeat(" ", width-columns(text)+2)
}
