package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
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

func newVersion(g *globals) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:  "version",
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			if asJSON {
				return writeJSON(g.env.Out, describeVersion())
			}
			fmt.Fprintf(g.env.Out, "wxdev version %s\n", version()) // as cobra writes --version
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	return cmd
}

// versionJSON is what version --json prints. A build that is not of a checkout
// has neither commit nor date.
type versionJSON struct {
	outcome

	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Date     string `json:"date,omitempty"`     // of the commit, in RFC 3339
	Modified bool   `json:"modified,omitempty"` // built from a checkout with changes
	Go       string `json:"go"`                 // go1.26.0
	Platform string `json:"platform"`           // linux/amd64
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
