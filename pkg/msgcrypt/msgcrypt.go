// Package msgcrypt is the AES envelope that WeChat puts around messages in
// the safe and the compatible mode, in both directions.
//
// [ParseKey] reads an EncodingAESKey and [New] makes a [Codec] of it and the
// account's AppID. A server then has, for every push:
//
//	env, err := msgcrypt.ParseEnvelope(body)          // XML or JSON
//	ok := signature.Equal(given, signature.Message(token, timestamp, nonce, env.Encrypt))
//	plain, err := codec.Decrypt(env.Encrypt)          // plain.Msg is the message
//
// and for its reply:
//
//	encrypt, err := codec.Encrypt(reply, rand.Reader)
//	body := msgcrypt.NewReply(token, timestamp, nonce, encrypt).Body()
//
// Whoever plays WeChat's part writes an [Envelope] and reads with
// [ParseReply]. A failure is an [*Error] whose Class tells the kinds apart and
// whose Hint says what usually causes it; what WeChat would let pass, but is
// worth knowing, is in Warnings.
//
// What is encrypted is
//
//	random(16) | length of msg (4, big-endian) | msg | AppID
//
// padded to a multiple of 32 bytes, with AES-256-CBC; the key's first half is
// the IV. The rules are on
// https://developers.weixin.qq.com/doc/oplatform/developers/dev/push/encryption.md.
// The package neither signs requests, see package signature, nor knows what a
// message says. It does not compare timestamps.
//
// # Compatibility
//
// The README says what a release may change. Programs tell failures apart by
// [Class]; reasons and hints are worded for people.
package msgcrypt

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"io"
	"math"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

const (
	// padBlock is what WeChat pads to: twice the block of AES, so that the
	// padding may be 32 bytes long and common AES libraries cannot remove it.
	padBlock = 32

	randomSize = 16
	lengthSize = 4
	headSize   = randomSize + lengthSize
)

// Codec encrypts and decrypts for one account. It may be used by several
// goroutines at once.
type Codec struct {
	key   Key
	appID string
}

// New returns a Codec. The appID is the one that comes after each message:
// the account's own, or a third-party platform's component AppID. It panics
// when key is not from [ParseKey].
func New(key Key, appID string) *Codec {
	key.check()
	return &Codec{key: key, appID: appID}
}

// WithAppID returns a Codec with the same key and another AppID.
func (c *Codec) WithAppID(appID string) *Codec { return &Codec{key: c.key, appID: appID} }

// AppID returns the AppID that the Codec was made with.
func (c *Codec) AppID() string { return c.appID }

// Encrypt returns msg as the text of an Encrypt element, after 16 random
// characters. It takes 8 bytes from random, which is crypto/rand's Reader
// except in tests.
func (c *Codec) Encrypt(msg []byte, random io.Reader) (string, error) {
	prefix, err := newPrefix(random)
	if err != nil {
		return "", err
	}
	return c.EncryptWith(prefix, msg)
}

// EncryptWith is Encrypt with a prefix that is known: the result is always
// the same. It fails only for a message whose length does not fit 4 bytes.
func (c *Codec) EncryptWith(prefix [16]byte, msg []byte) (string, error) {
	if uint64(len(msg)) > math.MaxUint32 {
		return "", finding.Because(reason.EncryptTooLong, "count", len(msg))
	}
	size := headSize + len(msg) + len(c.appID)
	pad := padBlock - size%padBlock
	buf := make([]byte, headSize, size+pad)
	copy(buf, prefix[:])
	binary.BigEndian.PutUint32(buf[randomSize:], uint32(len(msg)))
	buf = append(buf, msg...)
	buf = append(buf, c.appID...)
	for range pad {
		buf = append(buf, byte(pad))
	}
	m := c.key.mat()
	cipher.NewCBCEncrypter(m.block, m.iv()).CryptBlocks(buf, buf)
	return base64.StdEncoding.EncodeToString(buf), nil
}

// firstTries bounds EncryptFirst. One character in 64 is wanted at the
// least, so that this many tries miss it once in 10^28.
const firstTries = 4096

// EncryptFirst is Encrypt, with a prefix chosen so that want holds for the
// first character of the result: an upper-case letter, a lower-case letter, a
// digit, + or /. With it a program finds out how a server sorts the values
// of msg_signature: one that ignores case fails for some of them only.
func (c *Codec) EncryptFirst(msg []byte, random io.Reader, want func(first byte) bool) (string, error) {
	m := c.key.mat()
	iv := m.iv()
	for range firstTries {
		prefix, err := newPrefix(random)
		if err != nil {
			return "", err
		}
		// The prefix is the first block of AES, so it alone decides.
		var block [aes.BlockSize]byte
		for i := range block {
			block[i] = prefix[i] ^ iv[i]
		}
		m.block.Encrypt(block[:], block[:])
		var text [4]byte
		base64.StdEncoding.Encode(text[:], block[:3])
		if want(text[0]) {
			return c.EncryptWith(prefix, msg)
		}
	}
	return "", finding.Because(reason.EncryptNoPrefix)
}

// newPrefix returns 16 lower-case hex characters: what WeChat's own look
// like, though any bytes are allowed.
func newPrefix(random io.Reader) (prefix [randomSize]byte, err error) {
	var raw [randomSize / 2]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return prefix, finding.Because(reason.EncryptNoRandom, "error", err)
	}
	hex.Encode(prefix[:], raw[:])
	return prefix, nil
}
