package main

import (
	"encoding/json"
	"fmt"

	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/jssdk"
)

// CardReport is what sign-js --card --json prints.
type CardReport struct {
	outcome

	Signature  string          `json:"signature"`
	Timestamp  string          `json:"timestamp"`
	NonceStr   string          `json:"nonce_str"`
	CardID     string          `json:"card_id,omitempty"`
	CardExt    string          `json:"card_ext,omitempty"` // for wx.addCard: JSON, as text
	ChooseCard json.RawMessage `json:"choose_card,omitempty"`
}

func (o *signJSOptions) validateCard(given func(string) bool) error {
	if err := only(given, "--card", "html", "api", "open-tag", "debug", "entry-url"); err != nil {
		return err
	}
	switch {
	case o.url != "":
		return usage(words.SignJSErrCardURL, "url", quoted(o.url))
	case o.choose && (given("code") || given("openid")):
		return usage(words.SignJSErrChoose)
	case !o.choose && (given("location-id") || given("card-type")):
		return usage(words.ErrGoesWith, "flag", hint(words.CommonAnd, "a", "--location-id", "b", "--card-type"), "with", "--choose")
	case !o.choose && o.cardID == "":
		return usage(words.SignJSErrCard)
	}
	return nil
}

// printCard prints the call of wx.addCard or wx.chooseCard.
func (o *signJSOptions) printCard(ticket string) error {
	r := CardReport{outcome: newOutcome(true), Timestamp: o.timestamp, NonceStr: o.nonce, CardID: o.cardID}
	var call string
	if o.choose {
		call = o.chooseCard(ticket, &r)
	} else {
		call = o.addCard(ticket, &r)
	}
	if o.json {
		return writeJSON(o.env.Out, r)
	}
	_, err := fmt.Fprint(o.env.Out, call)
	return err
}

func (o *signJSOptions) addCard(ticket string, r *CardReport) string {
	c := jssdk.CardExt{
		APITicket: ticket, CardID: o.cardID, Code: o.code, OpenID: o.openID, Timestamp: o.timestamp, NonceStr: o.nonce,
	}
	r.Signature, r.CardExt = c.Signature(), string(c.JSON())
	return "wx.addCard({\n  cardList: [{\n    cardId: " + jsText(o.cardID) + ",\n    cardExt: " + jsText(r.CardExt) + ",\n  }],\n});\n"
}

func (o *signJSOptions) chooseCard(ticket string, r *CardReport) string {
	c := jssdk.CardSign{
		APITicket: ticket, AppID: o.appid, LocationID: o.locationID, Timestamp: o.timestamp, NonceStr: o.nonce,
		CardID: o.cardID, CardType: o.cardType,
	}
	r.Signature = c.Signature()
	fields := [][2]string{
		{"shopId", jsText(o.locationID)},
		{"cardType", jsText(o.cardType)},
		{"cardId", jsText(o.cardID)},
		{"timestamp", o.timestamp},
		{"nonceStr", jsText(o.nonce)},
		{"signType", `"SHA1"`},
		{"cardSign", jsText(r.Signature)},
	}
	call, object := "wx.chooseCard({\n", "{"
	for i, f := range fields {
		call += "  " + f[0] + ": " + f[1] + ",\n"
		if i > 0 {
			object += ","
		}
		object += jsText(f[0]) + ":" + f[1]
	}
	r.ChooseCard = json.RawMessage(object + "}")
	return call + "});\n"
}

// jsText is s as JavaScript and JSON write it, safe inside of <script> too.
func jsText(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // text always marshals
	}
	return string(b)
}
