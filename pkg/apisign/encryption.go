package apisign

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"slices"
	"unicode/utf8"

	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// opened is an envelope that could be decrypted, and with what.
type opened struct {
	key, iv, data reading
	plaintext     []byte
	mode          string // other than GCM
}

// reading is one way to read a value; variant is empty for the right one.
type reading struct {
	variant string
	value   []byte
}

// encryption judges the envelope, opens it where the key is known, and judges
// what is inside.
func (e *explainer) encryption() []Mistake {
	if e.env == nil {
		return nil
	}
	shape := e.shape()
	if e.k.Symmetric == "" {
		e.out.notChecked(reason.APINoSymmetricKey)
		return looksLikeCBC(*e.env, shape)
	}
	o, ok := e.decrypt()
	if !ok {
		return append(looksLikeCBC(*e.env, shape), mistake(false, "E10", "other-key", "number", e.k.SymmetricSN))
	}
	e.plaintext, e.out.Plaintext = o.plaintext, o.plaintext
	if o.mode != "" {
		shape = slices.DeleteFunc(shape, func(m Mistake) bool { return m.ID == "E06" })
		return append(append(shape, mistake(true, "E09", "mode", "mode", o.mode)), e.inside()...)
	}
	list := shape
	has := func(id string) bool { return slices.ContainsFunc(shape, func(m Mistake) bool { return m.ID == id }) }
	if o.key.variant != "" {
		list = append(list, mistake(true, "E05", o.key.variant, "n", len(o.key.value)))
	}
	if o.iv.variant != "" && !has("E06") {
		list = append(list, mistake(true, "E06", o.iv.variant, "n", len(o.iv.value)))
	}
	if o.data.variant != "" && !has("E07") {
		list = append(list, mistake(true, "E07", o.data.variant, "n", len(o.data.value)))
	}
	list = append(list, e.additional(o)...)
	return append(list, e.inside()...)
}

// shape is what can be seen without a key.
func (e *explainer) shape() []Mistake {
	var list []Mistake
	strict := base64.StdEncoding.Strict()
	if iv, err := strict.DecodeString(e.env.IV); err != nil {
		list = append(list, mistake(true, "E06", "encoding", "n", len(e.env.IV)))
	} else if len(iv) != ivSize {
		list = append(list, mistake(true, "E06", "length", "n", len(iv)))
	}
	if _, err := strict.DecodeString(e.env.Data); err != nil {
		list = append(list, mistake(true, "E07", "encoding", "field", "data"))
	}
	tag, err := strict.DecodeString(e.env.Tag)
	switch {
	case e.env.Tag == "":
		list = append(list, mistake(true, "E07", "missing"))
	case err != nil:
		list = append(list, mistake(true, "E07", "encoding", "field", "authtag"))
	case len(tag) != tagSize:
		list = append(list, mistake(true, "E07", "short", "n", len(tag)))
	}
	return list
}

// looksLikeCBC takes an iv of a block without a tag for what it nearly always
// is.
func looksLikeCBC(env envelope, shape []Mistake) []Mistake {
	iv, _ := base64.StdEncoding.DecodeString(env.IV)
	data, _ := base64.StdEncoding.DecodeString(env.Data)
	if len(iv) != aes.BlockSize || env.Tag != "" || len(data) == 0 || len(data)%aes.BlockSize != 0 {
		return shape
	}
	shape = slices.DeleteFunc(shape, func(m Mistake) bool { return m.ID == "E06" })
	return append(shape, mistake(false, "E09", "looks"))
}

// decrypt tries the forms of key, iv and data. GCM without its tag is a
// counter: JSON at the end of it proves all three.
func (e *explainer) decrypt() (*opened, bool) {
	keys, ivs, datas := keyForms(e.k.Symmetric), ivForms(e.env.IV), dataForms(e.env.Data)
	for _, key := range keys {
		block, err := aes.NewCipher(key.value)
		if err != nil {
			continue
		}
		for _, iv := range ivs {
			gcm, err := cipher.NewGCMWithNonceSize(block, max(1, len(iv.value)))
			if err != nil || len(iv.value) == 0 {
				continue
			}
			first := gcm.Seal(nil, iv.value, make([]byte, aes.BlockSize), nil)[:aes.BlockSize]
			for _, data := range datas {
				n := min(len(data.value), aes.BlockSize)
				if !opensText(xored(first, data.value[:n]), len(data.value)) {
					continue
				}
				stream := gcm.Seal(nil, iv.value, make([]byte, len(data.value)), nil)
				if p := xored(stream, data.value); looksPlain(p) {
					return &opened{key: key, iv: iv, data: data, plaintext: p}, true
				}
			}
		}
	}
	return otherModes(keys, e.env, datas)
}

func xored(stream, data []byte) []byte {
	out := make([]byte, len(data))
	for i := range data {
		out[i] = data[i] ^ stream[i]
	}
	return out
}

// looksPlain reports whether it is no chance that these bytes are text.
func looksPlain(p []byte) bool {
	if len(p) >= 2 && (p[0] == '{' || p[0] == '[' || p[0] == '"' || len(p) > 6) && json.Valid(p) {
		return true
	}
	if len(p) < 16 || !utf8.Valid(p) {
		return false
	}
	return !bytes.ContainsFunc(p, func(r rune) bool { return r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7f })
}
