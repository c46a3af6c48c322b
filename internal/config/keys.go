package config

import (
	"strings"

	"github.com/wxdev/wxdev/pkg/product"
)

// Key names one setting: the key in wxdev.toml, and, spelled with WXDEV_ and
// capitals, the environment variable.
type Key string

// The settings of an account.
const (
	Product Key = "product"
	URL     Key = "url"
	Token   Key = "token"
	AppID   Key = "appid"
	Secret  Key = "secret"
	AESKey  Key = "aes_key"
	Mode    Key = "mode"
	Format  Key = "format"
	APIBase Key = "api_base"
	Store   Key = "store"

	// Of some products only.
	AuthURL        Key = "auth_url"        // where a third-party platform gets its ticket and authorizations
	AccountAppID   Key = "account_appid"   // what stands for $APPID$ in a third-party platform's url
	Receiver       Key = "receiver"        // whose id is in WeCom's envelopes
	ProviderCorpID Key = "provider_corpid" // the id in the verification of a suite's URL
)

// The values of [Receiver].
const (
	ReceiverCorp     = "corp"     // an own app's: the CorpID
	ReceiverSuite    = "suite"    // a suite's commands: the SuiteID, but the provider's CorpID in the verification
	ReceiverProvider = "provider" // the provider's CorpID
	ReceiverEmpty    = "empty"    // a robot's: none
)

// The settings of signed calls (API 安全), which stand in a table of their own,
// [account.api_security]. No variable or common flag sets them.
const (
	SymmetricKey  Key = "api_security.symmetric_key"
	SymmetricSN   Key = "api_security.symmetric_sn"
	PrivateKey    Key = "api_security.private_key"
	PrivateSN     Key = "api_security.private_sn"
	Certificate   Key = "api_security.certificate"
	CertificateSN Key = "api_security.certificate_sn"

	CertificateKey Key = "api_security.certificate_key" // for an emulator: WeChat keeps that of its own
)

// apiSecurity is the table of those, within an account's.
const apiSecurity = "api_security"

// protect is in the file only: a flag or a variable that lifts it would be what
// it is there to prevent.
const protect Key = "protect"

// Keys returns every setting, in the order in which they are shown.
func Keys() []Key {
	return append([]Key{Product, URL, Token, AppID, Secret, AESKey, Mode, Format, APIBase, Store}, ofProducts()...)
}

// ofProducts are the settings that only some products have: they are not shown
// where nothing sets them.
func ofProducts() []Key { return []Key{AuthURL, AccountAppID, Receiver, ProviderCorpID} }

// OfProduct is the one product that has k, "" where all do.
func (k Key) OfProduct() product.Product {
	switch k {
	case AuthURL, AccountAppID:
		return product.Component
	case Receiver, ProviderCorpID:
		return product.WeCom
	}
	return ""
}

// APISecurity returns the settings of signed calls, in the order in which they
// are shown.
func APISecurity() []Key {
	return []Key{SymmetricKey, SymmetricSN, PrivateKey, PrivateSN, Certificate, CertificateSN, CertificateKey}
}

// table and name are where the file has k: its table within an account's, "" for
// that itself, and what it is called there.
func (k Key) table() (table, name string) {
	if table, name, ok := strings.Cut(string(k), "."); ok {
		return table, name
	}
	return "", string(k)
}

// Env is the environment variable of k: WXDEV_AES_KEY. What stands in a table
// of its own has none.
func (k Key) Env() string {
	if table, _ := k.table(); table != "" {
		return ""
	}
	return "WXDEV_" + strings.ToUpper(string(k))
}

// Flag is the flag of k: --aes-key.
func (k Key) Flag() string {
	switch k {
	case SymmetricKey:
		return "--sym-key"
	case SymmetricSN:
		return "--sym-sn"
	case PrivateSN:
		return "--serial"
	}
	_, name := k.table()
	return "--" + strings.ReplaceAll(name, "_", "-")
}

// Secret says whether k's value must never be shown. The address of a store
// may hold its password.
func (k Key) Secret() bool {
	return k == Token || k == Secret || k == AESKey || k == Store || k == SymmetricKey || k == PrivateKey || k == CertificateKey
}

// Values are the only values that k takes, or nil when it takes any.
func (k Key) Values() []string {
	switch k {
	case Product:
		return product.Names()
	case Receiver:
		return []string{ReceiverCorp, ReceiverSuite, ReceiverProvider, ReceiverEmpty}
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
func (k Key) indirect() bool {
	return k.Secret() || k == AppID || k == URL || k == AuthURL || k == AccountAppID || k == ProviderCorpID ||
		strings.HasPrefix(string(k), apiSecurity)
}

func keyNames() []string {
	var names []string
	for _, k := range Keys() {
		names = append(names, string(k))
	}
	return names
}

// fileKeys are the keys that a table of the file may have.
func fileKeys() []string { return append(keyNames(), string(protect)) }

// Name is what a table of the file calls k.
func (k Key) Name() string {
	_, name := k.table()
	return name
}

// securityKeys are those of the table of signed calls.
func securityKeys() []string {
	var names []string
	for _, k := range APISecurity() {
		names = append(names, k.Name())
	}
	return names
}
