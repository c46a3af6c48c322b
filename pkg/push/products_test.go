package push_test

import (
	"crypto/rand"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/product"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/signature"
)

// vector is a row of testdata/vectors/products.json.
type vector struct {
	ID           string `json:"id"`
	ReceiveID    string `json:"receive_id"`
	Timestamp    string `json:"timestamp"`
	Nonce        string `json:"nonce"`
	Plain        string `json:"plain"`
	Encrypt      string `json:"encrypt"`
	MsgSignature string `json:"msg_signature"`
	Body         string `json:"body"`
}

func vectors(t *testing.T) (token string, key msgcrypt.Key, list map[string]vector) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "testdata", "vectors", "products.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Token   string   `json:"token"`
		Key     string   `json:"encoding_aes_key"`
		Vectors []vector `json:"vectors"`
	}
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	if key, err = msgcrypt.ParseKey(all.Key); err != nil {
		t.Fatal(err)
	}
	list = map[string]vector{}
	for _, v := range all.Vectors {
		list[v.ID] = v
	}
	return all.Token, key, list
}

// The vectors of WeCom and of a third-party platform are opened, and signed the same.
func TestProductVectors(t *testing.T) {
	token, key, list := vectors(t)
	for id, v := range list {
		codec := msgcrypt.New(key, v.ReceiveID)
		if again, err := codec.Encrypt([]byte(v.Plain), rand.Reader); err != nil || len(again) != len(v.Encrypt) {
			t.Errorf("%s: encrypted %s, %v", id, again, err)
		}
		if sum := signature.Message(token, v.Timestamp, v.Nonce, v.Encrypt); sum != v.MsgSignature {
			t.Errorf("%s: msg_signature %s", id, sum)
		}
		plain, err := codec.Decrypt(v.Encrypt)
		if err != nil || string(plain.Msg) != v.Plain {
			t.Errorf("%s: not decrypted: %v", id, err)
		}
	}
	if len(list) != 12 {
		t.Errorf("%d vectors", len(list))
	}
}

// TestProductPushes: a push has the query and the envelope of its product.
func TestProductPushes(t *testing.T) {
	token, key, list := vectors(t)
	for id, p := range map[string]product.Product{
		"WC5": product.WeCom, "WC7": product.WeCom, "WC8": product.WeCom, "WC9": product.WeCom,
		"CP1": product.Component, "CP2": product.Component,
	} {
		v := list[id]
		seconds, err := strconv.ParseInt(v.Timestamp, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		pusher := &push.Pusher{
			URL: "http://127.0.0.1/w", Token: token, Mode: msgcrypt.Safe, Product: p, Codec: msgcrypt.New(key, v.ReceiveID),
			Now: func() time.Time { return time.Unix(seconds, 0) },
		}
		built, err := pusher.BuildBody([]byte(v.Plain), push.WithNonce(v.Nonce), push.WithEncrypt(v.Encrypt))
		if err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		if built.MsgSignature != v.MsgSignature {
			t.Errorf("%s: msg_signature %s", id, built.MsgSignature)
		}
		got, err := msgcrypt.ParseEnvelope(built.Body)
		if err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		want, err := msgcrypt.ParseEnvelope([]byte(v.Body))
		if err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		if got.Format != want.Format || got.Robot != want.Robot || got.Encrypt != want.Encrypt || got.AppID != want.AppID ||
			got.AgentID != want.AgentID || got.ToUserName != want.ToUserName {
			t.Errorf("%s: body %.200s, want %.200s", id, built.Body, v.Body)
		}
		_, query, _ := strings.Cut(built.Request(pusher.URL).URL, "?")
		var names []string
		for pair := range strings.SplitSeq(query, "&") {
			name, _, _ := strings.Cut(pair, "=")
			names = append(names, name)
		}
		all := strings.Join(names, " ")
		if p == product.WeCom && all != "msg_signature timestamp nonce" || p == product.Component && !strings.HasSuffix(all, "encrypt_type msg_signature") {
			t.Errorf("%s: the query has %s", id, all)
		}
	}
}
