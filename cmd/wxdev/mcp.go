package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/internal/mcp"
	"github.com/wxdev/wxdev/internal/words"
)

type mcpOptions struct {
	*globals
	cmd          *cobra.Command
	allowChanges bool
}

func newMCP(g *globals) *cobra.Command {
	opts := &mcpOptions{globals: g}
	opts.cmd = &cobra.Command{
		Use:               "mcp [flags]",
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(cmd *cobra.Command, _ []string) error { return runMCP(cmd.Context(), opts) },
	}
	opts.cmd.Flags().BoolVar(&opts.allowChanges, "allow-changes", false, "")
	return opts.cmd
}

func runMCP(ctx context.Context, o *mcpOptions) error {
	if o.env.InTTY {
		fmt.Fprintln(o.env.Err, o.say(words.MCPTerminal))
	}
	in, err := apart(o.env.Std[0], o.env.In)
	if err != nil {
		return failed(words.MCPErrStream, "error", cause(err))
	}
	s := &mcp.Server{Name: "wxdev", Version: version(), Instructions: o.say(words.MCPInstructions), Missing: map[string]string{}}
	s.Cut = func(shown, size int) string {
		return o.say(words.MCPCut, "shown", strconv.Itoa(shown), "size", strconv.Itoa(size))
	}
	s.Tools = o.tools(s.Missing)
	if err := s.Serve(ctx, in, o.env.Out); err != nil && ctx.Err() == nil {
		return failed(words.MCPErrStream, "error", cause(err))
	}
	return nil
}

// commandTool is a command that is offered as a tool: some of its flags, and its
// arguments, become those of the tool.
type commandTool struct {
	name     string
	command  string
	what     words.ID
	changes  bool
	flags    []string
	changing []string // flags that are there with --allow-changes only
	args     []argument
}

// argument is one that the command takes without a flag.
type argument struct {
	name     string
	many     bool
	optional bool
	what     words.ID
}

var (
	serverFlags  = []string{"url", "token", "aes-key", "appid", "mode", "format", "profile", "config", "timeout", "wait"}
	accountFlags = []string{"appid", "secret", "api-base", "profile", "config"}
)

// commandTools are the commands that an agent may use.
var commandTools = lazy.Value[[]commandTool]{Make: func() []commandTool {
	return []commandTool{
		{name: "verify", command: "verify", what: words.MCPVerify, flags: slices.Concat(serverFlags, []string{"only", "skip", "strict"}), changing: []string{"messages"}},
		{name: "send", command: "send", what: words.MCPSend, changes: true, flags: slices.Concat(serverFlags, []string{"from", "set", "attempts"}), args: []argument{
			{name: "type", what: words.MCPSendType},
			{name: "value", optional: true, what: words.MCPSendValue},
		}},
		{name: "test", command: "test", what: words.MCPTest, changes: true, flags: slices.Concat(serverFlags, []string{"run", "api-base"}), args: []argument{{name: "files", many: true, what: words.MCPTestFiles}}},
		{name: "check", command: "check", what: words.MCPCheck, flags: []string{"token", "aes-key", "appid", "encrypt", "profile", "config"}, args: []argument{{name: "request", what: words.MCPCheckRequest}}},
		{name: "explain", command: "explain", what: words.MCPExplain, flags: []string{"for"}, args: []argument{{name: "what", what: words.MCPExplainWhat}}},
		{name: "menu_lint", command: "menu lint", what: words.MCPMenuLint, flags: []string{"appid", "strict", "profile", "config"}, args: []argument{{name: "files", many: true, what: words.MCPMenuFiles}}},
		{name: "menu_diff", command: "menu diff", what: words.MCPMenuDiff, flags: accountFlags, args: []argument{{name: "files", many: true, what: words.MCPMenuFiles}}},
		{name: "sign_js_explain", command: "sign-js", what: words.MCPSignJS, flags: []string{"explain", "appid", "ticket", "signing-api", "entry-url", "other-url", "profile", "config"}, args: []argument{{name: "page_url", optional: true, what: words.MCPSignJSPage}}},
	}
}}

// tools are those that may be used: without --allow-changes, none that changes
// anything. Why the others are missing goes into missing.
func (o *mcpOptions) tools(missing map[string]string) []mcp.Tool {
	root := o.tree()
	var all []mcp.Tool
	for _, t := range commandTools.Get() {
		if t.changes && !o.allowChanges {
			missing[t.name] = o.say(words.MCPNotAllowed, "name", t.name)
			continue
		}
		if o.allowChanges {
			t.flags = slices.Concat(t.flags, t.changing)
		}
		c, _, err := root.Find(strings.Fields(t.command))
		if err != nil {
			panic(err) // the table names commands that there are
		}
		fillHelp(c, o.Lang())
		all = append(all, o.tool(t, c))
	}
	return append(all, o.emulatorLogTool())
}

func (o *mcpOptions) tool(t commandTool, c *cobra.Command) mcp.Tool {
	input := mcp.Schema{Type: "object", Properties: map[string]mcp.Property{}, Missing: map[string]string{}}
	if !o.allowChanges {
		for _, name := range t.changing {
			input.Missing[name] = o.say(words.MCPNotAllowed, "name", name)
		}
	}
	flags := map[string]*pflag.Flag{}
	for _, name := range t.flags {
		f := c.Flag(name)
		name = strings.ReplaceAll(name, "-", "_")
		flags[name] = f
		input.Properties[name] = propertyOf(f)
	}
	for _, a := range t.args {
		p := mcp.Property{Type: "string", Description: o.say(a.what)}
		if a.many {
			p = mcp.Property{Type: "array", Description: p.Description, Items: &mcp.Property{Type: "string"}}
		}
		input.Properties[a.name] = p
		if !a.optional {
			input.Required = append(input.Required, a.name)
		}
	}
	if t.command == "sign-js" { // without it, it would make a signature
		input.Required = append(input.Required, "explain")
	}
	return mcp.Tool{
		Name: t.name, Description: o.say(t.what), Input: input, Changes: t.changes || o.allowChanges && len(t.changing) > 0,
		Call: func(ctx context.Context, given map[string]json.RawMessage) (mcp.Result, error) {
			return o.runTool(ctx, t.line(flags, given))
		},
	}
}

func propertyOf(f *pflag.Flag) mcp.Property {
	p := mcp.Property{Type: "string", Description: f.Usage}
	switch f.Value.Type() {
	case "bool":
		p.Type = "boolean"
	case "int":
		p.Type = "integer"
	case "stringArray", "stringSlice":
		p.Type, p.Items = "array", &mcp.Property{Type: "string"}
	}
	return p
}

// line is the command line of a call. No value can be taken for a flag: each is
// joined to its own, and the arguments come after --.
func (t commandTool) line(flags map[string]*pflag.Flag, given map[string]json.RawMessage) []string {
	line := append(strings.Fields(t.command), "--json")
	for _, name := range slices.Sorted(maps.Keys(flags)) {
		for _, v := range valuesOf(given[name]) {
			line = append(line, "--"+flags[name].Name+"="+v)
		}
	}
	line = append(line, "--")
	for _, a := range t.args {
		line = append(line, valuesOf(given[a.name])...)
	}
	return line
}

// valuesOf are the values of an argument as a command line has them. Its type has
// been checked.
func valuesOf(value json.RawMessage) []string {
	if value == nil {
		return nil
	}
	var many []json.RawMessage
	if json.Unmarshal(value, &many) == nil {
		var all []string
		for _, v := range many {
			all = append(all, valuesOf(v)...)
		}
		return all
	}
	var s string
	if json.Unmarshal(value, &s) == nil {
		return []string{s}
	}
	return []string{string(value)}
}

// runTool runs a command as a terminal would, without one. What it prints with
// --json is the result; where it prints nothing, the command line was wrong.
func (o *mcpOptions) runTool(ctx context.Context, line []string) (mcp.Result, error) {
	var out, errOut bytes.Buffer
	env := *o.env
	env.In, env.Out, env.Err, env.Plain, env.Commands = strings.NewReader(""), &out, &errOut, &out, &errOut
	env.Std, env.Keyboard, env.Screen = [3]*os.File{}, nil, nil
	env.Open = openFile
	env.InTTY, env.OutTTY, env.ErrTTY, env.Width = false, false, false, 80
	lookup := env.LookupEnv
	env.LookupEnv = func(name string) (string, bool) {
		if name == "GITHUB_ACTIONS" { // its markers are for a log
			return "", false
		}
		return lookup(name)
	}
	code := o.main(ctx, append([]string{"--lang=" + string(o.Lang())}, line...), &env)
	object := new(bytes.Buffer)
	if json.Compact(object, out.Bytes()) != nil {
		return mcp.Result{Text: strings.TrimSpace(errOut.String()), Failed: true}, nil
	}
	return mcp.Result{Text: object.String(), Object: object.Bytes(), Failed: code != exitOK && code != exitNo}, nil
}
