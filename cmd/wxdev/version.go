package main

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/words"
)

// buildVersion is set by the Makefile; a `go install` build has none and
// takes it from the module.
var buildVersion string

func version() string {
	if buildVersion != "" {
		return buildVersion
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

type versionOptions struct {
	*globals
	check   bool
	timeout time.Duration
	json    bool
}

func newVersion(g *globals) *cobra.Command {
	o := &versionOptions{globals: g}
	cmd := &cobra.Command{
		Use:  "version [flags]",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.timeout <= 0 {
				return usage(words.ErrNotPositive, "flag", "--timeout", "given", o.timeout)
			}
			return runVersion(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.check, "check", false, "")
	addDuration(f, &o.timeout, "timeout", 10*time.Second)
	f.BoolVar(&o.json, "json", false, "")
	fixedValues(cmd, "timeout")
	return cmd
}

func runVersion(ctx context.Context, o *versionOptions) error {
	doc := describeVersion()
	if !o.json {
		fmt.Fprintf(o.env.Out, "wxdev version %s\n", doc.Version) // as cobra writes --version
	}
	if o.check {
		latest, err := askLatest(ctx, o.env, o.timeout)
		if err != nil && o.json {
			doc.OK, doc.Error = false, o.failure(err)
			return cmp.Or(writeJSON(o.env.Out, doc), err)
		}
		if err != nil {
			return err
		}
		doc.Latest = latest
		doc.OK = latest == nil || latest.Newer == nil || !*latest.Newer
		if !o.json {
			fmt.Fprintln(o.env.Out, o.compared(latest))
		}
	}
	if o.json {
		if err := writeJSON(o.env.Out, doc); err != nil {
			return err
		}
	}
	if !doc.OK {
		return errNo
	}
	return nil
}

// compared says how this program is to the newest release.
func (o *versionOptions) compared(latest *latestJSON) string {
	switch {
	case latest == nil:
		return o.say(words.VersionNone)
	case latest.Newer == nil:
		return o.say(words.VersionUnknown, "version", latest.Version, "url", latest.URL)
	case *latest.Newer:
		return o.say(words.VersionNewer, "version", latest.Version, "url", latest.URL)
	}
	return o.say(words.VersionNewest, "version", latest.Version)
}

// versionJSON is what version --json prints. A build that is not of a checkout
// has neither commit nor date.
type versionJSON struct {
	outcome

	Version  string      `json:"version"`
	Commit   string      `json:"commit,omitempty"`
	Date     string      `json:"date,omitempty"`     // of the commit, in RFC 3339
	Modified bool        `json:"modified,omitempty"` // built from a checkout with changes
	Go       string      `json:"go"`                 // go1.26.0
	Platform string      `json:"platform"`           // linux/amd64
	Latest   *latestJSON `json:"latest,omitempty"`   // with --check: the newest release, if there is one
}

func describeVersion() versionJSON {
	doc := versionJSON{outcome: newOutcome(true), Version: version(), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return doc
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			doc.Commit = s.Value
		case "vcs.time":
			doc.Date = s.Value
		case "vcs.modified":
			doc.Modified = s.Value == "true"
		}
	}
	return doc
}
