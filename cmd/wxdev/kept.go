package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/api"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/tokenstore"
)

// KeptReport is what token and ticket print with --json. With --info it lacks
// the value itself.
type KeptReport struct {
	SchemaVersion int       `json:"schema_version"`
	AccessToken   string    `json:"access_token,omitempty"`
	Ticket        string    `json:"ticket,omitempty"`
	AppID         string    `json:"appid"`
	Source        string    `json:"source"` // the call that gave it
	Cached        bool      `json:"cached"` // it was kept already: no call was made
	Store         string    `json:"store"`  // where it is kept
	FetchedAt     time.Time `json:"fetched_at"`
	ExpiresAt     time.Time `json:"expires_at"`
	AgeSeconds    int64     `json:"age_seconds"`
	ExpiresIn     int64     `json:"expires_in"` // seconds
	Length        int       `json:"length"`
	ForcedToday   int       `json:"forced_today"` // forced refreshes on this day, in Beijing
}

// report describes t, without its value.
func (c *caller) report(t tokenstore.Token) KeptReport {
	now := c.env.Now()
	return KeptReport{
		SchemaVersion: schemaVersion,
		AppID:         c.setting(config.AppID),
		Source:        t.Via,
		Cached:        t.From != "",
		Store:         c.place(),
		FetchedAt:     t.Fetched.UTC().Truncate(time.Second),
		ExpiresAt:     t.Expires.UTC().Truncate(time.Second),
		AgeSeconds:    max(0, int64(now.Sub(t.Fetched).Seconds())),
		ExpiresIn:     max(0, int64(t.Expires.Sub(now).Seconds())),
		Length:        len(t.Value),
		ForcedToday:   api.ForcedOn(t, now),
	}
}

// place says where values are kept.
func (c *caller) place() string {
	if c.file != nil {
		return c.file.Path(tokenstore.Key{Base: c.client.Base(), AppID: c.setting(config.AppID)})
	}
	return c.storeName
}

// show prints what token and ticket print: the value alone, what is known of it,
// or both as JSON; into is the field of the report for the value.
func (c *caller) show(t tokenstore.Token, info, asJSON bool, into func(*KeptReport) *string) error {
	r := c.report(t)
	switch {
	case info && !asJSON:
		c.printReport(r)
		return nil
	case !asJSON:
		_, err := fmt.Fprintln(c.env.Out, t.Value)
		return err
	case !info:
		*into(&r) = t.Value
	}
	return writeJSON(c.env.Out, r)
}

// printReport prints the report: what the call was, where the value came
// from, its age and its end.
func (c *caller) printReport(r KeptReport) {
	say := sayIn(c.Lang())
	from := say(words.KeptFetched)
	if r.Cached {
		from = say(words.KeptCached)
	}
	left := shownDuration(c.Lang(), time.Duration(r.ExpiresIn)*time.Second)
	rows := [][2]string{
		{say(words.KeptRowSource), text.Line(r.Source)},
		{say(words.KeptRowFrom), fmt.Sprintf(from, text.Line(r.Store))},
		{say(words.KeptRowAge), shownDuration(c.Lang(), time.Duration(r.AgeSeconds)*time.Second)},
		{say(words.KeptRowExpires), r.ExpiresAt.Format("2006-01-02 15:04:05 UTC") + fmt.Sprintf(c.say(words.ReportBracket), fmt.Sprintf(say(words.KeptLeft), left))},
		{say(words.KeptRowLength), fmt.Sprintf(say(words.KeptCharacters), r.Length)},
	}
	if strings.HasSuffix(r.Source, "/stable_token") {
		rows = append(rows, [2]string{say(words.KeptRowForced), fmt.Sprintf(say(words.KeptForced), r.ForcedToday, api.ForcedPerDay)})
	}
	c.printRows(c.env.Out, rows)
}

// printRows prints name and value: in columns on a terminal, parted by a tab
// elsewhere.
func (g *globals) printRows(w io.Writer, rows [][2]string) {
	p, width := g.Colors(g.env.OutTTY), 0
	for _, row := range rows {
		width = max(width, columns(row[0]))
	}
	for _, row := range rows {
		if g.env.OutTTY {
			fmt.Fprintln(w, p.Bold(row[0])+padColumn(row[0], width)+row[1])
		} else {
			fmt.Fprintln(w, row[0]+"\t"+row[1])
		}
	}
}

// shownDuration is d in two units at most: 40s, 3m07s, 1h47m, 2h.
func shownDuration(lang finding.Lang, d time.Duration) string {
	say, d := sayIn(lang), d.Round(time.Second)
	big, small, one, both := int(d.Minutes()), int(d.Seconds())%60, words.KeptMinutes, words.KeptMinutesSeconds
	if d >= time.Hour {
		big, small, one, both = int(d.Hours()), int(d.Minutes())%60, words.KeptHours, words.KeptHoursMinutes
	}
	switch {
	case d < time.Minute:
		return fmt.Sprintf(say(words.KeptSeconds), small)
	case small == 0:
		return fmt.Sprintf(say(one), big)
	}
	return fmt.Sprintf(say(both), big, small)
}
