package finding

import "fmt"

// FileError is a mistake that keeps a file of the user's from being read: a
// scenario, a file of rules, an emulator's seed. It is safe to print: of the
// file's text it shows at most a key.
type FileError struct {
	Place        // Line is 0 where the mistake has none; File is empty where Msg names it
	Msg   string // without the place
	Hint  string // what to do about it; may be empty
}

func (e *FileError) Error() string {
	switch {
	case e.File == "":
		return e.Msg
	case e.Line == 0:
		return e.File + ": " + e.Msg
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Msg)
}
