package main

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

//go:embed cases.toml base aside
var data embed.FS

// broken is a server with one fault.
type broken struct {
	Name   string
	Base   string
	Mode   string
	Format string
	Task   string
	Finds  string
	Leaves string // a file that the server must write
	Edit   []edit

	number int
}

// edit makes a file wrong, and right again.
type edit struct {
	File  string // of the folder; the base when empty
	At    string
	Wrong string
	Right *string // nil when it is At
}

// What the console has, of every server.
const (
	token      = "queue2024"
	appID      = "wx0123456789abcdef"
	originalID = "gh_0123456789ab"
	aesKey     = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
)

func loadCases() ([]*broken, error) {
	text, err := data.ReadFile("cases.toml")
	if err != nil {
		return nil, err
	}
	var doc struct{ Case []*broken }
	if err := toml.NewDecoder(strings.NewReader(string(text))).DisallowUnknownFields().Decode(&doc); err != nil {
		return nil, fmt.Errorf("cases.toml: %w", err)
	}
	for i, c := range doc.Case {
		c.number = i + 1
		c.Mode, c.Format = orElse(c.Mode, "plain"), orElse(c.Format, "xml")
		for j := range c.Edit {
			c.Edit[j].File = orElse(c.Edit[j].File, c.Base)
		}
	}
	return doc.Case, nil
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// chosen are the cases of some names.
func chosen(all []*broken, names string) (some []*broken, err error) {
	if names == "" {
		return all, nil
	}
	for name := range strings.SplitSeq(names, ",") {
		i := slices.IndexFunc(all, func(c *broken) bool { return c.Name == name || strconv.Itoa(c.number) == name })
		if i < 0 {
			return nil, fmt.Errorf("no server %q", name)
		}
		some = append(some, all[i])
	}
	return some, nil
}

// right are the files of the folder without the fault.
func (c *broken) right() (map[string]string, error) {
	base, err := data.ReadFile("base/" + c.Base)
	if err != nil {
		return nil, err
	}
	return map[string]string{
		c.Base: string(base),
		".env": fmt.Sprintf("TOKEN=%s\nAPPID=%s\nORIGINAL_ID=%s\nAES_KEY=%s\nMODE=%s\n", token, appID, originalID, aesKey, c.Mode),
		"start.sh": fmt.Sprintf("#!/bin/sh\n# Starts the server on PORT, %d unless told.\nset -a\n. ./.env\nPORT=\"${PORT:-%d}\"\n%s\n",
			c.port(), c.port(), starts[path.Ext(c.Base)]+c.Base),
	}, nil
}

// starts run a program, by its ending.
var starts = map[string]string{
	".py":  "exec python3 ",
	".mjs": "exec node ",
	".php": "PHP_CLI_SERVER_WORKERS=4 exec php -d display_errors=1 -S \"127.0.0.1:$PORT\" ",
}

// port is what TASK.md has: several agents may be at work.
func (c *broken) port() int { return 8100 + c.number }

// wrong are the files with the fault.
func (c *broken) wrong() (map[string]string, error) {
	files, err := c.right()
	if err != nil {
		return nil, err
	}
	for _, e := range c.Edit {
		if err := replace(files, e.File, e.At, e.Wrong); err != nil {
			return nil, fmt.Errorf("%s: %w", c.Name, err)
		}
	}
	return files, nil
}

// mended are the files when the fault is edited away.
func (c *broken) mended() (map[string]string, error) {
	files, err := c.right()
	if err != nil {
		return nil, err
	}
	for _, e := range c.Edit {
		if e.Right == nil {
			continue
		}
		if err := replace(files, e.File, e.At, *e.Right); err != nil {
			return nil, fmt.Errorf("%s: %w", c.Name, err)
		}
	}
	return files, nil
}

// replace takes one text, which must stand there once, for another.
func replace(files map[string]string, name, old, text string) error {
	if n := strings.Count(files[name], old); n != 1 {
		return fmt.Errorf("%q stands in %s %d times", old, name, n)
	}
	files[name] = strings.Replace(files[name], old, text, 1)
	return nil
}
