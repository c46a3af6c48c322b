package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/product"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/wire"
)

// describeFindings puts findings into words.
func describeFindings(g *globals, all []finding.Finding) []findingJSON {
	out := make([]findingJSON, 0, len(all))
	for _, f := range all {
		f.Facts = f.Facts.Redact(g.known.Text) // before they are cut
		d := describe(g.Lang(), f)
		if s, ok := catalog.Where(f, string(g.product())); ok {
			d.Where = s.Lines(g.Lang())
		}
		d.Replay = g.known.Text(d.Replay) // reports are written to files too
		out = append(out, d)
	}
	return out
}

// product is the one that the settings name, empty before they are read.
func (g *globals) product() product.Product {
	if g.loaded == nil {
		return ""
	}
	return product.Product(optional(g.loaded, config.Product))
}

// labelOf is what a push is, in a few words.
func labelOf(p *push.Push) finding.Fact {
	if p.Message == nil {
		return finding.Because(reason.Bytes, "count", len(p.Plain))
	}
	for _, name := range []string{"Content", "EventKey"} {
		if v := p.Message.Get(name); v != "" {
			return finding.Because(reason.WithText, "what", p.Message.Label(), "text", finding.Quote{Text: v, Limit: 60})
		}
	}
	return p.Message.Label()
}

// printDelivery writes what was sent, each attempt, and what the user sees.
func printDelivery(w io.Writer, g *globals, d *push.Delivery) {
	p, say := g.Colors(g.env.OutTTY), g.sayer()
	from := ""
	if d.Push.OpenID != "" {
		from = say(words.DeliveryFrom, "openid", text.Line(d.Push.OpenID))
	}
	fmt.Fprintf(w, "%s%s%s%s\n", p.Bold(g.fact(g.Lang(), labelOf(d.Push))), from, say(words.CommonComma), say.mode(d.Push.Mode))
	for i, ex := range d.Exchanges {
		fmt.Fprintf(w, "  %d  %s\n", i+1, g.attemptLine(ex))
	}
	fmt.Fprintln(w)
	switch d.Seen {
	case reply.SeenReply:
		fmt.Fprintf(w, "%s\n%s\n", p.Green(say(words.DeliverySees)), indent(g.fact(g.Lang(), d.Reply), "  "))
	case reply.SeenNothing:
		printNothing(w, g, d)
	default:
		fmt.Fprintf(w, "%s\n  %s\n", p.Red(say(words.DeliverySees)), d.Fault)
		if d.Reply != nil && d.Reply.IsMessage() {
			fmt.Fprintf(w, "%s\n%s\n", say(words.DeliveryInsteadOf), indent(g.fact(g.Lang(), d.Reply), "  "))
		}
	}
}

// printNothing says why the user sees nothing.
func printNothing(w io.Writer, g *globals, d *push.Delivery) {
	p, say := g.Colors(g.env.OutTTY), g.sayer()
	switch {
	case d.Unseen != "":
		fmt.Fprintf(w, "%s\n%s\n", p.Yellow(say.named("delivery.unseen.", string(d.Unseen))), indent(g.fact(g.Lang(), d.Reply), "  "))
	case !d.OK():
		fmt.Fprintf(w, "%s\n", p.Red(say(words.DeliverySeesNoFault)))
	case d.Reply != nil && d.Reply.Type == reply.TypeEmpty && !d.Push.Message.IsEvent():
		fmt.Fprintf(w, "%s\n", p.Green(wrap(say(words.DeliverySeesEmpty), min(g.env.Width, 100), "")))
	default:
		fmt.Fprintf(w, "%s\n", p.Green(say(words.DeliverySeesNothing)))
	}
}

// attemptLine is what came of one delivery.
func (g *globals) attemptLine(ex *wire.Exchange) string {
	say := g.sayer()
	var s string
	switch {
	case ex.Err != nil:
		s = g.errorText(ex.Err)
	case ex.End == wire.EndTimeout:
		s = text.Line(ex.Response.StatusText()) + say(words.CommonComma) + say(words.DeliveryCut)
	default:
		s = text.Line(ex.Response.StatusText()) + say(words.CommonComma) + say(words.DeliveryBytes, "n", fmt.Sprint(len(ex.Response.Body)))
	}
	return s + say(words.CommonBracket, "text", shortTime(ex.Times.Total))
}

func indent(text, by string) string {
	return by + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n"+by)
}

// sendJSON is what send --json prints.
type sendJSON struct {
	outcome

	Seen       reply.Seen     `json:"seen"`
	Unseen     reply.Unseen   `json:"unseen,omitempty"` // why nobody sees the reply
	Fault      string         `json:"fault,omitempty"`
	Request    requestJSON    `json:"request"`
	Deliveries []deliveryJSON `json:"deliveries"`
	Reply      *replyJSON     `json:"reply,omitempty"`
}

type requestJSON struct {
	Line    string `json:"line"`
	Message string `json:"message"` // before any encryption
	Body    string `json:"body"`
	Mode    string `json:"mode"`
}

type deliveryJSON struct {
	Status int     `json:"status,omitempty"`
	MS     float64 `json:"ms"`
	Error  string  `json:"error,omitempty"`
}

type replyJSON struct {
	Type      string          `json:"type"`
	Text      string          `json:"text,omitempty"`
	MediaID   string          `json:"media_id,omitempty"`
	Articles  []reply.Article `json:"articles,omitempty"`
	Links     []reply.Link    `json:"links,omitempty"`
	Encrypted bool            `json:"encrypted"`
	Body      string          `json:"body"` // decrypted
}

func sendDocument(d *push.Delivery, findings []findingJSON) sendJSON {
	doc := sendJSON{
		outcome: newOutcome(d.OK(), findings...), Seen: d.Seen, Unseen: d.Unseen, Fault: d.Fault,
		Request: requestJSON{
			Line: d.Last().Request.Line(), Message: string(d.Push.Plain), Body: string(d.Push.Body), Mode: string(d.Push.Mode),
		},
	}
	for _, ex := range d.Exchanges {
		one := deliveryJSON{MS: millis(ex.Times.Total)}
		if ex.Response != nil {
			one.Status = ex.Response.Status
		}
		if ex.Err != nil {
			one.Error = ex.Err.Error()
		}
		doc.Deliveries = append(doc.Deliveries, one)
	}
	if r := d.Reply; r != nil {
		doc.Reply = &replyJSON{
			Type: r.Type, Text: r.Text(), MediaID: r.MediaID(), Articles: r.Articles(), Links: r.Links(),
			Encrypted: d.Envelope != nil, Body: string(d.Plain),
		}
	}
	return doc
}
