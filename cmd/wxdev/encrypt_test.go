package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/spf13/cobra"
)

// cryptEnv is an Env whose time and random bytes are always the same, with
// an account of which V29 of the vectors was made.
func cryptEnv(stdin string) (env *Env, out, errs *bytes.Buffer) {
	out, errs = new(bytes.Buffer), new(bytes.Buffer)
	account := map[string]string{
		"WXDEV_TOKEN": "wxdevtoken", "WXDEV_APPID": "wx0123456789abcdef", "WXDEV_AES_KEY": "wxdevwxdevwxdevwxdevwxdevwxdevwxdevwxdevwxd",
	}
	return &Env{
		In: strings.NewReader(stdin), Out: out, Plain: out, Err: errs, Width: 80,
		LookupEnv: func(name string) (string, bool) { v, ok := account[name]; return v, ok },
		Now:       func() time.Time { return time.Unix(1700000001, 0) },
		Rand:      strings.NewReader("\x00\x11\x22\x33\xaa\xbb\xcc\xdd0123456789"),
		Getwd:     func() (string, error) { return "", nil },
		ConfigDir: func() (string, error) { return "", errors.New("no home") },
	}, out, errs
}

func execute(build func(*globals) *cobra.Command, env *Env, args ...string) error {
	cmd := build(&globals{env: env, lang: "en", color: "auto"})
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(append([]string{}, args...)) // nil would be those of the test
	return cmd.Execute()
}

// The environment gives time and random bytes, so that a test need not.
func TestEncryptUsesEnv(t *testing.T) {
	env, out, errs := cryptEnv("")
	if err := execute(newEncrypt, env, "hello", "--envelope", "--to", "gh_0123456789ab"); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "[N5gmtE9OgalD70tRCuYOj") { // the first block is that of V29
		t.Errorf("another prefix than the environment's:\n%s", out)
	}
	if !strings.Contains(errs.String(), "&timestamp=1700000001&nonce=") {
		t.Errorf("another time than the environment's: %s", errs)
	}
}

// A body without a line end at its end is sent as it is, but does not leave
// the prompt after it.
func TestEncryptOnTerminal(t *testing.T) {
	env, out, _ := cryptEnv("")
	if err := execute(newEncrypt, env, "hello", "--reply", "--nonce", "1"); err != nil || !strings.HasSuffix(out.String(), "</xml>") {
		t.Errorf("in a pipe: %v\n%q", err, out)
	}
	env, out, _ = cryptEnv("")
	env.OutTTY = true
	if err := execute(newEncrypt, env, "hello", "--reply", "--nonce", "1"); err != nil || !strings.HasSuffix(out.String(), "</xml>\n") {
		t.Errorf("on a terminal: %v\n%q", err, out)
	}
	env, _, _ = cryptEnv("")
	env.InTTY = true
	var usage usageError
	if err := execute(newEncrypt, env); !errors.As(err, &usage) || !strings.Contains(err.Error(), "no message") {
		t.Errorf("with nothing to read: %v", err)
	}
}

func TestEncryptBadInput(t *testing.T) {
	env, out, _ := cryptEnv(strings.Repeat("x", messageLimit+1))
	if err := execute(newEncrypt, env); err == nil || !strings.Contains(err.Error(), "read stdin: it is larger than 1114112 bytes") {
		t.Errorf("too long: %v", err)
	}
	env.In = iotest.ErrReader(errors.New("the disk is gone"))
	if err := execute(newEncrypt, env, "-"); err == nil || !strings.Contains(err.Error(), "read stdin: the disk is gone") {
		t.Errorf("unreadable: %v", err)
	}
	env.Rand = iotest.ErrReader(errors.New("no entropy"))
	for _, args := range [][]string{{"hello"}, {"hello", "--reply", "--random", "00112233aabbccdd"}} {
		if err := execute(newEncrypt, env, args...); err == nil || !strings.Contains(err.Error(), "no entropy") {
			t.Errorf("%q without random bytes: %v", args, err)
		}
	}
	if out.Len() > 0 {
		t.Errorf("something is on stdout: %s", out)
	}
}
