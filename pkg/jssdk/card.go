package jssdk

import (
	"encoding/json"

	"github.com/wxdev/wxdev/pkg/signature"
)

// CardExt is what wx.addCard signs for each card. Code and OpenID are empty
// unless the card asks for them.
type CardExt struct {
	APITicket string // the ticket of type wx_card
	CardID    string
	Code      string
	OpenID    string
	Timestamp string
	NonceStr  string
}

// Signature returns the field signature of cardExt.
func (c CardExt) Signature() string {
	return signature.Sum(c.APITicket, c.Timestamp, c.CardID, c.Code, c.OpenID, c.NonceStr)
}

// JSON returns the text for the field cardExt of wx.addCard.
func (c CardExt) JSON() []byte {
	b, err := json.Marshal(struct {
		Code      string `json:"code,omitempty"`
		OpenID    string `json:"openid,omitempty"`
		Timestamp string `json:"timestamp"`
		NonceStr  string `json:"nonce_str,omitempty"`
		Signature string `json:"signature"`
	}{c.Code, c.OpenID, c.Timestamp, c.NonceStr, c.Signature()})
	if err != nil {
		panic(err) // strings always marshal
	}
	return b
}

// CardSign is what wx.chooseCard signs. LocationID, CardID and CardType
// narrow the choice and may be empty.
type CardSign struct {
	APITicket  string // the ticket of type wx_card
	AppID      string
	LocationID string
	Timestamp  string
	NonceStr   string
	CardID     string
	CardType   string // such as GROUPON
}

// Signature returns the field cardSign; the field signType says SHA1.
func (c CardSign) Signature() string {
	return signature.Sum(c.APITicket, c.AppID, c.LocationID, c.Timestamp, c.NonceStr, c.CardID, c.CardType)
}
