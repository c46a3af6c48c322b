package apisign

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf8"
)

// keyForms are the ways in which the console's text becomes a key.
func keyForms(text string) []reading {
	var list []reading
	raw, err := base64.StdEncoding.DecodeString(text)
	if err == nil && len(raw) == keySize {
		list = append(list, reading{"", raw})
	}
	add := func(variant string, key []byte) {
		if n := len(key); n == 16 || n == 24 || n == 32 {
			list = append(list, reading{variant, key})
		}
	}
	cut := func(b []byte, n int) []byte {
		if len(b) < n {
			return nil
		}
		return b[:n]
	}
	twice := []byte(base64.StdEncoding.EncodeToString([]byte(text)))
	add("text", cut([]byte(text), 32))
	add("twice", cut(twice, 32))
	add("hex-text", cut([]byte(hex.EncodeToString(raw)), 32))
	if b, err := hex.DecodeString(string(raw)); err == nil {
		add("hex", b)
	}
	add("hex-text", cut(raw, 32))
	sum, textSum := sha256.Sum256(raw), sha256.Sum256([]byte(text))
	add("hashed", sum[:])
	add("hashed", textSum[:])
	add("short", cut(raw, 16))
	add("short", cut(raw, 24))
	add("text", cut([]byte(text), 16))
	add("text", cut([]byte(text), 24))
	add("twice", cut(twice, 16))
	return list
}

func ivForms(text string) []reading {
	var list []reading
	raw, err := base64.StdEncoding.DecodeString(text)
	if err == nil {
		v := ""
		if len(raw) != ivSize {
			v = "length"
		}
		list = append(list, reading{v, raw})
	}
	list = append(list, reading{"text", []byte(text)})
	if len(text) > ivSize {
		list = append(list, reading{"text", []byte(text)[:ivSize]})
	}
	if len(raw) > ivSize {
		list = append(list, reading{"length", raw[:ivSize]})
	}
	if b, err := hex.DecodeString(text); err == nil && len(b) > 0 {
		list = append(list, reading{"encoding", b})
	}
	if b, err := base64.RawURLEncoding.DecodeString(text); err == nil && len(b) > 0 {
		list = append(list, reading{"encoding", b})
	}
	if b, err := hex.DecodeString(string(raw)); err == nil && len(b) > 0 {
		list = append(list, reading{"length", b})
	}
	return append(list, reading{"text", make([]byte, ivSize)})
}

func dataForms(text string) []reading {
	var list []reading
	raw, err := base64.StdEncoding.DecodeString(text)
	if err == nil {
		list = append(list, reading{"", raw})
		if b, err := base64.StdEncoding.DecodeString(string(raw)); err == nil {
			list = append(list, reading{"twice", b})
			if len(b) > tagSize {
				list = append(list, reading{"appended", b[:len(b)-tagSize]})
			}
		}
		if b, err := hex.DecodeString(string(raw)); err == nil && len(b) > 0 {
			list = append(list, reading{"twice", b})
		}
		if len(raw) > tagSize {
			list = append(list, reading{"appended", raw[:len(raw)-tagSize]}, reading{"in-front", raw[tagSize:]})
		}
		if len(raw) > ivSize {
			list = append(list, reading{"in-front", raw[ivSize:]})
		}
		if len(raw) > ivSize+tagSize {
			list = append(list, reading{"in-front", raw[ivSize : len(raw)-tagSize]})
		}
	}
	if b, err := hex.DecodeString(text); err == nil && len(b) > 0 {
		list = append(list, reading{"encoding", b})
	}
	for _, enc := range []*base64.Encoding{base64.RawURLEncoding, base64.URLEncoding, base64.RawStdEncoding} {
		if b, err := enc.DecodeString(text); err == nil && len(b) > 0 {
			list = append(list, reading{"encoding", b})
		}
	}
	return list
}

// otherModes tries what else AES is used in.
func otherModes(keys []reading, env *envelope, datas []reading) (*opened, bool) {
	raw, _ := base64.StdEncoding.DecodeString(env.IV)
	ivs := [][]byte{raw, []byte(env.IV), make([]byte, aes.BlockSize), append(slices.Clone(raw), 0, 0, 0, 0), append(slices.Clone(raw), 0, 0, 0, 1)}
	for _, key := range keys {
		block, err := aes.NewCipher(key.value)
		if err != nil {
			continue
		}
		for _, data := range datas {
			if len(data.value) == 0 {
				continue
			}
			if n := len(data.value); n%aes.BlockSize == 0 && opensText(ecb(block, data.value[:aes.BlockSize]), n) {
				if p, ok := unpad(ecb(block, data.value)); ok {
					return &opened{key: key, data: data, plaintext: p, mode: "ECB"}, true
				}
			}
			for _, iv := range ivs {
				if len(iv) != aes.BlockSize {
					continue
				}
				for _, mode := range []string{"CBC", "CTR"} {
					if p, ok := openMode(block, mode, iv, data.value); ok {
						return &opened{key: key, data: data, plaintext: p, mode: mode}, true
					}
				}
			}
		}
	}
	return nil, false
}

// openMode decrypts in CBC or CTR. The first block tells whether all of it is
// worth the work: a body has megabytes, and there are hundreds of ways to read it.
func openMode(block cipher.Block, mode string, iv, data []byte) ([]byte, bool) {
	decrypt := func(data []byte) []byte {
		out := make([]byte, len(data))
		if mode == "CTR" {
			cipher.NewCTR(block, iv).XORKeyStream(out, data)
		} else {
			cipher.NewCBCDecrypter(block, iv).CryptBlocks(out, data)
		}
		return out
	}
	if mode == "CBC" && len(data)%aes.BlockSize != 0 || !opensText(decrypt(data[:min(len(data), aes.BlockSize)]), len(data)) {
		return nil, false
	}
	p := decrypt(data)
	if mode == "CBC" {
		return unpad(p)
	}
	return p, looksPlain(p)
}

// opensText reports whether a first block may begin the text of so many bytes:
// UTF-8 that may be cut, or JSON in any encoding. What is no longer than a block
// may be padded, and is cheap to try.
func opensText(first []byte, size int) bool {
	if size <= aes.BlockSize {
		return size > 0
	}
	if bytes.ContainsFunc(first, func(r rune) bool { return r < ' ' && r != '\t' && r != '\r' && r != '\n' }) {
		return false
	}
	if text := bytes.TrimLeft(first, " \t\r\n"); len(text) == 0 || strings.IndexByte(`{["`, text[0]) >= 0 {
		return true
	}
	for cut := range utf8.UTFMax {
		if utf8.Valid(first[:len(first)-cut]) {
			return true
		}
	}
	return false
}

func ecb(block cipher.Block, data []byte) []byte {
	if len(data)%aes.BlockSize != 0 {
		return nil
	}
	out := make([]byte, len(data))
	for i := 0; i < len(data); i += aes.BlockSize {
		block.Decrypt(out[i:], data[i:])
	}
	return out
}

// unpad drops PKCS#7, or zeros, from text.
func unpad(p []byte) ([]byte, bool) {
	if len(p) == 0 {
		return nil, false
	}
	if n := int(p[len(p)-1]); n > 0 && n <= aes.BlockSize && n <= len(p) && looksPlain(p[:len(p)-n]) {
		return p[:len(p)-n], true
	}
	t := bytes.TrimRight(p, "\x00")
	return t, looksPlain(t)
}
