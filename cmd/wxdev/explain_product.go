package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/product"
)

// productJSON is what --json prints of a product.
type productJSON struct {
	Name         string   `json:"name"`
	Title        string   `json:"title"`
	Console      string   `json:"console"` // where the setting is
	Formats      []string `json:"formats"` // the usual one first
	Modes        []string `json:"modes"`   // likewise
	ReceiveID    string   `json:"receive_id"`
	Reply        string   `json:"reply"`
	VerifyMS     int64    `json:"verify_ms,omitempty"` // how long it waits for the answer to the verification; none is unknown
	AnswerMS     int64    `json:"answer_ms,omitempty"` // and for that to a push
	Attempts     int      `json:"attempts,omitempty"`  // deliveries in all
	Refused      string   `json:"refused,omitempty"`   // what the console says of a wrong answer
	TimedOut     string   `json:"timed_out,omitempty"` // and of none
	AddressLists string   `json:"addresses,omitempty"` // which calls of the API the address list holds for
	Page         string   `json:"page"`
	Read         string   `json:"read"`
}

// namedProduct is the product that the words name, as people call it.
func namedProduct(what []string) (*product.Rules, bool) {
	if len(what) != 1 {
		return nil, false
	}
	if _, err := strconv.Atoi(what[0]); err == nil {
		return nil, false // an errcode, and no place in the list of init
	}
	return product.Lookup(product.Product(config.Meant(config.Product, what[0])))
}

func texts[T ~string](list []T) []string {
	var all []string
	for _, v := range list {
		all = append(all, string(v))
	}
	return all
}

// product explains the rules of one.
func (o *explainOptions) product(r *product.Rules) error {
	lang := o.Lang()
	doc := productJSON{
		Name: string(r.Product), Title: r.Title.In(lang), Console: r.Console.In(lang), Formats: texts(r.Formats), Modes: texts(r.Modes),
		ReceiveID: r.ReceiveID.In(lang), Reply: r.Reply.In(lang), VerifyMS: r.VerifyWithin.Milliseconds(), AnswerMS: r.AnswerWithin.Milliseconds(),
		Attempts: r.Attempts, Refused: r.Refused, TimedOut: r.TimedOut, AddressLists: r.Addresses.In(lang), Page: r.Page, Read: r.Read,
	}
	if o.json {
		return writeJSON(o.env.Out, explainJSON{outcome: newOutcome(true), Best: doc.Name, Findings: []entryJSON{}, Products: []productJSON{doc}})
	}
	say, p := o.sayer(), o.Colors(o.env.OutTTY)
	fmt.Fprintf(o.env.Out, "%s  %s\n\n", p.Bold(doc.Name), p.Bold(doc.Title))
	verification := map[product.Verification]words.ID{
		product.Echo: words.ExplainProductEcho, product.EncryptedEcho: words.ExplainProductSealed, product.Ticket: words.ExplainProductTicket,
	}[r.Verification]
	unknown := say(words.ExplainProductUnknown)
	within, attempts := unknown, unknown
	if r.AnswerWithin > 0 {
		within = finding.Duration(r.AnswerWithin).In(lang)
	}
	if r.Attempts > 0 {
		attempts = strconv.Itoa(r.Attempts)
	}
	said := strings.Trim(doc.Refused+" | "+doc.TimedOut, " |")
	if doc.Refused == doc.TimedOut {
		said = doc.Refused
	}
	rows := [][2]string{
		{say(words.ExplainProductConsole), doc.Console},
		{say(words.ExplainProductSays), said},
		{say(words.ExplainProductVerification), say(verification)},
		{say(words.ExplainProductModes), strings.Join(doc.Modes, ", ")},
		{say(words.ExplainProductFormats), strings.Join(doc.Formats, ", ")},
		{say(words.ExplainProductReceiver), doc.ReceiveID},
		{say(words.ExplainProductReply), doc.Reply},
		{say(words.ExplainProductWithin), within},
		{say(words.ExplainProductAttempts), attempts},
		{say(words.ExplainProductAddresses), doc.AddressLists},
	}
	width := 0
	for _, row := range rows {
		width = max(width, columns(row[0]))
	}
	for _, row := range rows {
		value := row[1]
		if value == "" {
			value = unknown
		}
		under := strings.Repeat(" ", width+4)
		fmt.Fprintf(o.env.Out, "  %s%s%s\n", row[0], padColumn(row[0], width), wrap(value, min(o.env.Width, 100)-len(under), under))
	}
	o.links(say(words.ExplainSource, "day", r.Read), []string{r.Page})
	return nil
}
