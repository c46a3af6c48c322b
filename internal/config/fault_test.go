package config

import (
	"strings"
	"testing"
)

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		key             Key
		text, msg, hint string // no msg: the value is good
	}{
		{Token, "abc", "", ""},
		{Token, "A1b2C3d4A1b2C3d4A1b2C3d4A1b2C3d4", "", ""},
		{Token, "", "x is empty", "omit it"},
		{Token, "ab", "x is 2 characters long", "3 to 32"},
		{Token, strings.Repeat("a", 33), "x is 33 characters long", "3 to 32"},
		{Token, "my_token", "at position 3 that is not an ASCII letter or digit", "3 to 32"},
		{Token, "token令牌", "at position 6", ""},
		{Token, "token ", "x ends with white space", "counts as part"},
		{Token, "\ttoken", "x starts with white space", ""},
		{Token, "token\u3000", "x ends with white space", ""},
		{Token, "token\r\n", "x ends with a newline", "file:PATH"},
		{Token, "\uFEFFtoken", "x starts with a byte order mark", ""},
		{Token, "token\u200b", "x ends with the invisible character U+200B", ""},
		{Token, "\u202etoken", "x starts with the invisible character U+202E", ""},
		{Token, `"token"`, "x is in quotes, which are part of it", "env file"},
		{Token, "tok\xffen", "x is not UTF-8", ""},
		{Token, `"`, "at position 1", ""},

		{AESKey, goodKey, "", ""},
		{AESKey, goodKey + "=", "x is 44 characters long, with = at its end", "drop the ="},
		{AESKey, goodKey[:42], "x is 42 characters long", "43 characters"},
		{AESKey, goodKey + "A", "x is 44 characters long", "43 characters"},
		{AESKey, goodKey[:40] + "+ab", "at position 41", "43 characters"},

		{AppID, "wx0123456789abcdef", "", ""},
		{AppID, "wx12", `x is "wx12", which is not an AppID`, "16 hex digits"},
		{AppID, "wx0123456789abcdeg", "which is not an AppID", ""},
		{AppID, "wx0123456789abcdef0", "which is not an AppID", ""},
		{AppID, "WX0123456789ABCDEF", "which is not an AppID", "lower case"},
		{AppID, "gh_0123456789ab", "which is not an AppID", "original ID"},
		{AppID, "wx 0123456789abcd", `x is "wx 0123456789abcd", which is not an AppID`, "wx0123456789abcdef"},
		{AppID, "abc", "which is not an AppID", ""},
		{AppID, "wx\x1b]0;x", `"wx\x1B]0;x"`, ""},

		{Secret, "0123456789abcdef0123456789abcdef", "", ""},
		{Secret, "anything-else", "", ""},
		{Secret, "01 23", "at position 3", "32 hex digits"},
		{Secret, "0123 ", "x ends with white space", ""},

		{Mode, "safe", "", ""},
		{Mode, "Safe", `x is "Safe": it takes plain, compat or safe`, "did you mean safe?"},
		{Mode, "明文", "it takes plain", "明文模式 (plain)"},
		{Format, "json", "", ""},
		{Format, "jsn", `x is "jsn": it takes xml or json`, "did you mean json?"},

		{URL, "http://127.0.0.1:8080/wechat?a=b", "", ""},
		{URL, "HTTPS://example.com", "", ""},
		{URL, "http://[::1]:80/", "", ""},
		{URL, "http://[fe80::1%25eth0]/", "", ""},
		{URL, "http://xn--fiqs8s.example./微信", "", ""},
		{URL, "localhost:8080/wechat", "starts with neither http:// nor https://", "http://127.0.0.1"},
		{URL, "ftp://example.com/", "starts with neither", ""},
		{URL, "http://", "has no host", ""},
		{URL, "http:///wechat", "has no host", ""},
		{URL, "http://:80/", "has no host", ""},
		{URL, "http://a b/", "a space or a control character at position 9", "%20"},
		{URL, "http://a/\x00", "ends with the invisible character U+0000", ""},
		{URL, "http://a/\u202eb", "at position 10", ""},
		{URL, "http://a/ ", "ends with white space", ""},
		{URL, "http://a/#b", "has a fragment", "no server"},
		{URL, "http://user:hunter2@a/", "has a user name or a password", "remove it"},
		{URL, "http://a/b@c?d@e", "", ""},
		{URL, "http://中国.example/", `has the host "中国.example", which is not ASCII`, "Punycode"},
		{URL, "http://a..b/", `has the host "a..b", which is not a host name`, ""},
		{URL, "http://a$b/", "which is not a host name", ""},
		{URL, "http://a:/", "has a colon without a port", ""},
		{URL, "http://a:0/", "has a port that is not between 1 and 65535", ""},
		{URL, "http://a:65536/", "has a port that is not between 1 and 65535", ""},
		{URL, "http://a:x/", "is not a URL: invalid port", ""},
		{URL, "http://a/%zz", `is not a URL: invalid URL escape "%zz"`, ""},
		{URL, "http://[x]/", "is not a URL", ""},
		{URL, "http://[1:2]/", "is not a URL", ""},

		{APIBase, "http://127.0.0.1:8900", "", ""},
		{APIBase, "http://a/?access_token=hunter2", "has a query", ""},

		{Store, "redis://127.0.0.1", "", ""},
		{Store, "rediss://user:hunter2@cache.example.com:6380/15", "", ""},
		{Store, "redis://[::1]:6379/", "", ""},
		{Store, "http://hunter2/", "starts with neither redis:// nor rediss://", "redis://HOST"},
		{Store, "127.0.0.1:6379", "starts with neither", ""},
		{Store, "redis://:hunter2@/1", "has no host", ""},
		{Store, "redis://:hunter2/x@host", "is not a URL", "%2F"},
		{Store, "redis://:a hunter2@host", "at position 11", ""},
		{Store, "redis://host/hunter2", "has a path that is not a database number", ""},
		{Store, "redis://host/1?hunter2", "has a query or a fragment", "%3F"},
	} {
		err := Check(c.key, "x", c.text)
		if c.msg == "" {
			if err != nil {
				t.Errorf("%s %q: %v", c.key, c.text, err)
			}
			continue
		}
		if err == nil {
			t.Errorf("%s %q is accepted", c.key, c.text)
			continue
		}
		wantError(t, err, c.msg, c.hint)
		e := err.(*Error)
		if c.key.Secret() && len(c.text) > 2 && strings.Contains(saidOf(e), c.text) || strings.Contains(saidOf(e), "hunter2") {
			t.Errorf("the secret is in %q", saidOf(e))
		}
		if strings.ContainsAny(saidOf(e), "\n\r\x00\x1b\u202e") {
			t.Errorf("a control character in %q", saidOf(e))
		}
	}
}

func TestCheckLeavesIndirectOnesUnread(t *testing.T) {
	for _, text := range []string{"env:NOT_SET", "file:not/there"} {
		if err := Check(Token, "--token", text); err != nil {
			t.Error(err)
		}
	}
	wantError(t, Check(Token, "--token", "env:a b"), "--token: env:", "")
	wantError(t, Check(Token, "--token", "file:\xff"), "--token is not UTF-8", "")
	wantError(t, Check(Mode, "--mode", "env:X"), `--mode is "env:X"`, "")
}
