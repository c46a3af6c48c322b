package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/finding"
)

// This file is what is wrong with a command line before any command begins. The
// words of cobra and pflag are English, so that none of them are used.

// flagError says what is wrong with a flag, and names the one that was probably
// meant.
func flagError(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var bare *pflag.ValueRequiredError
	var wrong *pflag.InvalidValueError
	var broken *pflag.InvalidSyntaxError
	switch {
	case errors.As(err, &unknown):
		return unknownFlagError(c, unknown)
	case errors.As(err, &bare):
		return failed(words.ErrNoValue, "flag", longName(bare.GetFlag()))
	case errors.As(err, &wrong):
		return valueError(wrong)
	case errors.As(err, &broken):
		return failed(words.ErrFlagSyntax, "given", quoted(broken.GetSpecifiedFlag()))
	}
	return err
}

func unknownFlagError(c *cobra.Command, unknown *pflag.NotExistError) error {
	name := unknown.GetSpecifiedName()
	switch group := unknown.GetSpecifiedShortnames(); group {
	case "":
	case name:
		return failed(words.ErrNoFlag, "flag", "-"+text.Line(name))
	default:
		return failed(words.ErrNoShortFlag, "flag", "-"+text.Line(name), "group", "-"+text.Line(group))
	}
	err := failed(words.ErrNoFlag, "flag", "--"+text.Line(name))
	if len(name) < 2 {
		return err
	}
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if best := text.Nearest(name, names); best != "" {
		return withHint(err, didYouMean("--"+best))
	}
	return err
}

// valueError says what a flag takes. The library's words are about Go's types.
func valueError(wrong *pflag.InvalidValueError) error {
	flag, given := longName(wrong.GetFlag()), quoted(wrong.GetValue())
	switch wrong.GetFlag().Value.Type() {
	case "int":
		return failed(words.ErrTakesNumber, "flag", flag, "given", given)
	case "bool":
		return failed(words.ErrTakesBool, "flag", flag, "given", given)
	case "duration":
		return failed(words.ErrTakesDuration, "flag", flag, "given", given)
	case "file":
		return failed(words.ErrTakesFile, "flag", flag)
	}
	return failed(words.ErrFlagValue, "flag", flag, "given", given, "error", wrong.Unwrap())
}

func longName(f *pflag.Flag) string { return "--" + f.Name }

// didYouMean names what was probably meant, or all of several.
func didYouMean(best ...string) finding.Fact {
	var either finding.Fact = literal(best[0])
	for _, b := range best[1:] {
		either = hint(words.CommonOr, "a", either, "b", b)
	}
	return hint(words.HintDidYouMean, "best", either)
}

// oneValue is for commands that take a thing and its text, which the shell
// splits where it is in no quotes.
func oneValue(example string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) > 2 {
			return withHint(extraArgument(args[2]), hint(words.HintQuoteText, "example", example))
		}
		return nil
	}
}

// exactly is for commands whose arguments have names.
func exactly(names ...words.ID) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) < len(names) {
			return failed(words.ErrNoArgument, "what", hint(names[len(args)]))
		}
		return atMost(len(names))(c, args)
	}
}

// atMost is for commands whose arguments may be left out.
func atMost(n int) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) > n {
			return extraArgument(args[n])
		}
		return nil
	}
}

// noArgs is for commands that take none; a URL among them was meant for --url.
func noArgs(c *cobra.Command, args []string) error {
	err := atMost(0)(c, args)
	if err != nil && strings.Contains(args[0], "://") && c.Flags().Lookup("url") != nil {
		return withHint(err, hint(words.HintGiveURL))
	}
	return err
}

func extraArgument(arg string) error {
	return failed(words.ErrExtraArgument, "given", quoted(arg))
}

// helpArgs gives help of what does not exist an error, where cobra would print
// that of the root and succeed.
func helpArgs(c *cobra.Command, args []string) error {
	found, rest, err := c.Root().Find(args)
	if err == nil && len(rest) == 0 {
		return nil
	}
	return groupArgs(found, append(rest, args...)[:1])
}

// groupArgs gives a mistyped subcommand an error where cobra would print
// help and succeed.
func groupArgs(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	err := failed(words.ErrNoCommand, "name", quoted(args[0]), "parent", quoted(c.CommandPath()))
	c.SuggestionsMinimumDistance = 2 // letters that differ
	if s := c.SuggestionsFor(args[0]); len(s) > 0 {
		return withHint(err, didYouMean(s...))
	}
	return withHint(err, hint(words.HintCommands, "command", c.CommandPath()))
}
