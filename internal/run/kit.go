package run

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Kit is what a program needs to have its calls redirected: files in a folder
// that only the user can read, and the variables that name them. Remove it.
type Kit struct {
	Dir string

	r     *Redirect
	proxy string // its URL
	tls   int    // the port on loopback for who connects as if to WeChat
	vars  []Variable
	files []string // that were written
}

// Variable is one of the environment.
type Variable struct{ Name, Value string }

// NewKit writes the files into dir, a folder that is there and is the run's own.
// The proxy is the address of r as the program is to call it, tlsPort the port
// of [Redirect.ServeHosts] on the program's own loopback interface, or 0.
func NewKit(r *Redirect, dir, proxy string, tlsPort int) (*Kit, error) {
	k := &Kit{Dir: dir, r: r, proxy: proxy, tls: tlsPort}
	for _, rt := range runtimes {
		for _, name := range rt.names {
			old, _ := r.LookupEnv(name)
			value, err := rt.value(k, old)
			if err != nil {
				return nil, err
			}
			if value != "" {
				k.vars = append(k.vars, Variable{name, value})
			}
		}
	}
	return k, nil
}

// Variables are those that the program is to have, in the order of the table.
func (k *Kit) Variables() []Variable { return slices.Clone(k.vars) }

// Env is an environment with the variables in it.
func (k *Kit) Env(environ []string) []string {
	env := slices.DeleteFunc(slices.Clone(environ), func(line string) bool {
		name, _, _ := strings.Cut(line, "=")
		return slices.ContainsFunc(k.vars, func(v Variable) bool { return v.Name == name })
	})
	for _, v := range k.vars {
		env = append(env, v.Name+"="+v.Value)
	}
	return env
}

// get is a variable of the user's.
func (k *Kit) get(name string) string {
	v, _ := k.r.LookupEnv(name)
	return v
}

// write puts a file into the folder, and returns its path. One that is there
// with the same content serves again. Whoever else may write there, of a folder
// that is shared, leads it nowhere else.
func (k *Kit) write(name string, content []byte) (string, error) {
	root, err := os.OpenRoot(k.Dir)
	if err != nil {
		return "", err
	}
	defer root.Close()
	if dir := filepath.Dir(name); dir != "." {
		if err := root.MkdirAll(dir, 0o700); err != nil {
			return "", err
		}
	}
	for n, at := 1, name; ; {
		path := filepath.Join(k.Dir, at)
		if slices.Contains(k.files, path) {
			if old, err := root.ReadFile(at); err == nil && bytes.Equal(old, content) {
				return path, nil
			}
		} else if err := create(root, at, content, 0o600); !errors.Is(err, fs.ErrExist) {
			k.files = append(k.files, path)
			return path, err
		}
		n++
		ext := filepath.Ext(name)
		at = strings.TrimSuffix(name, ext) + "-" + strconv.Itoa(n) + ext
	}
}

// create makes a file that is not there.
func create(root *os.Root, name string, content []byte, mode os.FileMode) error {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}

// bundle is a file with our certificate and those of the user's file or folder,
// or else of the system: the variables replace what was trusted before.
func (k *Kit) bundle(named string) (string, error) {
	before := trusted(named)
	if before == nil {
		before = systemBundle()
	}
	return k.write("trusted.pem", slices.Concat(before, []byte("\n"), k.r.authority.pem()))
}

//go:embed hook.cjs
var hook string

// nodeHook writes the file that Node loads before the program.
func (k *Kit) nodeHook() (string, error) {
	config, err := json.Marshal(map[string]any{"hosts": hosts, "port": k.tls, "offline": k.r.Offline})
	if err != nil {
		return "", err
	}
	return k.write("node-hook.cjs", []byte(strings.Replace(hook, "CONFIG", string(config), 1)))
}
