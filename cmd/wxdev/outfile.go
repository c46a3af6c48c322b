package main

import (
	"io/fs"

	"github.com/spf13/pflag"
)

// outFile is the value of a flag for a file that is written beside the result.
// It takes no -, for stdout has the result.
type outFile string

// addOutFile declares a flag for such a file.
func addOutFile(f *pflag.FlagSet, path *string, name string) {
	f.Var((*outFile)(path), name, "")
}

func (o *outFile) Set(s string) error {
	if s == "-" {
		return fs.ErrInvalid // valueError says what is right
	}
	*o = outFile(s)
	return nil
}

func (o *outFile) String() string { return string(*o) }

// Type is what [valueError] knows it by.
func (*outFile) Type() string { return "file" }
