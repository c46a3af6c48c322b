package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
)

// readInput reads a file, or stdin for -, up to a limit.
func readInput(env *Env, path string, limit int64) ([]byte, error) {
	b, err := readHead(env, path, limit+1)
	if err == nil && int64(len(b)) > limit {
		return nil, fmt.Errorf("read %s: it is larger than %d bytes", inputName(path), limit)
	}
	return b, err
}

// readHead reads the beginning of a file, or of stdin for -.
func readHead(env *Env, path string, size int64) ([]byte, error) {
	in := env.In
	if path != "-" {
		f, err := os.Open(path)
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

func inputName(path string) string {
	if path == "-" {
		return "stdin"
	}
	return fmt.Sprintf("%q", path)
}

// unreadable names the file once: the system's error does so as well.
func unreadable(path string, err error) error {
	var inner *os.PathError
	if errors.As(err, &inner) {
		err = inner.Err
	}
	return fmt.Errorf("read %s: %w", inputName(path), err)
}

// writeFile writes a whole file or nothing: a killed process leaves the old
// one. A file that is there keeps its mode, unless the new content is for its
// owner alone. A link stays one, and what is no file, such as a pipe that
// somebody reads, is written to as it is; so is /dev/stdout, whatever it is.
func writeFile(path string, content []byte, mode os.FileMode) error {
	path = linkEnd(path)
	info, err := os.Stat(path)
	there := err == nil
	if ownStream(path) || there && !info.Mode().IsRegular() && !info.IsDir() {
		return writeInto(path, content)
	}
	if there && mode != 0o600 {
		mode = info.Mode().Perm()
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // after the rename there is nothing left to remove
	if _, err := tmp.Write(content); err != nil {
		tmp.Close()
		return err
	}
	if err := tmp.Chmod(mode); err != nil {
		tmp.Close()
		return err
	}
	if err := tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

// ownStream reports whether a path is a stream of this process by its name.
func ownStream(path string) bool {
	return path == "/dev/stdout" || path == "/dev/stderr" || strings.HasPrefix(path, "/dev/fd/")
}

// linkEnd is where a link leads, be anything there or not.
func linkEnd(path string) string {
	for range 40 { // as the system does before it gives up
		to, err := os.Readlink(path)
		if err != nil || ownStream(path) {
			return path
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(path), to)
		}
		path = to
	}
	return path
}

// writeInto writes to what is there, and makes nothing.
func writeInto(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	if _, err := f.Write(content); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// listenOn listens on the address of --addr.
func listenOn(addr string) (net.Listener, error) {
	const hint = "give --addr a host and a port, such as 127.0.0.1:0"
	if _, _, err := net.SplitHostPort(addr); err != nil {
		return nil, withHint(usagef("--addr is %q: it takes HOST:PORT", addr), hint)
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, withHint(fmt.Errorf("listen on %s: %w", addr, err), hint)
	}
	return l, nil
}
