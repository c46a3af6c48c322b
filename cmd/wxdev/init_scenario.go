package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/atomicfile"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/scenario"
)

// scenarioFile is what --scenario writes when it names no file.
const scenarioFile = "scenario.toml"

// laterScenario is the word after --scenario for a bot whose answer comes later.
const laterScenario = "later"

// initArgs takes a file after --scenario alone.
func initArgs(c *cobra.Command, args []string) error {
	switch {
	case !c.Flags().Changed("scenario"):
		return noArgs(c, args)
	case len(args) > 0 && args[0] == laterScenario:
		return atMost(2)(c, args)
	}
	return atMost(1)(c, args)
}

// runInitScenario writes a commented scenario where no file is yet.
func runInitScenario(o *initOptions, args []string) error {
	file, sample, flag, more := scenarioFile, "", "--scenario FILE", ""
	if len(args) > 0 && args[0] == laterScenario {
		file, sample = laterScenario+".toml", laterScenario
		flag, more = "--scenario later FILE", " --api-base http://127.0.0.1:8900"
		args = args[1:]
	}
	if len(args) > 0 {
		file = args[0]
	}
	if len(o.flags) > 0 || o.g.profile != "" || o.g.configPath != "" {
		return withHint(usage(words.InitErrScenario), hint(words.InitHintScenario))
	}
	dir, err := o.g.env.Getwd()
	if err != nil {
		return failed(words.ErrWorkingFolder, "error", err)
	}
	path := file
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	err = atomicfile.CreateSynced(path, o.g.sampleScenario(sample).Append(nil), 0o666) // it holds no secret
	switch {
	case errors.Is(err, fs.ErrExist):
		return withHint(usage(words.InitErrExists, "file", quoted(file)), hint(words.InitHintExists, "flag", flag))
	case err != nil:
		o.named = file
		return o.writeError(err)
	}
	say := func(id words.ID, pairs ...string) { fmt.Fprintln(o.g.env.Err, o.g.say(id, pairs...)) }
	say(words.InitWrote, "file", text.Line(file))
	say(words.InitNext, "command", "wxdev test "+text.Line(file)+more)
	return o.report(file, nil)
}

// sampleScenario is the file that --scenario and the word after it ask for.
func (g *globals) sampleScenario(word string) *scenario.File {
	sample, family := scenario.Sample, "file.scenario."
	if word == laterScenario {
		sample, family = scenario.SampleLater, "file.scenario-later."
	}
	return sample(func(part string) string { return g.sayer().named(family, part) })
}
