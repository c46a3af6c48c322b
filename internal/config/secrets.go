package config

import (
	"encoding/base64"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// Secrets are the secrets that the settings hold, whether they are in force or
// not: those of flags and variables, of every profile, and what is made of
// them. What is wrong with one is nobody's business here, and what can be read
// only once, as stdin can, is left alone: [Options].Learned is told of it when
// it is read.
func (c *Config) Secrets() []string {
	var all []string
	for _, k := range append(Keys(), APISecurity()...) {
		if !k.Secret() {
			continue
		}
		for _, s := range c.sources(k) {
			if text, _, err := c.resolve(k, s); err == nil {
				all = append(all, exposed(k, text)...)
			}
		}
	}
	return all
}

// sources are all the places that give k and that can be read again.
func (c *Config) sources(k Key) (all []source) {
	add := func(s source) {
		if s.text != fromStdin && !s.once() {
			all = append(all, s)
		}
	}
	if text, ok := c.flags[k]; ok {
		add(source{text: text, dir: c.dir})
	}
	if name := k.Env(); name != "" {
		if text, _ := c.lookup(name); text != "" {
			add(source{text: text, dir: c.dir})
		}
	}
	if c.file != nil {
		for profile, table := range c.file.tables {
			if e, ok := table[k]; ok {
				add(c.file.source(profile, k, e))
			}
		}
	}
	return all
}

// once reports whether the source is a file that a read uses up, or waits in.
func (s source) once() bool {
	path, isFile := strings.CutPrefix(s.text, fromFile)
	if !isFile {
		return false
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(s.dir, path)
	}
	info, err := os.Stat(path)
	return err != nil || !info.Mode().IsRegular()
}

// exposed is a secret and what somebody could use who sees it: the password of
// a store's address, the bytes of a key.
func exposed(k Key, text string) []string {
	all := []string{text}
	switch k {
	case AESKey:
		if raw, err := base64.RawStdEncoding.DecodeString(text); err == nil {
			all = append(all, string(raw))
		}
	case SymmetricKey:
		if raw, err := base64.StdEncoding.DecodeString(text); err == nil {
			all = append(all, string(raw))
		}
	case Store:
		u, err := url.Parse(text)
		if err != nil || u.User == nil {
			break
		}
		if password, ok := u.User.Password(); ok {
			all = append(all, password)
		} else {
			all = append(all, u.User.Username()) // as redis-cli takes it
		}
	}
	return all
}
