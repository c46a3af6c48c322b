// Package packed reads packs: files that the program carries compressed, each by
// itself, so that one is had without the others. `make generate` makes packs of
// the files beside them.
//
// A pack begins with a line for each file, its name and the length of what is
// kept of it, with a tab between them, and ends the list with an empty line. Then
// the files follow in that order, each a gzip stream as RFC 1952 has it.
package packed

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Pack is a set of files.
type Pack struct {
	names []string
	files map[string]string // compressed
}

// Open reads the list of a pack. It panics when data is none: packs are part of
// the program.
func Open(data string) *Pack {
	p, err := open(data)
	if err != nil {
		panic("packed: " + err.Error())
	}
	return p
}

func open(data string) (*Pack, error) {
	list, rest, ok := strings.Cut(data, "\n\n")
	if !ok {
		return nil, fmt.Errorf("the list has no end")
	}
	p := &Pack{files: map[string]string{}}
	for line := range strings.SplitSeq(list, "\n") {
		name, size, _ := strings.Cut(line, "\t")
		n, err := strconv.Atoi(size)
		if err != nil || n < 0 || n > len(rest) {
			return nil, fmt.Errorf("%q is no name and length", line)
		}
		p.names = append(p.names, name)
		p.files[name], rest = rest[:n], rest[n:]
	}
	if rest != "" {
		return nil, fmt.Errorf("%d bytes are of no file", len(rest))
	}
	return p, nil
}

// Names are the names of the files, in order. Callers do not change them.
func (p *Pack) Names() []string { return p.names }

// Gzip returns the file as it is kept, a gzip stream.
func (p *Pack) Gzip(name string) (string, bool) {
	data, ok := p.files[name]
	return data, ok
}

// readers are used again: each has a window of 32 KB.
var readers sync.Pool

// Read returns the file.
func (p *Pack) Read(name string) ([]byte, bool) {
	data, ok := p.files[name]
	if !ok {
		return nil, false
	}
	raw, err := unzip(data)
	if err != nil {
		panic(fmt.Sprintf("packed: %s: %v", name, err))
	}
	return raw, true
}

func unzip(data string) ([]byte, error) {
	z, _ := readers.Get().(*gzip.Reader)
	if z == nil {
		z = new(gzip.Reader)
	}
	defer readers.Put(z)
	if err := z.Reset(strings.NewReader(data)); err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// Make returns a pack of files. One that has these files already, old, is
// returned as it is: the next release of compress/gzip may write other bytes.
func Make(files map[string][]byte, old []byte) []byte {
	if p, err := open(string(old)); err == nil && p.has(files) {
		return old
	}
	var list, all bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(files)) {
		before := all.Len()
		z, _ := gzip.NewWriterLevel(&all, gzip.BestCompression) // a level that exists
		_, _ = z.Write(files[name])                             // to memory
		_ = z.Close()
		fmt.Fprintf(&list, "%s\t%d\n", name, all.Len()-before)
	}
	list.WriteString("\n")
	return append(list.Bytes(), all.Bytes()...)
}

func (p *Pack) has(files map[string][]byte) bool {
	if len(files) != len(p.files) {
		return false
	}
	for name, want := range files {
		raw, err := unzip(p.files[name])
		if err != nil || !bytes.Equal(raw, want) {
			return false
		}
	}
	return true
}
