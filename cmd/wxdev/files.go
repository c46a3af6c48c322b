package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
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
	return fmt.Errorf("read %s: %w", inputName(path), cause(err))
}

// cause is the system's error without the path, for texts that name it.
func cause(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
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
