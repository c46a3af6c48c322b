package message

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// TestPrefix begins every OpenID that [OpenID] makes, so that a test user is
// known in a log or a database.
const TestPrefix = "oWXDEV"

// OpenID returns the OpenID of the test user called name: 28 characters, the
// same ones for the same name, beginning with [TestPrefix].
func OpenID(name string) string {
	sum := sha256.Sum256([]byte("openid " + name))
	return TestPrefix + base64.RawURLEncoding.EncodeToString(sum[:])[:28-len(TestPrefix)]
}

// IsOpenID reports whether id has the form of an OpenID: o and 27 letters,
// digits, - or _.
func IsOpenID(id string) bool {
	return len(id) == 28 && id[0] == 'o' && !strings.ContainsFunc(id, func(r rune) bool {
		return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
}

// OriginalID returns the original id of the test account called name, an
// AppID for example: gh_ and 12 hexadecimal digits, the same for the same
// name.
func OriginalID(name string) string {
	sum := sha256.Sum256([]byte("original id " + name))
	return "gh_" + hex.EncodeToString(sum[:6])
}
