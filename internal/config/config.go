// Package config reads wxdev.toml and its profiles, and decides which of a
// flag, an environment variable, a profile and the file gives each setting.
//
// [Load] finds and reads the file: the one it is told, else the wxdev.toml
// found upward from the working folder, else the user's own. [Config.Get]
// answers for one setting, [Config.Require] for those that a command cannot
// do without:
//
//	c, err := config.Load(config.Options{Dir: dir, LookupEnv: os.LookupEnv})
//	if err == nil {
//		err = c.Require(config.URL, config.Token)
//	}
//
// The file has the tables [account] and [profile.NAME], with the same keys in
// each; a profile takes what it lacks from [account]:
//
//	[account]
//	appid  = "wx0123456789abcdef"
//	token  = "file:.secrets/token"   # relative to this file
//	secret = "env:WX_SECRET"
//
//	[account.api_security]           # for signed calls
//	symmetric_key = "env:WX_SYM_KEY"
//	private_key   = "file:.secrets/private.pem"
//
//	[profile.staging]
//	url = "https://staging.example.com/wechat"
//
// What is typed on the command line beats what is inherited: a flag beats the
// profile of --profile, which beats the environment (WXDEV_TOKEN and so on; an
// empty variable counts as unset), which beats the profile of WXDEV_PROFILE,
// which beats [account], which beats the default. url, token, appid, secret, aes_key and store may be given
// as env:NAME, as file:PATH or, by a flag or a variable only, as - for one line
// of stdin. They are read when Get first asks for them and not again, so a
// command that needs no secret does not fail for want of one.
//
// Every mistake is an [*Error] that names its place: file, line and column,
// or the flag or variable. Its text never holds a token, a secret, a key, or
// a line of the file. The package prints nothing, and reads no environment
// but through [Options].LookupEnv.
package config

import (
	"io"
	"slices"
	"sync"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// FileName is what the file is called unless another is named.
const FileName = "wxdev.toml"

// Error is a mistake in the config or in a setting's value. Its text names
// the place and never holds a secret.
type Error struct {
	Msg  finding.Fact
	Hint finding.Fact // what to do about it; may be nil
}

// wrong makes an Error; hint may be nil.
func wrong(why finding.Fact, hint *finding.Reason) *Error {
	e := &Error{Msg: why}
	if hint != nil {
		e.Hint = hint
	}
	return e
}

// at is an Error of what is called place.
func at(place string, hint *finding.Reason, why finding.Fact) *Error {
	return wrong(finding.Because(reason.AtPlace, "place", place, "why", why), hint)
}

func (e *Error) Error() string { return e.In(finding.English) }

// In implements [finding.Fact].
func (e *Error) In(lang finding.Lang) string { return e.Msg.In(lang) }

// Redact is what [finding.Redact] asks for.
func (e *Error) Redact(hide func(string) string) finding.Fact { return finding.Redact(e.Msg, hide) }

// HintIn is the hint in lang, or "" where there is none.
func (e *Error) HintIn(lang finding.Lang) string {
	if e.Hint == nil {
		return ""
	}
	return e.Hint.In(lang)
}

// Value is a setting that is in force.
type Value struct {
	Text string // empty when nothing sets it
	From string // "--token", "WXDEV_TOKEN", "wxdev.toml [profile.staging]", "default"; empty when unset
	Via  string // "env:WX_TOKEN", "file:token.txt" or "-" when the text was read from there
}

// Options says where to look.
type Options struct {
	Path      string         // --config; empty is WXDEV_CONFIG, then a search upward from Dir, then UserDir
	Profile   string         // --profile; empty is WXDEV_PROFILE, then the [account] table
	Dir       string         // the working folder; empty searches no folder
	UserDir   string         // the user's config folder, wxdev/wxdev.toml in it; may be empty
	Flags     map[Key]string // the flags that were given
	LookupEnv func(string) (string, bool)
	Stdin     io.Reader // for "-"

	Open opener // in place of [os.Open], where not all is to be read; may be nil

	Learned func(secret string) // is told of each secret that Get reads; may be nil
}

// Config answers for every setting. It may be used by several goroutines.
type Config struct {
	file    *file // nil when there is none
	profile string
	named   bool           // the profile by --profile, which beats the environment
	dir     string         // file: of a flag or variable is relative to it
	flags   map[Key]string // nil in a view made by InProfile
	environ bool           // whether WXDEV_ variables count
	lookup  func(string) (string, bool)
	stdin   io.Reader
	learned func(string)
	open    opener

	mu      sync.Mutex
	answers map[Key]answer
}

// answer keeps what Get found: stdin can be read only once, and a file that
// changes while a server runs must not change half of its settings.
type answer struct {
	value Value
	err   error
}

// baseTable is the table that profiles inherit from.
const baseTable = "account"

// Load finds and reads the file. Having none is an error only if one was
// named. Secrets are not resolved yet.
func Load(o Options) (*Config, error) {
	if o.LookupEnv == nil {
		o.LookupEnv = func(string) (string, bool) { return "", false }
	}
	f, err := find(o)
	if err != nil {
		return nil, err
	}
	c := &Config{
		file: f, dir: o.Dir,
		flags: o.Flags, environ: true, lookup: o.LookupEnv, stdin: o.Stdin, learned: o.Learned, open: o.Open,
		answers: map[Key]answer{},
	}
	by := "--profile"
	if c.profile = o.Profile; c.profile == "" {
		by = "WXDEV_PROFILE"
		c.profile, _ = o.LookupEnv(by)
	}
	c.named = o.Profile != ""
	if c.profile == baseTable && (f == nil || !slices.Contains(f.profiles, baseTable)) {
		c.profile = "" // what is said of [account] calls it so
	}
	if err := c.checkProfile(by); err != nil {
		return nil, err
	}
	return c, nil
}

// Path is the file in use, or "" when there is none.
func (c *Config) Path() string {
	if c.file == nil {
		return ""
	}
	return c.file.path
}

// ProfileName is the profile in use, or "" for [account] alone.
func (c *Config) ProfileName() string { return c.profile }

// Profiles are the profiles of the file, in its order.
func (c *Config) Profiles() []string {
	if c.file == nil {
		return nil
	}
	return append([]string(nil), c.file.profiles...)
}

// Protected reports whether the account's table says protect = true: commands
// that change the account ask for a --yes then.
func (c *Config) Protected() bool {
	if c.file == nil {
		return false
	}
	e, ok := c.file.tables[c.profile][protect]
	if !ok {
		e = c.file.tables[""][protect]
	}
	return e.text == "true"
}

// InProfile returns what the file alone says in another profile, flags and
// WXDEV_ variables left aside; the name "" is [account] alone. It serves to
// try whether another profile's token fits.
func (c *Config) InProfile(name string) (*Config, error) {
	view := &Config{
		file: c.file, profile: name, dir: c.dir,
		lookup: c.lookup, learned: c.learned, open: c.open, answers: map[Key]answer{},
	}
	if err := view.checkProfile("config"); err != nil {
		return nil, err
	}
	return view, nil
}

// Get returns the setting k, with env:, file: and - resolved and the value
// checked. A setting that nothing gives is the zero Value and no error. With
// an error, the Value has From and Via and no Text.
func (c *Config) Get(k Key) (Value, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a, ok := c.answers[k]; ok {
		return a.value, a.err
	}
	v, err := c.get(k)
	c.answers[k] = answer{v, err}
	return v, err
}

func (c *Config) get(k Key) (Value, error) {
	s, ok := c.source(k)
	if !ok {
		return c.standard(k)
	}
	value, via, err := c.resolve(k, s)
	if err != nil {
		return Value{From: s.from, Via: via}, err
	}
	if k.Secret() && c.learned != nil {
		for _, secret := range exposed(k, value) {
			c.learned(secret)
		}
	}
	var name finding.Fact = finding.Name(s.place)
	switch via {
	case "":
	case "-":
		name = finding.Because(reason.FromStdin, "name", s.place)
	default:
		name = finding.Because(reason.Via, "name", s.place, "via", via)
	}
	if why, hint := fault(k, value); why != nil {
		return Value{From: s.from, Via: via}, wrong(named(name, why), hint)
	}
	if err := c.suitsProduct(k, value, s.place); err != nil {
		return Value{From: s.from, Via: via}, err
	}
	return Value{Text: value, From: s.from, Via: via}, nil
}

// source is where a setting comes from.
type source struct {
	text   string
	from   string // as in Value
	place  string // what errors call it: "--token", "wxdev.toml:3:1: token"
	dir    string // file: is relative to it
	inFile bool
}

// source finds the strongest place that gives k.
func (c *Config) source(k Key) (source, bool) {
	if text, ok := c.flags[k]; ok {
		return source{text: text, from: k.Flag(), place: k.Flag(), dir: c.dir}, true
	}
	if c.named && c.file != nil { // typed on this command line, which the environment is not
		if e, ok := c.file.tables[c.profile][k]; ok {
			return c.file.source(c.profile, k, e), true
		}
	}
	if name := k.Env(); c.environ && name != "" {
		if text, _ := c.lookup(name); text != "" {
			return source{text: text, from: name, place: name, dir: c.dir}, true
		}
	}
	if c.file == nil {
		return source{}, false
	}
	if e, ok := c.file.tables[c.profile][k]; ok {
		return c.file.source(c.profile, k, e), true
	}
	if e, ok := c.file.tables[""][k]; ok {
		return c.file.source("", k, e), true
	}
	return source{}, false
}
