package main

import (
	"fmt"
	"io"
	"strconv"
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
	outcome

	AccessToken string    `json:"access_token,omitempty"`
	Ticket      string    `json:"ticket,omitempty"`
	AppID       string    `json:"appid"`
	Source      string    `json:"source"` // the call that gave it
	Cached      bool      `json:"cached"` // it was kept already: no call was made
	Store       string    `json:"store"`  // where it is kept
	FetchedAt   time.Time `json:"fetched_at"`
	ExpiresAt   time.Time `json:"expires_at"`
	AgeSeconds  int64     `json:"age_seconds"`
	ExpiresIn   int64     `json:"expires_in"` // seconds
	Length      int       `json:"length"`
	ForcedToday int       `json:"forced_today"` // forced refreshes on this day, in Beijing
}

// report describes t, without its value.
func (c *caller) report(t tokenstore.Token) KeptReport {
	now := c.env.Now()
	return KeptReport{
		outcome:     newOutcome(true),
		AppID:       c.setting(config.AppID),
		Source:      t.Via,
		Cached:      t.From != nil,
		Store:       c.place(),
		FetchedAt:   t.Fetched.UTC().Truncate(time.Second),
		ExpiresAt:   t.Expires.UTC().Truncate(time.Second),
		AgeSeconds:  max(0, int64(now.Sub(t.Fetched).Seconds())),
		ExpiresIn:   max(0, int64(t.Expires.Sub(now).Seconds())),
		Length:      len(t.Value),
		ForcedToday: api.ForcedOn(t, now),
	}
}

// place says where values are kept.
func (c *caller) place() string {
	if c.file != nil {
		return c.file.Path(tokenstore.Key{Base: c.client.Base(), AppID: c.setting(config.AppID)})
	}
	return c.storeName.In(c.Lang())
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
		_, err := fmt.Fprintln(c.env.Plain, text.Line(t.Value))
		return err
	case !info:
		*into(&r) = t.Value
	}
	return writeJSON(c.env.Plain, r)
}

// printReport prints the report: what the call was, where the value came
// from, its age and its end.
func (c *caller) printReport(r KeptReport) {
	say := sayIn(c.Lang())
	from := words.TokenFetched
	if r.Cached {
		from = words.TokenCached
	}
	left := shownDuration(c.Lang(), time.Duration(r.ExpiresIn)*time.Second)
	rows := [][2]string{
		{say(words.TokenLabelSource), text.Line(r.Source)},
		{say(words.TokenLabelFrom), say(from, "place", text.Line(r.Store))},
		{say(words.TokenLabelAge), shownDuration(c.Lang(), time.Duration(r.AgeSeconds)*time.Second)},
		{say(words.TokenLabelExpires), r.ExpiresAt.Format("2006-01-02 15:04:05 UTC") + say(words.CommonBracket, "text", say(words.TokenLeft, "time", left))},
		{say(words.TokenLabelLength), say(words.TokenCharacters, "n", strconv.Itoa(r.Length))},
	}
	if strings.HasSuffix(r.Source, "/stable_token") {
		rows = append(rows, [2]string{say(words.TokenLabelForced), say(words.TokenForced, "n", strconv.Itoa(r.ForcedToday), "limit", strconv.Itoa(api.ForcedPerDay))})
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
	d = d.Round(time.Second)
	h, m, s := int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60
	id := words.CommonDurationSeconds
	switch {
	case h > 0 && m > 0:
		id = words.CommonDurationHoursMinutes
	case h > 0:
		id = words.CommonDurationHours
	case m > 0 && s > 0:
		id = words.CommonDurationMinutesSeconds
	case m > 0:
		id = words.CommonDurationMinutes
	}
	return words.Fill(lang, id, "h", strconv.Itoa(h), "m", strconv.Itoa(m), "s", strconv.Itoa(s),
		"mm", fmt.Sprintf("%02d", m), "ss", fmt.Sprintf("%02d", s))
}
