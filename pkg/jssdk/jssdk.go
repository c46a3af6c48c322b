// Package jssdk makes the signatures that web pages inside WeChat need, and
// tells which known mistake made a wrong one.
//
// [NewConfig] makes what a page hands to wx.config; [Sign] is the signature
// alone. The URL to sign is the page's own, as location.href has it, without
// the fragment: [CleanURL] cuts that off and changes nothing else, and
// [Warnings] tells why no browser would report a URL that way.
//
//	c := jssdk.NewConfig(appID, ticket, jssdk.CleanURL(pageURL), nonce, timestamp, "scanQRCode")
//	fmt.Fprint(w, c.JS())
//
// "config:fail invalid signature" only says that two hashes differ. [Explain]
// takes the signature, and what it should have been made of, and applies the
// mistakes known from other people's pages: a fragment, a URL cut at its first
// &, &amp;, another ticket, a misspelt key. Those that give exactly that
// signature are the cause. [ParseConfig] reads the signature from source text
// or an API's answer, and [Config.Check] checks the other fields, too.
//
// Package devserver does both for the developer's own browser.
//
// [CardExt] and [CardSign] are the signatures of cards, made with the ticket of
// type wx_card.
//
// The rules are on
// https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/JS-SDK.html. The
// package fetches no tickets and opens no pages, and it cannot know which
// domains an account has registered or what a phone does with a function.
//
// # Compatibility
//
// The README says what a release may change. [Explain] and [Warnings] learn
// more mistakes from release to release, so the same signature may get a
// finding that it did not have before.
package jssdk

import (
	"crypto/sha1"
	"encoding/hex"
	"strings"
)

// Sign returns the signature for wx.config: the SHA-1 of [StringToSign] in
// lower-case hex. The timestamp is in seconds; the URL is taken as it is.
func Sign(ticket, noncestr, timestamp, url string) string {
	var stack [512]byte // a ticket is 86 bytes, most URLs are below 300
	return sha1Hex(appendString(stack[:0], ticket, noncestr, timestamp, url))
}

// StringToSign returns what is hashed: the four values after their names, which
// are in lower case and in order; nothing is escaped.
func StringToSign(ticket, noncestr, timestamp, url string) string {
	return string(appendString(nil, ticket, noncestr, timestamp, url))
}

func appendString(b []byte, ticket, noncestr, timestamp, url string) []byte {
	b = append(append(b, "jsapi_ticket="...), ticket...)
	b = append(append(b, "&noncestr="...), noncestr...)
	b = append(append(b, "&timestamp="...), timestamp...)
	return append(append(b, "&url="...), url...)
}

func sha1Hex(text []byte) string {
	sum := sha1.Sum(text)
	var out [2 * sha1.Size]byte
	hex.Encode(out[:], sum[:])
	return string(out[:])
}

// CleanURL returns the part of a page's URL that is signed: everything before
// the first #. Nothing else changes, since one byte of difference gives another
// signature.
func CleanURL(url string) string {
	url, _, _ = strings.Cut(url, "#")
	return url
}
