package main

import (
	"io"
	"io/fs"
	"net"
	"os"
	"strings"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// readInput reads a file, or stdin for -, up to a limit.
func readInput(env *Env, path string, limit int64) ([]byte, error) {
	b, err := readHead(env, path, limit+1)
	if err == nil && int64(len(b)) > limit {
		return nil, failed(words.ErrTooLarge, "file", inputName(path), "limit", limit)
	}
	return b, err
}

// readHead reads the beginning of a file, or of stdin for -.
func readHead(env *Env, path string, size int64) ([]byte, error) {
	in := env.In
	if path != "-" {
		f, err := env.open(path)
		if err != nil {
			return nil, unreadable(path, err)
		}
		defer f.Close()
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, size))
	if err != nil {
		return nil, unreadable(path, err)
	}
	return b, nil
}

func (e *Env) open(name string) (*os.File, error) {
	if e.Open == nil {
		return os.Open(name)
	}
	return e.Open(name)
}

// openFile is [os.Open] but for pipes and devices, the empty one apart: who reads
// one waits for somebody, who may never come.
func openFile(name string) (*os.File, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if empty, err := os.Stat(os.DevNull); !info.Mode().IsRegular() && !info.IsDir() && (err != nil || !os.SameFile(info, empty)) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: finding.Because(reason.FileIsPipe)}
	}
	return os.Open(name)
}

// inputName is what a file of the command line is called in texts.
func inputName(path string) finding.Fact {
	if path == "-" {
		return hint(words.CommonStdin)
	}
	return literal(quoted(path))
}

// unreadable names the file once: the system's error does so as well. A name
// after an @ is how curl takes one.
func unreadable(path string, err error) error {
	why := failed(words.ErrRead, "file", inputName(path), "error", cause(err))
	if name, curl := strings.CutPrefix(path, "@"); curl {
		if _, err := os.Stat(name); err == nil {
			return withHint(why, hint(words.HintNoAt, "file", text.Line(name)))
		}
	}
	return why
}

// cause is the system's error without the path or the address, for texts that
// name it. Package finding has its words.
func cause(err error) error {
	for {
		switch e := err.(type) {
		case *fs.PathError:
			err = e.Err
		case *os.LinkError:
			err = e.Err
		case *os.SyscallError:
			err = e.Err
		case *net.OpError:
			err = e.Err
		default:
			return err
		}
	}
}

// listenOn listens on the address of --addr.
func listenOn(addr string) (net.Listener, error) {
	if _, _, err := net.SplitHostPort(addr); err != nil {
		return nil, withHint(usage(words.ErrTakesPair, "flag", "--addr", "given", quoted(addr), "form", "HOST:PORT"), hint(words.HintAddr))
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, withHint(failed(words.ErrListen, "addr", text.Line(addr), "error", cause(err)), hint(words.HintAddr))
	}
	return l, nil
}
