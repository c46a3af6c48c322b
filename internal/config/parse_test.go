package config

import (
	"strings"
	"testing"
)

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct {
		name, text, msg, hint string
	}{
		{"unknown key", "[account]\n\napp_id = \"x\"", `f:3:1: unknown key "app_id"`, "did you mean appid?"},
		{"far key", "[account]\nzzzzzz = 1", `f:2:1: unknown key "zzzzzz"`, "the keys are product, url, token"},
		{"hostile key", "[account]\n\"\\u001b[2J\" = 1", `unknown key "\x1B[2J"`, ""},
		{"endless key", "[account]\n" + strings.Repeat("k", 300) + " = 1", `… (300 bytes)`, "the keys are"},
		{"key below a key", "[account]\ntoken.x = \"y\"", `f:2:7: unknown key "x"`, ""},
		{"key of a profile", "[profile.a]\n  ulr = \"y\"", `f:2:3: unknown key "ulr"`, "did you mean url?"},
		{"column in characters", "account = {\"令牌\" = 1}", `f:1:12: unknown key "令牌"`, ""},
		{"no table", "token = \"x\"", `f:1:1: key "token" is in no table`, "[account]"},
		{"no profile name", "[profile]\ntoken = \"x\"", `f:2:1: key "token" is directly under [profile]`, "[profile.staging]"},
		{"empty profile name", "[profile.\"\"]", "f:1:10: a profile without a name", ""},
		{"unknown table", "[acount]\ntoken = \"x\"", "f:1:2: unknown table [acount]", "did you mean [account]?"},
		{"bare profile", "[staging]\n", "f:1:2: unknown table [staging]", "a profile is written [profile.staging]"},
		{"plural", "[profiles.a]\n", "unknown table [profiles.a]", "did you mean [profile.a]?"},
		{"deep table", "[profile.a.b]\n", "unknown table [profile.a.b]", "the tables are"},
		{"deep account", "[account.x]\n", "unknown table [account.x]", ""},
		{"inline below a key", "[account]\ntoken = {x = 1}", "f:2:1: unknown table [account.token]", ""},
		{"far table", "x.y.z = {}", "unknown table [x.y.z]", "the tables are"},
		{"list of tables", "[[account]]\n", "f:1:3: [[…]] is a list of tables", "one pair"},
		{"account as text", "account = \"x\"", `f:1:1: "account" is text, not a table`, "[account]"},
		{"profile as list", "profile = [1]", `"profile" is a list, not a table`, "[profile]"},

		{"number", "[account]\ntoken = 583847", "f:2:1: token is a number, not text", `token = "…"`},
		{"long number", "[account]\ntoken = 12345678901234567890", "f:2:1: token is a number, not text", `token = "…"`},
		{"float", "[account]\ntoken = 5.5", "token is a number", ""},
		{"bool", "[account]\nmode = true", "mode is true or false, not text", ""},
		{"list", "[account]\nurl = [\"a\"]", "url is a list", ""},
		{"date", "[account]\nurl = 2024-01-01", "url is a date or a time", ""},

		{"key twice", "[account]\nurl = \"a\"\n\nurl = \"b\"", "f:4:1: url is already set on line 2", "keep one"},
		{"table twice", "[account]\n[profile.a]\n[account]\n", "f:3:2: table [account] is already defined on line 1", ""},
		{"table in two ways", "account.token = \"a\"\n[account]\n", "f:2:2: this is already defined in another way", "once"},
		{"table and pairs", "[account]\n[profile.x]\n[profile]\nx = {mode = \"safe\"}", "already defined", ""},

		{"no quotes", "[account]\ntoken = hunter2secret", "f:2:9: not TOML: the value is not quoted", `token = "…"`},
		{"digits and letters", "[account]\nsecret = 12ab34cd", "the value is not quoted", `secret = "…"`},
		{"open quote", "[account]\ntoken = \"hunter2secret\nurl = \"x\"", "f:2:23: not TOML: the quote is not closed", ""},
		{"open single quote", "[account]\ntoken = 'hunter2secret", "the quote is not closed", ""},
		{"typographic quotes", "[account]\ntoken = “hunter2secret”", "typographic quotes", "plain quotes"},
		{"words behind", "[account]\ntoken = \"hunter2secret\" hunter2secret", "there is something after the quoted value", "#"},
		{"backslash", "[account]\ntoken = \"file:C:\\secret\\hunter2secret\"", "the backslash in double quotes", "'…'"},
		{"colon", "[account]\ntoken: \"hunter2secret\"", "f:2:6: not TOML: key and value are joined by =", ""},
		{"colon and =", "[account]\nurl: \"http://a/?b=hunter2secret\"", "joined by =", ""},
		{"full-width colon", "[account]\ntoken：\"hunter2secret\"", "joined by =", ""},
		{"no value", "[account]\ntoken =\n", "the key has no value", "delete the line"},
		{"bare secret", "hunter2secret\n", `neither a table nor KEY = "VALUE"`, "#"},
		{"open table", "[account\ntoken = \"hunter2secret\"", "f:1:9: not TOML: the line is not a table header", "[account]"},
		{"two on a line", "[account] token = \"hunter2secret\"", "the line is not a table header", ""},
		{"Chinese key", "[account]\n令牌 = \"hunter2secret\"", "the key has a character", "the keys are"},
		{"open block", "[account]\ntoken = \"\"\"\nhunter2secret\n", "look at the triple quotes", ""},

		{"UTF-16", "\xff\xfe[\x00a\x00", "f:1:1: the file is UTF-16", "UTF-8"},
		{"UTF-16 without a mark", "[\x00a\x00", "f:1:1: the file is UTF-16", "UTF-8"},
		{"GBK", "[account]\n# \xc1\xee\xc5\xc6\n", "f:2:3: not UTF-8; it may be GBK", "UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := parse("f", []byte(c.text))
			wantError(t, err, c.msg, c.hint)
			e := err.(*Error)
			if strings.Contains(saidOf(e), "hunter2") {
				t.Errorf("the secret is in %q", saidOf(e))
			}
			if strings.ContainsAny(saidOf(e), "\n\x1b") {
				t.Errorf("more than one line in %q", saidOf(e))
			}
		})
	}
}

func TestParseAccepts(t *testing.T) {
	for name, text := range map[string]string{
		"tables":       "[account]\nurl = \"a\"\n[profile.p]\nmode = 'safe'\n",
		"BOM":          "\uFEFF[account]\nurl = \"a\"\n[profile.p]\nmode = 'safe'\n",
		"CRLF":         "[account]\r\nurl = \"a\"\r\n[profile.p]\r\nmode = 'safe'\r\n",
		"profile head": "[profile]\n[profile.p]\nmode = 'safe'\n[account]\nurl = \"a\"\n",
		"pairs":        "account = {url = \"a\"}\nprofile = {p = {mode = \"safe\"}}\n",
		"dots":         "account.url = \"\"\"a\"\"\"\nprofile.p.mode = \"s\\u0061fe\"\n",
		"dots inside":  "[account]\nurl = \"a\"\n[profile]\np.mode = \"safe\"\n",
	} {
		f, err := parse("f", []byte(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := f.tables[""][URL].text; got != "a" {
			t.Errorf("%s: url is %q", name, got)
		}
		if got := f.tables["p"][Mode].text; got != "safe" {
			t.Errorf("%s: mode is %q", name, got)
		}
		if len(f.profiles) != 1 || f.profiles[0] != "p" {
			t.Errorf("%s: profiles are %q", name, f.profiles)
		}
	}
}

// FuzzParse: no file panics, an error names a place on one line, and an
// accepted file answers for every key in every profile.
func FuzzParse(f *testing.F) {
	f.Add([]byte(twoProfiles))
	f.Add([]byte(Render(nil, said)))
	f.Add([]byte("account = {token = \"env:X\"}\nprofile.\"\\u001b\".url = 'http://[::1%25x]:1/?a#b'"))
	f.Add([]byte("[account]\naes_key = \"\"\"\n\\u0000\"\"\"\napi_base = \"://\"\nmode = ' '"))
	f.Add([]byte("[profile.a]\n[profile]\na.token = \"-\"\nx = [[1, {y = 2024-01-01}]]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := parse("f", data)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f:") || strings.ContainsAny(err.Error(), "\n\r\x1b") {
				t.Fatalf("error %q", err)
			}
			return
		}
		c := &Config{file: file, lookup: func(string) (string, bool) { return "\xff", true }}
		for _, name := range append(c.Profiles(), "") {
			view, err := c.InProfile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, k := range Keys() {
				if e, ok := view.source(k); ok && strings.HasPrefix(e.text, fromFile) {
					continue // a path of the fuzzer's own making must not be opened
				}
				v, err := view.Get(k)
				if err != nil && (v.Text != "" || strings.ContainsAny(err.Error(), "\n\r\x1b")) {
					t.Fatalf("%s is %q with error %q", k, v.Text, err)
				}
			}
		}
	})
}
