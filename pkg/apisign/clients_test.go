package apisign

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/internal/stacks"
)

// run runs a program with an object as its argument.
func run(t *testing.T, in map[string]any, program ...string) string {
	t.Helper()
	arg, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program[0], append(program[1:], string(arg))...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", program, err, stderr.String())
	}
	return string(out)
}

// TestOtherLanguages: each mistake, made by a client in another language, is
// named; and the same client without it is right.
func TestOtherLanguages(t *testing.T) {
	v, k := readVectors(t)
	keys := map[string]any{
		"appid": k.AppID, "component": v.Keys.Component, "symmetric": k.Symmetric, "symmetric_sn": k.SymmetricSN,
		"private_key": v.Keys.App.Private, "private_sn": k.AsymmetricSN,
	}
	const address = pageURL + "?access_token=ACCESS_TOKEN"
	for _, lang := range []struct {
		need     []string
		program  []string
		mistakes string
	}{
		{[]string{"node"}, []string{"node", "testdata/clients/client.mjs"}, "S01,S02,S03,S04,S05,S06,S07,S08,S10,S11,S13,S14,S15,S16,S17,S18,E01,E02,E03,E05,E06,E07,E08,E09,E10,E11,E12,E13"},
		{[]string{"php"}, []string{"php", "testdata/clients/client.php"}, "S01,S02,S03,S04,S05,S06,S07,S08,S09,S10,S13,S17,E05,E05 twice,E06,E07,E07 short,E08,E08 number,E11"},
		{[]string{"python", "openssl"}, []string{"python3", "testdata/clients/client.py"}, "S03,S04,S05,S07,S08,S09,S10,S13,S15,S17,S04 S17,S07 S03"},
	} {
		t.Run(lang.program[0], func(t *testing.T) {
			stacks.Need(t, lang.need...)
			t.Parallel()
			for mistake := range strings.SplitSeq("right,"+lang.mistakes, ",") {
				in := map[string]any{"mistake": mistake, "keys": keys, "url": address, "timestamp": now.Unix(), "params": map[string]any{"openid": "oA/1", "scene": 0}}
				if lang.program[0] == "python3" {
					in["body"] = sealedBody(t)
				}
				c, err := Read(run(t, in, lang.program...), nil)
				if err != nil {
					t.Errorf("%s: %v", mistake, err)
					continue
				}
				c.Request.At = now
				x := Explain(c.Request, k)
				said(t, x.Mistakes...)
				var want []string
				for word := range strings.FieldsSeq(mistake) {
					if len(word) == 3 {
						want = append(want, word)
					}
				}
				if mistake == "E09" {
					want = []string{"E07", "E09"} // which has no tag
				}
				if got := ids(x.Mistakes); !slices.Equal(got, want) {
					t.Errorf("%s: %v, want %v", mistake, got, want)
				}
				if _, refused := k.Verify(c.Request, Rules{}, now); (refused == nil) != (mistake == "right" || mistake == "E13") {
					t.Errorf("%s: refused: %v", mistake, refused)
				}
			}
		})
	}
}

func sealedBody(t *testing.T) string {
	t.Helper()
	k := testKeys(t)
	s, err := k.Seal(pageURL, []byte(`{"openid":"oA"}`), now, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return string(s.Body)
}

// TestOthersVerify: what is made here is right for Node's crypto and for
// openssl, a call as well as an answer.
func TestOthersVerify(t *testing.T) {
	stacks.Need(t, "node", "openssl")
	k := testKeys(t)
	sealed, err := k.Seal(pageURL, []byte(`{"openid":"oA"}`), now, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := k.SealAnswer(pageURL, []byte(`{"errcode":0}`), now, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range []*Sealed{sealed, answer} {
		key := k.public()
		if s == answer {
			key = k.Certificates[0].Public
		}
		public, err := PublicPEM(key)
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			OK    bool
			Plain string
		}
		out := run(t, map[string]any{"body": string(s.Body), "header": s.Header, "url": pageURL, "public_key": public, "symmetric": k.Symmetric, "symmetric_sn": k.SymmetricSN}, "node", "testdata/clients/verify.mjs")
		if err := json.Unmarshal([]byte(out), &got); err != nil || !got.OK || got.Plain != string(s.Plaintext) {
			t.Errorf("%d: Node: %s", i, out)
		}
		dir := t.TempDir()
		signature, _ := base64.StdEncoding.DecodeString(header(s.Header, HeaderSignature))
		for name, content := range map[string][]byte{"key": []byte(public), "sig": signature, "text": s.StringToSign} {
			if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.Command("openssl", "dgst", "-sha256", "-verify", "key", "-signature", "sig", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32", "text")
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "Verified OK") {
			t.Errorf("%d: openssl: %s", i, out)
		}
	}
}

// TestOpenSSLSigns: the command line's own mistakes: no padding named, and no
// length of the salt.
func TestOpenSSLSigns(t *testing.T) {
	stacks.Need(t, "openssl")
	v, k := readVectors(t)
	dir := t.TempDir()
	body := sealedBody(t)
	for name, text := range map[string]string{"key": v.Keys.App.Private, "text": string(StringToSign(pageURL, k.AppID, "1767225600", []byte(body)))} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for want, options := range map[string][]string{
		"S07": nil, "S08": {"-sigopt", "rsa_padding_mode:pss"},
		"S09": {"-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32", "-sigopt", "rsa_mgf1_md:sha1"},
		"":    {"-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"},
	} {
		cmd := exec.Command("openssl", append(append([]string{"dgst", "-sha256", "-sign", "key"}, options...), "text")...)
		cmd.Dir = dir
		signature, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		r := pageCall()
		r.Body, r.At = []byte(body), now
		r.Header = headerOf(map[string]string{HeaderAppID: k.AppID, HeaderTimestamp: "1767225600", HeaderSignature: base64.StdEncoding.EncodeToString(signature)})
		if got := strings.Join(ids(Explain(r, k).Mistakes), " "); got != want {
			t.Errorf("%v: %q, want %q", options, got, want)
		}
	}
}
