package finding

import "fmt"

// FileError is a mistake that keeps a file of the user's from being read: a
// scenario, a file of rules, an emulator's seed. It is safe to print: of the
// file's text it shows at most a key.
type FileError struct {
	Place      // Line is 0 where the mistake has none; File is empty where Msg names it
	Msg   Fact // without the place
	Hint  Fact // what to do about it; may be nil
}

// Error implements error.
func (e *FileError) Error() string { return e.In(English) }

// In implements [Fact]. The place is written alike in every language: editors
// know it.
func (e *FileError) In(lang Lang) string {
	switch msg := e.Msg.In(lang); {
	case e.File == "":
		return msg
	case e.Line == 0:
		return e.File + ": " + msg
	default:
		return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, msg)
	}
}

// HintIn is the hint in lang, or "" where there is none.
func (e *FileError) HintIn(lang Lang) string { return textOf(lang, e.Hint) }

// Unwrap returns what is wrong, where it is an error of its own.
func (e *FileError) Unwrap() error {
	if f, ok := e.Msg.(failure); ok {
		return f.err
	}
	err, _ := e.Msg.(error)
	return err
}

// Redact returns the error with its texts as hide makes them.
func (e *FileError) Redact(hide func(string) string) Fact {
	c := *e
	c.File, c.Msg, c.Hint = hide(e.File), Redact(e.Msg, hide), Redact(e.Hint, hide)
	return &c
}

func textOf(lang Lang, f Fact) string {
	if f == nil {
		return ""
	}
	return f.In(lang)
}
