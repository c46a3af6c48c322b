// Package packed reads packs: files that the program carries compressed, each by
// itself or a few together, so that one is had without all others. `make
// generate` makes packs of the files beside them.
//
// A pack begins with a line for each file, its name and the length of what is
// kept of it, with a tab between them, and ends the list with an empty line. Then
// the files follow in that order, each a gzip stream as RFC 1952 has it. Small
// files that are much alike share a stream, which makes them a third smaller: the
// first has the length of the stream, the others none, and each its own length
// after another tab.
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
	files map[string]file

	mu   sync.Mutex
	last string // the stream that was read last, for those who read all files
	raw  []byte
}

// file is where a file is: a stream, or a part of what is in it.
type file struct {
	stream     string
	shared     bool // it is this part of what is in the stream
	start, end int
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
	p := &Pack{files: map[string]file{}}
	stream, at := "", 0
	for line := range strings.SplitSeq(list, "\n") {
		name, sizes, _ := strings.Cut(line, "\t")
		kept, own, shares := strings.Cut(sizes, "\t")
		if kept != "" || !shares || stream == "" {
			n, err := strconv.Atoi(kept)
			if err != nil || n < 0 || n > len(rest) {
				return nil, fmt.Errorf("%q is no name and length", line)
			}
			stream, rest, at = rest[:n], rest[n:], 0
		}
		f := file{stream: stream}
		if shares {
			n, err := strconv.Atoi(own)
			if err != nil || n < 0 {
				return nil, fmt.Errorf("%q has no length of its own", line)
			}
			f.shared, f.start, f.end = true, at, at+n
			at += n
		}
		p.names = append(p.names, name)
		p.files[name] = f
	}
	if rest != "" {
		return nil, fmt.Errorf("%d bytes are of no file", len(rest))
	}
	return p, nil
}

// Names are the names of the files, in order. Callers do not change them.
func (p *Pack) Names() []string { return p.names }

// Gzip returns the file as it is kept, a gzip stream. One that shares its stream
// has none.
func (p *Pack) Gzip(name string) (string, bool) {
	f, ok := p.files[name]
	return f.stream, ok && !f.shared
}

// readers are used again: each has a window of 32 KB.
var readers sync.Pool

// Read returns the file.
func (p *Pack) Read(name string) ([]byte, bool) {
	f, ok := p.files[name]
	if !ok {
		return nil, false
	}
	raw, err := p.read(f)
	if err != nil {
		panic(fmt.Sprintf("packed: %s: %v", name, err))
	}
	return raw, true
}

func (p *Pack) read(f file) ([]byte, error) {
	if !f.shared {
		return unzip(f.stream)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.last != f.stream {
		raw, err := unzip(f.stream)
		if err != nil {
			return nil, err
		}
		p.last, p.raw = f.stream, raw
	}
	if f.end > len(p.raw) {
		return nil, io.ErrUnexpectedEOF
	}
	return bytes.Clone(p.raw[f.start:f.end]), nil
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

// Make returns a pack of files, each in a stream of its own, or, with together,
// as many in one as have so many bytes. A pack that has these files already, old,
// is returned as it is: the next release of compress/gzip may write other bytes.
func Make(files map[string][]byte, together int, old []byte) []byte {
	if p, err := open(string(old)); err == nil && p.has(files, together) {
		return old
	}
	var list, all bytes.Buffer
	for _, names := range streams(files, together) {
		before := all.Len()
		z, _ := gzip.NewWriterLevel(&all, gzip.BestCompression) // a level that exists
		for _, name := range names {
			_, _ = z.Write(files[name]) // to memory
		}
		_ = z.Close()
		kept := strconv.Itoa(all.Len() - before)
		for _, name := range names {
			fmt.Fprintf(&list, "%s\t%s", name, kept)
			if together > 0 {
				fmt.Fprintf(&list, "\t%d", len(files[name]))
			}
			list.WriteString("\n")
			kept = ""
		}
	}
	list.WriteString("\n")
	return append(list.Bytes(), all.Bytes()...)
}

// streams are the names, parted into those that share a stream.
func streams(files map[string][]byte, together int) [][]string {
	var all [][]string
	size := 0
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if size += len(files[name]); len(all) == 0 || size > together {
			all, size = append(all, nil), len(files[name])
		}
		all[len(all)-1] = append(all[len(all)-1], name)
	}
	return all
}

func (p *Pack) has(files map[string][]byte, together int) bool {
	if len(files) != len(p.files) {
		return false
	}
	before := ""
	for _, names := range streams(files, together) {
		if p.files[names[0]].stream == before {
			return false // more of them share one
		}
		before = p.files[names[0]].stream
		for _, name := range names {
			f, ok := p.files[name]
			if !ok || f.stream != p.files[names[0]].stream || f.shared != (together > 0) {
				return false
			}
			raw, err := p.read(f)
			if err != nil || !bytes.Equal(raw, files[name]) {
				return false
			}
		}
	}
	return true
}
