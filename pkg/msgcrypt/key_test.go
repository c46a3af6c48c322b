package msgcrypt_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

const goodKey = "wxdevwxdevwxdevwxdevwxdevwxdevwxdevwxdevwxd"

func TestParseKey(t *testing.T) {
	for _, test := range []struct{ name, key, want, hint string }{
		{"canonical", strings.Repeat("A", 43), "", ""},
		{"bits that do not count", goodKey, "", ""},
		{"empty", "", "has 0 characters, not 43", "plain mode needs none"},
		{"one short", goodKey[1:], "has 42 characters, not 43", "copy it again"},
		{"one long", goodKey + "A", "has 44 characters, not 43", "copy it again"},
		{"with its =", goodKey + "=", "has 44 characters, not 43", `leave out the "="`},
		{"line end", goodKey + "\n", "has 44 characters, not 43", "line break around it"},
		{"AppSecret", "0123456789abcdef0123456789abcdef", "has 32 characters, not 43", "mixed up"},
		{"plus", "+" + goodKey[1:], "character 1 of the EncodingAESKey is a base64 symbol", ""},
		{"underscore", goodKey[:42] + "_", "character 43 of the EncodingAESKey is a base64 symbol", ""},
		{"= inside", goodKey[:42] + "=", `character 43 of the EncodingAESKey is a "="`, ""},
		{"blank", goodKey[:20] + " " + goodKey[21:], "character 21 of the EncodingAESKey is a space", ""},
		{"control", goodKey[:20] + "\x1b" + goodKey[21:], "character 21 of the EncodingAESKey is a control character", ""},
		{"dot", goodKey[:20] + "." + goodKey[21:], "character 21 of the EncodingAESKey is a punctuation mark", ""},
		{"Chinese", "中" + goodKey[1:], "character 1 of the EncodingAESKey is not ASCII", ""},
		{"after Chinese", "中" + goodKey[2:] + "中", "character 1 of", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			key, err := msgcrypt.ParseKey(test.key)
			if test.want == "" {
				if err != nil {
					t.Fatalf("refused: %v", err)
				}
				return
			}
			var e *msgcrypt.Error
			if !errors.As(err, &e) || e.Class != msgcrypt.ClassKey {
				t.Fatalf("ParseKey = %v, %v", key, err)
			}
			if !strings.Contains(e.Error(), test.want) || !strings.Contains(e.HintIn(finding.English), test.hint) {
				t.Errorf("error %q, hint %q", e.Error(), e.HintIn(finding.English))
			}
			if text := fmt.Sprintf("%+v %+v", *e, *e.Reason); len(test.key) > 8 && strings.Contains(text, test.key[2:10]) {
				t.Errorf("the error holds a part of the key: %s", text)
			}
		})
	}
}

func TestKeyIsHidden(t *testing.T) {
	key := mustKey(t, goodKey)
	codec := msgcrypt.New(key, "wx0123456789abcdef")
	holder := struct {
		Key    msgcrypt.Key
		hidden msgcrypt.Key
		codec  *msgcrypt.Codec
	}{key, key, codec}
	asJSON, err := json.Marshal(holder)
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{key.String(), string(asJSON)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, v := range []any{key, &key, holder, &holder, codec, *codec, []msgcrypt.Key{key}} {
			texts = append(texts, fmt.Sprintf(verb, v))
		}
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("start", "key", key, "codec", codec)
	texts = append(texts, log.String())
	// The key begins with the bytes c3 17 5e: in decimal, hex and text.
	for _, text := range texts {
		for _, part := range []string{"wxdevwxdev", "195 23 94", "195, 23, 94", "0xc3, 0x17", "c3175e", "C3175E", `\xc3\x17^`} {
			if strings.Contains(text, part) {
				t.Errorf("the key is in %q", text)
			}
		}
	}
}

func TestKeyEqual(t *testing.T) {
	a, b := mustKey(t, strings.Repeat("A", 43)), mustKey(t, strings.Repeat("A", 42)+"B")
	if !a.Equal(b) {
		t.Error("keys that differ only in the bits that do not count are not equal")
	}
	if a.Equal(mustKey(t, goodKey)) || a.Equal(msgcrypt.Key{}) || (msgcrypt.Key{}).Equal(a) {
		t.Error("different keys are equal")
	}
	if !(msgcrypt.Key{}).Equal(msgcrypt.Key{}) {
		t.Error("no key is not equal to no key")
	}
}

func TestZeroKey(t *testing.T) {
	if got := (msgcrypt.Key{}).String(); got != "msgcrypt.Key(none)" {
		t.Errorf("String = %q", got)
	}
	for name, use := range map[string]func(){
		"New":     func() { msgcrypt.New(msgcrypt.Key{}, "wx0123456789abcdef") },
		"Decrypt": func() { _, _ = msgcrypt.Key{}.Decrypt("AAAA") },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("the zero Key was used as a key")
				}
			}()
			use()
		})
	}
}
