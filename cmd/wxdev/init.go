package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/atomicfile"
	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
)

type initOptions struct {
	g     *globals
	flags map[config.Key]string // as given
	named string                // the file, as the user calls it
	path  string                // the file

	scenario bool // write a conversation instead
	json     bool
}

func newInit(g *globals) *cobra.Command {
	o := &initOptions{g: g, flags: map[config.Key]string{}}
	cmd := &cobra.Command{
		Use:  "init [--scenario [later] [file]] [flags]",
		Args: initArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, k := range config.Keys() {
				if fl := cmd.Flags().Lookup(strings.TrimPrefix(k.Flag(), "--")); fl != nil && fl.Changed {
					o.flags[k] = fl.Value.String()
				}
			}
			if o.scenario {
				return runInitScenario(o, args)
			}
			return runInit(cmd.Context(), o)
		},
	}
	addSettings(cmd, "product", "url", "token", "appid", "secret", "aes-key", "mode", "format", "auth-url", "account-appid", "receiver", "provider-corpid")
	cmd.Flags().BoolVar(&o.scenario, "scenario", false, "")
	cmd.Flags().BoolVar(&o.json, "json", false, "")
	return cmd
}

func runInit(ctx context.Context, o *initOptions) error {
	if o.g.profile != "" {
		return withHint(usage(words.InitErrProfile), hint(words.InitHintProfile))
	}
	if err := o.choosePath(); err != nil {
		return err
	}
	// no answer is long, and stdin may be endless
	in := &questions{in: bufio.NewReader(io.LimitReader(o.g.env.In, 1<<20)), g: o.g}
	values, err := o.checkFlags(ctx, in)
	if err != nil {
		return err
	}
	var made []config.Key
	if o.g.env.Asks() {
		if made, err = in.askAll(ctx, values); err != nil {
			return err
		}
	}
	if err := atomicfile.CreateSynced(o.path, []byte(schemaLine("wxdev.toml")+config.Render(values, o.g.configComments())), 0o600); err != nil {
		return o.writeError(err)
	}
	o.tell(ctx, values, made)
	return o.report(o.named, made)
}

// initJSON is what init prints with --json.
type initJSON struct {
	outcome

	File string       `json:"file"` // that was written
	Made []config.Key `json:"made"` // the settings that init made up
}

func (o *initOptions) report(file string, made []config.Key) error {
	if !o.json {
		return nil
	}
	return writeJSON(o.g.env.Out, initJSON{newOutcome(true), file, append([]config.Key{}, made...)})
}

// choosePath finds the file that the next command will read, and refuses one
// that is there, before anything is asked.
func (o *initOptions) choosePath() error {
	dir, err := o.g.env.Getwd()
	if err != nil {
		return failed(words.ErrWorkingFolder, "error", err)
	}
	o.named = o.g.configPath
	if o.named == "" {
		o.named = o.g.env.Getenv("WXDEV_CONFIG")
	}
	if o.named == "" {
		o.named = config.FileName
	}
	if o.path = o.named; !filepath.IsAbs(o.path) {
		o.path = filepath.Join(dir, o.path)
	}
	if _, err := os.Lstat(o.path); err == nil {
		return o.writeError(fs.ErrExist)
	}
	return nil
}

// writeError is a usage error for a file that is there, since nothing was
// tried, and otherwise one of the file system.
func (o *initOptions) writeError(err error) error {
	shown := quoted(o.named)
	if errors.Is(err, fs.ErrExist) {
		return withHint(usage(words.InitErrExists, "file", shown), hint(words.InitHintExists, "flag", "--config FILE"))
	}
	err = failed(words.ErrWrite, "file", shown, "error", cause(err))
	if errors.Is(err, fs.ErrNotExist) {
		return withHint(err, hint(words.InitHintFolder))
	}
	return err
}

// checkFlags returns the values that flags give. env: and file: are left for
// the commands that read the file.
func (o *initOptions) checkFlags(ctx context.Context, in *questions) (map[config.Key]string, error) {
	values := map[config.Key]string{}
	reader := "" // the flag that took the line of stdin
	for _, k := range config.Keys() {
		text, ok := o.flags[k]
		if !ok {
			continue
		}
		name := k.Flag()
		if text == "-" && k.Values() == nil {
			if reader != "" {
				return nil, usage(words.InitErrStdinTwice, "a", reader, "b", name)
			}
			var err error
			if text, err = in.line(ctx, false); err != nil && !errors.Is(err, io.EOF) {
				return nil, failed(words.ErrFlagStdin, "flag", name, "error", cause(err))
			}
			reader, name = name, name+" (from stdin)"
		}
		text = config.Meant(k, text)
		if err := config.Check(k, name, text); err != nil {
			return nil, err
		}
		values[k] = text
	}
	return values, nil
}

// tell says what to do next, on stderr: the result is the file.
func (o *initOptions) tell(ctx context.Context, values map[config.Key]string, made []config.Key) {
	name := text.Line(o.named)
	say := func(id words.ID, pairs ...string) { fmt.Fprintln(o.g.env.Err, o.g.say(id, pairs...)) }
	say(words.InitWrote, "file", name)
	for _, k := range made {
		say(map[config.Key]words.ID{config.Token: words.InitMadeToken, config.AESKey: words.InitMadeAESKey}[k])
	}
	if k := literalSecret(values); k != "" && exposed(ctx, o.path) {
		say(words.InitExposed, "file", name, "key", string(k))
		say(words.InitIgnore, "file", text.Line(filepath.Base(o.path)))
	}
	command := "wxdev verify"
	if o.g.configPath != "" {
		command += " --config " + name
	}
	var missing []string
	for _, k := range []config.Key{config.URL, config.Token} {
		if values[k] == "" {
			missing = append(missing, string(k))
		}
	}
	switch len(missing) {
	case 0:
		say(words.InitNext, "command", command)
	case 1:
		say(words.InitFillIn, "keys", missing[0], "command", command)
	default:
		say(words.InitFillIn, "keys", o.g.say(words.InitBoth, "a", missing[0], "b", missing[1]), "command", command)
	}
}

// literalSecret is the first setting whose secret the file holds itself.
func literalSecret(values map[config.Key]string) config.Key {
	for _, k := range config.Keys() {
		if text := values[k]; k.Secret() && text != "" && !config.Indirect(text) {
			return k
		}
	}
	return ""
}

// exposed says whether path is in a git work tree that would take it into a
// commit. Without git, any .git above counts.
func exposed(ctx context.Context, path string) bool {
	if git, err := exec.LookPath("git"); err == nil {
		ctx, stop := context.WithTimeout(ctx, 5*time.Second)
		defer stop()
		c := exec.CommandContext(ctx, git, "check-ignore", "-q", "--", filepath.Base(path))
		c.Dir = filepath.Dir(path)
		err := c.Run()
		var exit *exec.ExitError
		switch {
		case err == nil:
			return false
		case errors.As(err, &exit) && exit.ExitCode() == 1:
			return true
		}
	}
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return true
		}
		if dir == filepath.Dir(dir) {
			return false
		}
	}
}

// configComments are those of the file.
func (g *globals) configComments() config.Comments {
	return config.Comments{
		Head: g.say(words.FileConfigHead), Profile: g.say(words.FileConfigProfile),
		Key: func(k config.Key) string { return g.sayer().named("file.config.key.", string(k)) },
	}
}
