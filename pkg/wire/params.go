package wire

import "strings"

// The parameters of WeChat's two requests, in the order in which it writes
// them, for [JoinQuery].

// VerificationParams are those of the GET when the server's URL is saved.
func VerificationParams(signature, echostr, timestamp, nonce string) [][2]string {
	return [][2]string{{"signature", signature}, {"echostr", echostr}, {"timestamp", timestamp}, {"nonce", nonce}}
}

// PushParams are those of a message's POST, without those that are empty: a
// platform's push has no openid, a message that is not encrypted no
// msgSignature, and a forged one no signature.
func PushParams(signature, timestamp, nonce, openid, msgSignature string) [][2]string {
	params := make([][2]string, 0, 6)
	for _, p := range [][2]string{{"signature", signature}, {"timestamp", timestamp}, {"nonce", nonce}, {"openid", openid}} {
		if p[1] != "" {
			params = append(params, p)
		}
	}
	if msgSignature != "" {
		params = append(params, [2]string{"encrypt_type", "aes"}, [2]string{"msg_signature", msgSignature})
	}
	return params
}

// WeComParams are those of WeCom's GET, which has an echostr, and of its POST:
// there is no other signature, no openid and no encrypt_type. What is empty is left
// out.
func WeComParams(msgSignature, timestamp, nonce, echostr string) [][2]string {
	params := make([][2]string, 0, 4)
	for _, p := range [][2]string{{"msg_signature", msgSignature}, {"timestamp", timestamp}, {"nonce", nonce}, {"echostr", echostr}} {
		if p[1] != "" {
			params = append(params, p)
		}
	}
	return params
}

// WithoutParams is a URL, or the target of a request, without the parameters
// that WeChat adds: those of somebody's own stay as they are written.
func WithoutParams(rawURL string) string {
	base, query, _ := strings.Cut(rawURL, "?")
	sep := "?"
	for param := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(param, "=")
		switch name {
		case "", "signature", "echostr", "timestamp", "nonce", "openid", "encrypt_type", "msg_signature":
			continue
		}
		base += sep + param
		sep = "&"
	}
	return base
}
