package jssdk

import (
	"crypto/md5" // a mistake to recognize
	"encoding/hex"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/wxdev/wxdev/pkg/signature"
)

// value is one of those that a card's signature is made of, by its name.
type value struct{ name, text string }

// values are what wx.addCard signs, in the order of the docs.
func (c CardExt) values() []value {
	return []value{
		{"api_ticket", c.APITicket},
		{"timestamp", c.Timestamp},
		{"card_id", c.CardID},
		{"code", c.Code},
		{"openid", c.OpenID},
		{"nonce_str", c.NonceStr},
	}
}

// values are what wx.chooseCard signs, in the order of the docs.
func (c CardSign) values() []value {
	return []value{
		{"api_ticket", c.APITicket},
		{"appid", c.AppID},
		{"location_id", c.LocationID},
		{"timestamp", c.Timestamp},
		{"nonce_str", c.NonceStr},
		{"card_id", c.CardID},
		{"card_type", c.CardType},
	}
}

// CheckCard returns the known mistakes that make exactly this signature of
// wx.addCard, J20 if none does, and nil if it is right. The AppID, which does
// not belong in it, and the other tickets may be empty.
func CheckCard(given string, c CardExt, appID string, others []Named) []Mistake {
	return checkCard(given, c.values(), []value{{"appid", appID}}, others)
}

// CheckChoice is [CheckCard] for wx.chooseCard.
func CheckChoice(given string, c CardSign, others []Named) []Mistake {
	return checkCard(given, c.values(), nil, others)
}

func checkCard(given string, values, strangers []value, others []Named) []Mistake {
	right := sumOf(values)
	var found []Mistake
	try := func(sum, id, variant string, facts ...any) {
		known := func(m Mistake) bool { return m.ID == id && m.Variant == variant }
		if sum != right && strings.EqualFold(sum, given) && !slices.ContainsFunc(found, known) {
			found = append(found, change{id: id, variant: variant, facts: facts}.mistake(sum))
		}
	}
	switch {
	case given == right:
		return nil
	case strings.EqualFold(given, right):
		return []Mistake{change{id: "J13", variant: "upper-case"}.mistake(given)}
	}
	for _, t := range others {
		id, variant := "J16", "card-other-ticket"
		if t.Kind == OtherAccount {
			id, variant = "J12", "other-account"
		}
		try(sumOf(replaced(values, "api_ticket", t.Ticket)), id, variant, "name", shown(t.Name))
	}
	for _, v := range values {
		try(sumOf(replaced(values, v.name, "")), "J18", "card-missing", "name", v.name)
		if v.name == "timestamp" {
			try(sumOf(replaced(values, v.name, otherUnit(v.text))), "J09", "milliseconds")
		}
	}
	for _, v := range strangers {
		if v.text != "" {
			try(sumOf(append(slices.Clone(values), v)), "J18", "card-extra", "name", v.name)
		}
	}
	for _, filled := range []bool{false, true} {
		try(sha1Hex([]byte(joined(values, "", "", filled))), "J18", "card-unsorted")
		try(sha1Hex([]byte(joined(values, "=", "&", filled))), "J18", "card-names")
		try(sha1Hex([]byte(joined(values, "=", "", filled))), "J18", "card-names")
	}
	ordered := slices.Clone(values)
	sort.Slice(ordered, func(i, j int) bool { return ordered[i].text < ordered[j].text })
	sum := md5.Sum([]byte(joined(ordered, "", "", false))) // a mistake to recognize
	try(hex.EncodeToString(sum[:]), "J18", "hash", "algorithm", "MD5")
	if found != nil {
		return found
	}
	m := change{id: "J20", variant: "unknown", facts: []any{"signature", shown(given)}}
	if n := utf8.RuneCountInString(given); n != 40 || strings.Trim(given, "0123456789abcdefABCDEF") != "" {
		m.variant, m.facts = "form", append(m.facts, "length", n)
	}
	return []Mistake{m.mistake("")}
}

func sumOf(values []value) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = v.text
	}
	return signature.Sum(texts...)
}

func replaced(values []value, name, text string) []value {
	other := slices.Clone(values)
	for i := range other {
		if other[i].name == name {
			other[i].text = text
		}
	}
	return other
}

// joined puts the values together as they come; without a sign between name and
// text there are no names.
func joined(values []value, equals, separator string, filled bool) string {
	var all []string
	for _, v := range values {
		switch {
		case filled && v.text == "":
		case equals == "":
			all = append(all, v.text)
		default:
			all = append(all, v.name+equals+v.text)
		}
	}
	return strings.Join(all, separator)
}
