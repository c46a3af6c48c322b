//go:build !unix

package main

import (
	"io"
	"os"
)

// apart has nothing to do: only on Unix is stdin a file that a tool can be told to
// read.
func apart(_ *os.File, otherwise io.Reader) (io.Reader, error) { return otherwise, nil }
