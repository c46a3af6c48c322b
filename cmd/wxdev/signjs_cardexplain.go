package main

import (
	"context"
	"strings"

	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/jssdk"
)

func (o *signJSOptions) validateCardExplain(given func(string) bool) error {
	o.explain = strings.Trim(o.explain, " \t\r\n\"'")
	if err := only(given, "--card --explain", "signing-api", "other-url"); err != nil {
		return err
	}
	switch {
	case !isSignature(o.explain):
		return usage(words.SignJSErrCardSignature)
	case o.nonce == "" || o.timestamp == "":
		return usage(words.SignJSErrNonce)
	}
	return o.validateCard(given)
}

// runCardExplain names the mistake in a card's signature.
func (o *signJSOptions) runCardExplain(ctx context.Context) error {
	others := o.otherTickets(ctx)
	ticket, err := o.validTicket(ctx)
	if err != nil {
		return err
	}
	card := jssdk.CardExt{APITicket: ticket, CardID: o.cardID, Code: o.code, OpenID: o.openID, Timestamp: o.timestamp, NonceStr: o.nonce}
	what, right, found := o.cardID, card.Signature(), jssdk.CheckCard(o.explain, card, o.appid, others)
	if o.choose {
		choice := jssdk.CardSign{
			APITicket: ticket, AppID: o.appid, LocationID: o.locationID, Timestamp: o.timestamp, NonceStr: o.nonce,
			CardID: o.cardID, CardType: o.cardType,
		}
		what, right, found = "wx.chooseCard", choice.Signature(), jssdk.CheckChoice(o.explain, choice, others)
	}
	r := jsVerdict{ExplainReport: ExplainReport{
		outcome: newOutcome(len(found) == 0), URL: what, Signature: clip(o.explain), Expected: right,
		Timestamp: clip(o.timestamp), NonceStr: clip(o.nonce), AppID: clip(o.appid),
	}, signatureOK: right == o.explain}
	for _, m := range found {
		r.Findings = append(r.Findings, o.mistake(m))
	}
	if o.json {
		err = writeJSON(o.env.Out, r.ExplainReport)
	} else {
		err = o.printVerdict(r)
	}
	if err == nil && !r.OK {
		return errNo
	}
	return err
}
