package jssdk

import (
	"cmp"
	"crypto/hmac"
	"crypto/md5" // a mistake to recognize
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/pkg/signature"
)

// nothing is what an unset variable turns into.
var nothing = []string{"", "undefined", "null", "None", "false", "NaN", "[object Object]", "[object Promise]"}

// valueChanges are other nonces and timestamps.
func (e *explainer) valueChanges(in input) []change {
	var list []change
	add := func(variant string, to input, facts ...any) {
		if to.nonce != in.nonce || to.timestamp != in.timestamp {
			list = append(list, change{id: "J09", variant: variant, facts: facts, to: to})
		}
	}
	with := func(variant, name, value string, facts ...any) {
		to := in
		if name == "nonce" {
			to.nonce = value
		} else {
			to.timestamp = value
		}
		add(variant, to, facts...)
	}
	with("milliseconds", "timestamp", otherUnit(in.timestamp))
	for _, v := range nothing {
		with("unset", "nonce", v, "name", "noncestr", "literal", shown(v))
		with("unset", "timestamp", v, "name", "timestamp", "literal", shown(v))
	}
	for _, step := range []int{-1, 1, -2, 2, -3, 3} {
		if n, err := strconv.Atoi(in.timestamp); err == nil {
			with("other-time", "timestamp", strconv.Itoa(n+step), "seconds", strconv.Itoa(step))
		}
	}
	with("number-form", "timestamp", in.timestamp+".0", "signed", shown(in.timestamp+".0"))
	with("number-form", "timestamp", `"`+in.timestamp+`"`, "signed", shown(`"`+in.timestamp+`"`))
	with("number-form", "timestamp", strings.Trim(in.timestamp, `" `), "signed", shown(strings.Trim(in.timestamp, `" `)))
	with("nonce-case", "nonce", strings.ToLower(in.nonce))
	with("nonce-case", "nonce", strings.ToUpper(in.nonce))
	with("nonce-blank", "nonce", strings.TrimSpace(in.nonce))
	with("nonce-blank", "nonce", in.nonce+"\n")
	swapped := in
	swapped.nonce, swapped.timestamp = in.timestamp, in.nonce
	add("swapped", swapped)
	return list
}

// otherUnit turns seconds into milliseconds and milliseconds into seconds.
func otherUnit(timestamp string) string {
	switch {
	case strings.Trim(timestamp, "0123456789") != "":
	case len(timestamp) == 10:
		return timestamp + "000"
	case len(timestamp) == 13:
		return timestamp[:10]
	}
	return timestamp
}

// ticketChanges are other tickets, and what happens to one in a cache.
func (e *explainer) ticketChanges(in input) []change {
	var list []change
	add := func(id, variant, ticket string, facts ...any) {
		if ticket != in.ticket {
			to := in
			to.ticket = ticket
			list = append(list, change{id: id, variant: variant, facts: facts, to: to})
		}
	}
	for _, t := range e.OtherTickets {
		id, variant := "J12", "other-account"
		switch t.Kind {
		case Stale:
			id, variant = "J02", "stale"
		case CardTicket:
			id, variant = "J16", "card"
		case AccessToken:
			id, variant = "J16", "access-token"
		case OtherAccount:
		}
		add(id, variant, t.Ticket, "name", shown(t.Name))
	}
	for _, v := range nothing {
		add("J02", "unset", v, "literal", shown(v))
	}
	t := in.ticket
	for _, altered := range []string{strings.TrimSpace(t), t + "\n", t + " ", t + "\r\n", `"` + t + `"`, strings.Trim(t, `"`), strings.ToLower(t)} {
		add("J02", "altered", altered)
	}
	if e.AppID != "" {
		add("J02", "appid", e.AppID)
	}
	return list
}

// pair is a name and its value in the string that is hashed.
type pair struct{ name, value string }

func (in input) pairs() []pair {
	return []pair{{"jsapi_ticket", in.ticket}, {"noncestr", in.nonce}, {"timestamp", in.timestamp}, {"url", in.url}}
}

func join(pairs []pair, equals, and string) string {
	parts := make([]string, len(pairs))
	for i, p := range pairs {
		parts[i] = p.name + equals + p.value
	}
	return strings.Join(parts, and)
}

// formulaChanges are other ways to make a signature of the four values.
func (e *explainer) formulaChanges(in input) []change {
	var list []change
	add := func(id, variant string, sum func(input) string, facts ...any) {
		to := in
		to.sum = sum
		list = append(list, change{id: id, variant: variant, facts: facts, to: to})
	}
	text := func(id, variant string, f func(in input) string, facts ...any) {
		add(id, variant, func(in input) string { return sha1Hex([]byte(f(in))) }, facts...)
	}
	for i, others := range spellings {
		id, want := "J18", standardNames[i]
		if i == 1 || i == 2 {
			id = "J09"
		}
		for _, name := range others {
			text(id, "key-spelling", func(in input) string {
				pairs := in.pairs()
				pairs[i].name = name
				return join(pairs, "=", "&")
			}, "used", name, "want", want)
		}
	}
	for _, order := range orders() {
		text("J18", "order", func(in input) string { return join(permuted(in.pairs(), order), "=", "&") }, "order", orderNames(order))
	}
	for i, name := range standardNames {
		text("J18", "missing", func(in input) string { return join(slices.Delete(in.pairs(), i, i+1), "=", "&") }, "name", name)
	}
	add("J18", "values-only", func(in input) string { return signature.Sum(in.ticket, in.nonce, in.timestamp, in.url) })
	text("J18", "values-only", func(in input) string { return in.ticket + in.nonce + in.timestamp + in.url })
	for _, s := range [][2]string{{"=", ""}, {"=", ","}, {"=", "&amp;"}, {"", ""}, {":", "&"}} {
		text("J18", "separator", func(in input) string { return join(in.pairs(), s[0], s[1]) }, "sample", shown("noncestr"+s[0]+"…"+s[1]+"timestamp"))
	}
	if e.AppID != "" {
		for _, name := range []string{"appId", "appid"} {
			text("J18", "appid", func(in input) string { return join(append([]pair{{name, e.AppID}}, in.pairs()...), "=", "&") }, "name", name)
		}
	}
	for _, t := range append([]Named{{Kind: CardTicket}}, e.OtherTickets...) {
		if t.Kind != CardTicket {
			continue
		}
		for _, appid := range []string{"", e.AppID} {
			add("J16", "card-signature", func(in input) string {
				return signature.Sum(cmp.Or(t.Ticket, in.ticket), in.timestamp, in.nonce, appid)
			})
		}
	}
	text("J18", "separator", func(in input) string { return join(in.pairs(), "=", "&") + "&" }, "sample", shown("url=…&")) // a loop that cuts no last one
	text("J18", "newline", func(in input) string { return join(in.pairs(), "=", "&") + "\n" })
	text("J18", "lowered", func(in input) string { return strings.ToLower(join(in.pairs(), "=", "&")) })
	add("J18", "hash", func(in input) string {
		sum := md5.Sum([]byte(join(in.pairs(), "=", "&"))) // a mistake to recognize
		return hex.EncodeToString(sum[:])
	}, "algorithm", "MD5")
	add("J18", "hash", func(in input) string {
		sum := sha256.Sum256([]byte(join(in.pairs(), "=", "&")))
		return hex.EncodeToString(sum[:])
	}, "algorithm", "SHA-256")
	add("J18", "hash", func(in input) string {
		sum := hmac.New(sha1.New, []byte(in.ticket))
		sum.Write([]byte(join(in.pairs(), "=", "&")))
		return hex.EncodeToString(sum.Sum(nil))
	}, "algorithm", "HMAC-SHA1")
	return list
}

// standardNames are the names in the string, and spellings are what they are
// called by mistake.
var (
	standardNames = [4]string{"jsapi_ticket", "noncestr", "timestamp", "url"}
	spellings     = [4][]string{
		{"jsapiTicket", "jsapiticket", "ticket", "js_ticket"},
		{"nonceStr", "nonce_str", "nonce", "noncestring"},
		{"timeStamp", "time_stamp", "timestap"},
		{"URL", "Url", "link"},
	}
)

// orders are all orders of the four pairs but the right one.
func orders() [][]int {
	var all [][]int
	for a := range 4 {
		for b := range 4 {
			for c := range 4 {
				d := 6 - a - b - c
				if a != b && a != c && b != c && (a != 0 || b != 1 || c != 2) {
					all = append(all, []int{a, b, c, d})
				}
			}
		}
	}
	return all
}

func permuted(pairs []pair, order []int) []pair {
	out := make([]pair, len(pairs))
	for i, j := range order {
		out[i] = pairs[j]
	}
	return out
}

func orderNames(order []int) string {
	names := make([]string, len(order))
	for i, j := range order {
		names[i] = standardNames[j]
	}
	return strings.Join(names, ", ")
}
