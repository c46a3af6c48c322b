package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// checksum is the SHA-256 of a file.
func checksum(file string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", sha256.Sum256(text)), nil
}

// writeChecksums writes what sha256sum -c reads.
func (r *release) writeChecksums() error {
	var lines strings.Builder
	slices.Sort(r.made)
	for _, name := range r.made {
		sum, err := checksum(filepath.Join(r.out, name))
		if err != nil {
			return err
		}
		fmt.Fprintf(&lines, "%s  %s\n", sum, name)
	}
	return r.write(r.conf.Checksum.Name, []byte(lines.String()))
}
