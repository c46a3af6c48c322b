package main

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/internal/redact"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/finding"
)

// globals are the flags that every command has.
type globals struct {
	env   *Env
	main  func(ctx context.Context, args []string, env *Env) int // [mainIn], for a command that runs others
	tree  func() *cobra.Command                                  // [NewRoot], for a command that tells of others
	known *redact.Redactor                                       // of secrets: what is cut is to hide them first

	loaded *config.Config // by load; nil before

	configPath string
	profile    string
	lang       string
	color      string
}

// NewRoot builds the command tree. It reads nothing: no file, no environment.
func NewRoot(env *Env) *cobra.Command {
	root, _ := newRoot(env, nil)
	return root
}

// onlyCommand is the command that args name: no other needs to be built, which
// would take as long as everything else at start-up. It is "" when args are for
// help, completion, or nothing there is.
func onlyCommand(args []string) string {
	if len(args) > 0 && args[0] == "--version" {
		return "version"
	}
	at := commandAt(args)
	if at >= len(args) {
		return ""
	}
	for _, group := range commandGroups {
		for _, e := range group.commands {
			if e.name == args[at] {
				return e.name
			}
		}
	}
	return ""
}

// newRoot builds what args are for.
func newRoot(env *Env, args []string) (*cobra.Command, *globals) {
	only := onlyCommand(args)
	g := &globals{env: env, main: mainIn, tree: func() *cobra.Command { return NewRoot(env) }, known: env.Known}
	root := &cobra.Command{
		Use:           "wxdev",
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetIn(env.In)
	root.SetOut(env.Out)
	root.SetErr(env.Err)
	root.SetFlagErrorFunc(flagError)

	f := root.PersistentFlags()
	f.StringVar(&g.configPath, "config", "", "")
	f.StringVar(&g.profile, "profile", "", "")
	f.StringVar(&g.lang, "lang", "auto", "")
	f.StringVar(&g.color, "color", "auto", "")
	g.lang = typedLang(args)
	fixedValues(root, "lang", "auto", "en", "zh")
	completed(root, "profile", func(c *cobra.Command, _ []string) []string {
		conf, err := g.load(c)
		if err != nil {
			return nil
		}
		return conf.Profiles()
	})
	fixedValues(root, "color", "auto", "always", "never")
	g.fillHelpWhenShown(root)
	root.PersistentPreRunE = func(c *cobra.Command, args []string) error {
		if c.Name() == cobra.ShellCompRequestCmd {
			fillCompleted(root, args, g.Lang())
		}
		return g.check()
	}

	for _, group := range commandGroups {
		root.AddGroup(&cobra.Group{ID: group.id})
		for _, e := range group.commands {
			if only != "" && e.name != only {
				continue
			}
			c := e.build(g)
			c.GroupID = group.id
			root.AddCommand(c)
		}
	}
	if only == "" {
		root.AddCommand(newTopics()...)
	}
	root.SetHelpCommandGroupID("help")
	root.SetCompletionCommandGroupID("help")
	root.InitDefaultHelpCmd()
	if only == "" {
		root.InitDefaultCompletionCmd()
	} else {
		root.CompletionOptions.DisableDefaultCmd = true // it would be built, too
	}
	walk(root, func(c *cobra.Command) {
		if !c.Runnable() && c.HasSubCommands() { // a group: help when bare, an error when mistyped
			c.Args = groupArgs
			c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
		}
		if c == root {
			c.RunE = func(*cobra.Command, []string) error { g.page(env.Out).front(root); return nil }
		}
		if c.Parent() == root && c.Name() == "help" {
			g.helpForPrograms(c)
		}
		c.DisableFlagsInUseLine = true
	})
	return root, g
}

// entry is a command: its name, and what builds it.
type entry struct {
	name  string
	build func(*globals) *cobra.Command
}

// commandGroups is the table of commands, in the order help shows them.
var commandGroups = []struct {
	id       string
	commands []entry
}{
	{"server", []entry{
		{"verify", newVerify},
		{"send", newSend},
		{"test", newTest},
		{"bench", newBench},
		{"listen", newListen},
		{"replay", newReplay},
	}},
	{"signature", []entry{
		{"sign", newSign},
		{"check", newCheck},
		{"check-api", newCheckAPI},
		{"encrypt", newEncrypt},
		{"decrypt", newDecrypt},
		{"keygen", newKeygen},
	}},
	{"account", []entry{
		{"token", newToken},
		{"ticket", newTicket},
		{"sign-js", newSignJS},
		{"menu", newMenu},
		{"custom", newCustom},
		{"api", newAPI},
		{"status", newStatus},
	}},
	{"local", []entry{
		{"run", newRun},
		{"emulator", newEmulator},
	}},
	{"help", []entry{
		{"explain", newExplain},
		{"init", newInit},
		{"config", newConfig},
		{"demo", newDemo},
		{"version", newVersion},
		{"schema", newSchema},
		{"mcp", newMCP},
	}},
}

// check refuses values that cobra cannot check.
func (g *globals) check() error {
	if err := oneOf("--lang", g.lang, "auto", "en", "zh"); err != nil {
		return err
	}
	return oneOf("--color", g.color, "auto", "always", "never")
}

// typedLang is the --lang of a command line that is not parsed yet, and may
// never be: an error comes in this language too, wherever the flag stands, and
// so does what a shell asks for, whose command line is no flags to us.
func typedLang(args []string) string {
	typed := "auto"
	for i, arg := range args {
		value, given := strings.CutPrefix(arg, "--lang=")
		if arg == "--lang" && i+1 < len(args) {
			value, given = args[i+1], true
		}
		if arg == "--" {
			break
		}
		if given && slices.Contains([]string{"auto", "en", "zh"}, value) {
			typed = value
		}
	}
	return typed
}

// Lang is the language of what is said to people: --lang, then WXDEV_LANG,
// then the locale.
func (g *globals) Lang() finding.Lang {
	choice := g.lang
	if choice == "auto" {
		choice = strings.ToLower(g.env.Getenv("WXDEV_LANG"))
	}
	switch choice {
	case "en", "zh":
		return finding.Lang(choice)
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := g.env.Getenv(name); v != "" {
			if strings.HasPrefix(strings.ToLower(v), "zh") {
				return finding.Chinese
			}
			return finding.English
		}
	}
	return finding.English
}

// list puts things one after the other.
func (g *globals) list(things []string) string {
	return strings.Join(things, g.say(words.CommonList))
}

// sayer says something in one language; see [words.Fill].
type sayer func(id words.ID, pairs ...string) string

func sayIn(lang finding.Lang) sayer {
	return func(id words.ID, pairs ...string) string { return words.Fill(lang, id, pairs...) }
}

// say is what people are told, in their language.
func (g *globals) say(id words.ID, pairs ...string) string { return words.Fill(g.Lang(), id, pairs...) }

func (g *globals) sayer() sayer { return g.say }

// named is the text called prefix and key, "" where there is none.
func (say sayer) named(prefix, key string) string {
	id, ok := words.Named(prefix + strings.ReplaceAll(key, " ", "-"))
	if !ok {
		return ""
	}
	return say(id)
}

// load reads the config, once for a command; flags are those of cmd's own flags
// that were given and that name a setting.
func (g *globals) load(cmd *cobra.Command) (*config.Config, error) {
	if g.loaded != nil {
		return g.loaded, nil
	}
	dir, err := g.env.Getwd()
	if err != nil {
		return nil, failed(words.ErrWorkingFolder, "error", err)
	}
	userDir, _ := g.env.ConfigDir() // without a home there is just no user config
	flags := map[config.Key]string{}
	for name, s := range settingFlags.Get() {
		if fl := cmd.Flags().Lookup(name); fl != nil && fl.Changed {
			flags[s.key] = fl.Value.String()
		}
	}
	c, err := config.Load(config.Options{
		Path: g.configPath, Profile: g.profile,
		Dir: dir, UserDir: userDir,
		Flags: flags, LookupEnv: g.env.LookupEnv, Stdin: g.env.In, Open: g.env.Open,
		Learned: func(secret string) { g.known.Add(secret) },
	})
	if err != nil {
		return nil, err
	}
	g.known.Add(c.Secrets()...)
	g.loaded = c
	return c, nil
}

// settingFlags are the flags that overrule a setting of wxdev.toml. They are
// called the same in every command.
var settingFlags = lazy.Value[map[string]settingFlag]{Make: func() map[string]settingFlag {
	return map[string]settingFlag{
		"url":      {config.URL, nil},
		"token":    {config.Token, nil},
		"appid":    {config.AppID, nil},
		"secret":   {config.Secret, nil},
		"aes-key":  {config.AESKey, nil},
		"mode":     {config.Mode, []string{"plain", "compat", "safe"}},
		"format":   {config.Format, []string{"xml", "json"}},
		"api-base": {config.APIBase, nil},
		"store":    {config.Store, nil},

		"sym-key":         {config.SymmetricKey, nil},
		"sym-sn":          {config.SymmetricSN, nil},
		"private-key":     {config.PrivateKey, nil},
		"serial":          {config.PrivateSN, nil},
		"certificate":     {config.Certificate, nil},
		"certificate-sn":  {config.CertificateSN, nil},
		"product":         {config.Product, config.Product.Values()},
		"auth-url":        {config.AuthURL, nil},
		"account-appid":   {config.AccountAppID, nil},
		"receiver":        {config.Receiver, config.Receiver.Values()},
		"provider-corpid": {config.ProviderCorpID, nil},
	}
}}

// settingFlag is what a flag overrules.
type settingFlag struct {
	key    config.Key
	values []string // the only ones allowed, if not any
}

// addSettings declares on cmd the setting flags that it uses.
func addSettings(cmd *cobra.Command, names ...string) {
	for _, name := range names {
		s := settingFlags.Get()[name]
		cmd.Flags().String(name, "", "")
		if s.values != nil {
			fixedValues(cmd, name, s.values...)
		} else {
			fixedValues(cmd, name)
		}
	}
}

// fixedValues completes flag name with values, and with no file names.
func fixedValues(cmd *cobra.Command, name string, values ...string) {
	completed(cmd, name, func(*cobra.Command, []string) []string { return values })
}

// completed is for a flag whose values depend on what is there; args are the
// command's other arguments.
func completed(cmd *cobra.Command, name string, values func(c *cobra.Command, args []string) []string) {
	complete := func(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		all := values(c, args)
		if len(all) > 0 && strings.HasSuffix(all[0], "=") {
			return all, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
		}
		return all, cobra.ShellCompDirectiveNoFileComp
	}
	if err := cmd.RegisterFlagCompletionFunc(name, complete); err != nil {
		panic(err) // the flag is declared on the line above
	}
}

// oneOf checks a flag or setting that knows only some values.
func oneOf(name, value string, allowed ...string) error {
	for _, a := range allowed {
		if value == a {
			return nil
		}
	}
	return usage(words.ErrTakesOneOf, "name", name, "given", quoted(value), "values", oneOfThese(allowed))
}

// oneOfThese lists what may be chosen.
func oneOfThese(values []string) finding.Fact {
	last := len(values) - 1
	return hint(words.CommonOr, "a", finding.Names(values[:last]...), "b", values[last])
}
