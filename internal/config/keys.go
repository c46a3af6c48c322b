package config

import "strings"

// Key names one setting: the key in wxdev.toml, and, spelled with WXDEV_ and
// capitals, the environment variable.
type Key string

// The settings of an account.
const (
	URL     Key = "url"
	Token   Key = "token"
	AppID   Key = "appid"
	Secret  Key = "secret"
	AESKey  Key = "aes_key"
	Mode    Key = "mode"
	Format  Key = "format"
	APIBase Key = "api_base"
	Store   Key = "store"
)

// protect is in the file only: a flag or a variable that lifts it would be what
// it is there to prevent.
const protect Key = "protect"

// Keys returns every setting, in the order in which they are shown.
func Keys() []Key {
	return []Key{URL, Token, AppID, Secret, AESKey, Mode, Format, APIBase, Store}
}

// Env is the environment variable of k: WXDEV_AES_KEY.
func (k Key) Env() string { return "WXDEV_" + strings.ToUpper(string(k)) }

// Flag is the flag of k: --aes-key.
func (k Key) Flag() string { return "--" + strings.ReplaceAll(string(k), "_", "-") }

// Secret says whether k's value must never be shown. The address of a store
// may hold its password.
func (k Key) Secret() bool { return k == Token || k == Secret || k == AESKey || k == Store }

// Values are the only values that k takes, or nil when it takes any.
func (k Key) Values() []string {
	switch k {
	case Mode:
		return []string{"plain", "compat", "safe"}
	case Format:
		return []string{"xml", "json"}
	}
	return nil
}

// standard is k's default, "" without one.
func (k Key) standard() string {
	switch k {
	case Mode:
		return "plain"
	case Format:
		return "xml"
	case APIBase:
		return "https://api.weixin.qq.com"
	}
	return ""
}

// indirect says whether k may be given as env:, file: or -.
func (k Key) indirect() bool { return k.Secret() || k == AppID || k == URL }

func keyNames() []string {
	var names []string
	for _, k := range Keys() {
		names = append(names, string(k))
	}
	return names
}

// fileKeys are the keys that a table of the file may have.
func fileKeys() []string { return append(keyNames(), string(protect)) }
