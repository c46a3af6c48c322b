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
	"golang.org/x/term"

	"github.com/wxdev/wxdev/internal/atomicfile"
	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/text"
)

type initOptions struct {
	g     *globals
	flags map[config.Key]string // as given
	named string                // the file, as the user calls it
	path  string                // the file

	scenario bool // write a conversation instead
}

func newInit(g *globals) *cobra.Command {
	o := &initOptions{g: g, flags: map[config.Key]string{}}
	cmd := &cobra.Command{
		Use:  "init [--scenario [file]] [flags]",
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
	addSettings(cmd, "url", "token", "appid", "secret", "aes-key", "mode", "format")
	cmd.Flags().BoolVar(&o.scenario, "scenario", false, "")
	return cmd
}

func runInit(ctx context.Context, o *initOptions) error {
	if o.g.profile != "" {
		return withHint(usagef("--profile has no use here"), "add [profile.NAME] to the file that is written")
	}
	if err := o.choosePath(); err != nil {
		return err
	}
	// no answer is long, and stdin may be endless
	in := &questions{in: bufio.NewReader(io.LimitReader(o.g.env.In, 1<<20)), env: o.g.env}
	values, err := o.checkFlags(ctx, in)
	if err != nil {
		return err
	}
	var made []string
	if o.g.env.Asks() {
		if made, err = in.askAll(ctx, values); err != nil {
			return err
		}
	}
	if err := atomicfile.CreateSynced(o.path, []byte(config.Render(values)), 0o600); err != nil {
		return o.writeError(err)
	}
	o.tell(ctx, values, made)
	return nil
}

// choosePath finds the file that the next command will read, and refuses one
// that is there, before anything is asked.
func (o *initOptions) choosePath() error {
	dir, err := o.g.env.Getwd()
	if err != nil {
		return fmt.Errorf("find the working folder: %w", err)
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
	shown := text.Quote([]byte(o.named), 0)
	if errors.Is(err, fs.ErrExist) {
		return withHint(usagef("%s is already there", shown), "edit it, or write another with --config FILE")
	}
	err = fmt.Errorf("write %s: %w", shown, cause(err))
	if errors.Is(err, fs.ErrNotExist) {
		return withHint(err, "make the folder first")
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
				return nil, usagef("%s and %s are -, and only one of them can read stdin", reader, name)
			}
			var err error
			if text, err = in.line(ctx, false); err != nil && !errors.Is(err, io.EOF) {
				return nil, fmt.Errorf("%s: read stdin: %w", name, err)
			}
			reader, name = name, name+" (from stdin)"
		}
		if err := config.Check(k, name, text); err != nil {
			return nil, err
		}
		values[k] = text
	}
	return values, nil
}

// tell says what to do next, on stderr: the result is the file.
func (o *initOptions) tell(ctx context.Context, values map[config.Key]string, made []string) {
	w, name := o.g.env.Err, text.Line(o.named)
	fmt.Fprintf(w, "wrote %s\n", name)
	if len(made) > 0 {
		fmt.Fprintf(w, "made up %s: copy from the file into your server and WeChat's console\n", strings.Join(made, " and "))
	}
	literal := ""
	for _, k := range config.Keys() {
		if text := values[k]; k.Secret() && text != "" && !config.Indirect(text) {
			literal = string(k)
			break
		}
	}
	if literal != "" && exposed(ctx, o.path) {
		fmt.Fprintf(w, "warning: %s holds the %s itself, and git does not ignore the file\n", name, literal)
		fmt.Fprintf(w, "hint: add this line to .gitignore: %s\n", text.Line(filepath.Base(o.path)))
	}
	next := "run: wxdev verify"
	if o.g.configPath != "" {
		next += " --config " + name
	}
	var missing []string
	for _, k := range []config.Key{config.URL, config.Token} {
		if values[k] == "" {
			missing = append(missing, string(k))
		}
	}
	if len(missing) > 0 {
		next = "fill in " + strings.Join(missing, " and ") + ", then " + next
	}
	fmt.Fprintf(w, "next: %s\n", next)
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

// questions asks on stderr and reads the answers from stdin.
type questions struct {
	in  *bufio.Reader
	env *Env
}

// askAll asks for what values lack, and returns the names of what was made
// up because the answer was empty.
func (q *questions) askAll(ctx context.Context, values map[config.Key]string) (made []string, err error) {
	ask := func(k config.Key, question string, whenEmpty func() (string, error)) {
		if _, given := values[k]; given || err != nil {
			return
		}
		var text string
		if text, err = q.ask(ctx, k, question); err == nil && text == "" {
			text, err = whenEmpty()
		}
		if err == nil && text != "" {
			values[k] = text
		}
	}
	leaveOut := func() (string, error) { return "", nil }
	makeToken := func() (string, error) {
		made = append(made, "the token")
		return randomText(q.env.Rand, tokenSize, lettersDigits)
	}
	makeKey := func() (string, error) {
		made = append(made, "the EncodingAESKey")
		return newAESKey(q.env.Rand)
	}
	ask(config.URL, "URL of your server, as in http://127.0.0.1:8080/wechat (empty: later): ", leaveOut)
	ask(config.Token, "Token, not shown (empty: make one up): ", makeToken)
	ask(config.Mode, "Mode: plain, compat or safe (empty: plain): ", func() (string, error) { return "plain", nil })
	if values[config.Mode] != "plain" {
		ask(config.AppID, "AppID (empty: later): ", leaveOut)
		ask(config.AESKey, "EncodingAESKey, not shown (empty: make one up): ", makeKey)
	}
	return made, err
}

// ask repeats a question until the answer is empty or good.
func (q *questions) ask(ctx context.Context, k config.Key, question string) (string, error) {
	for {
		fmt.Fprint(q.env.Err, question)
		text, err := q.line(ctx, k.Secret())
		if k.Secret() || err != nil {
			fmt.Fprintln(q.env.Err) // the Enter was not shown, or there was none
		}
		text = strings.TrimSpace(text)
		switch {
		case errors.Is(err, io.EOF) && text == "":
			return "", withHint(usagef("stdin ended at the question for the %s; nothing was written", k),
				"give "+k.Flag()+", or answer the question")
		case err != nil && !errors.Is(err, io.EOF):
			return "", fmt.Errorf("read the %s: %w", k, err)
		case text == "":
			return "", nil
		}
		err = config.Check(k, "the "+string(k), text)
		if err == nil {
			return text, nil
		}
		fmt.Fprintf(q.env.Err, "%v\n", err)
		var wrong *config.Error
		if errors.As(err, &wrong) && wrong.Hint != "" {
			fmt.Fprintf(q.env.Err, "hint: %s\n", wrong.Hint)
		}
	}
}

// line reads a line, without echo if it is secret and a terminal is there.
func (q *questions) line(ctx context.Context, secret bool) (string, error) {
	if secret && q.env.Keyboard != nil {
		return q.hidden(ctx, int(q.env.Keyboard.Fd()))
	}
	text, err := q.in.ReadString('\n')
	return strings.TrimRight(text, "\r\n"), err
}

// hidden reads a line from a terminal that does not show it. Ctrl-C leaves
// the read behind, and puts the echo back.
func (q *questions) hidden(ctx context.Context, fd int) (string, error) {
	before, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	type answer struct {
		text []byte
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		text, err := term.ReadPassword(fd)
		done <- answer{text, err}
	}()
	select {
	case a := <-done:
		return string(a.text), a.err
	case <-ctx.Done():
		_ = term.Restore(fd, before) // on the way out: nothing is left to try
		return "", ctx.Err()
	}
}
