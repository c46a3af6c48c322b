package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// The tables in the repository are what their data gives.
func TestTablesAreCurrent(t *testing.T) {
	for _, table := range tables {
		want, err := table.make("../..")
		if err != nil {
			t.Errorf("%s: %v", table.name, err)
			continue
		}
		have, err := os.ReadFile(filepath.Join("../..", table.file))
		if err != nil {
			t.Error(err)
			continue
		}
		if !bytes.Equal(have, want) {
			t.Errorf("%s is not current: run `make generate`", table.file)
		}
	}
}
