// Package product is what the message push of each WeChat product may be: its
// formats and modes, how its URL is verified, the receive id in its envelopes, how
// long a server has, how often it is delivered, what a reply may be, and in which
// console the setting stands.
//
// Everything else that differs from product to product follows this one table:
//
//	rules, ok := product.Lookup(product.WeCom)
//	if why := rules.LacksMode(msgcrypt.Plain); why != nil { … }
//
// Without a product nothing is refused; see [Of] for what is assumed then.
//
// What no page states is left at its zero value, which means unknown and not none:
// nobody may print a guess. Where pages contradict each other the field says so.
//
// # Compatibility
//
// The README says what a release may change. The names of the products stay, since
// they are in people's settings. The rules follow WeChat's pages.
package product

import (
	"slices"
	"strings"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// Product names a WeChat product with a message push of its own.
type Product string

// The products.
const (
	Service      Product = "service"      // 服务号
	Subscription Product = "subscription" // 订阅号, 公众号
	MiniProgram  Product = "miniprogram"  // 小程序
	MiniGame     Product = "minigame"     // 小游戏
	Component    Product = "component"    // 第三方平台
	Shop         Product = "shop"         // 微信小店
	Website      Product = "website"      // 网站应用, and 移动应用
	WeCom        Product = "wecom"        // 企业微信, and 微信客服
)

// Names are the products in the order of the table.
func Names() []string {
	var names []string
	for _, r := range table.Get() {
		names = append(names, string(r.Product))
	}
	return names
}

// Lookup returns the rules of a product.
func Lookup(p Product) (*Rules, bool) {
	i := slices.IndexFunc(table.Get(), func(r *Rules) bool { return r.Product == p })
	if i < 0 {
		return nil, false
	}
	return table.Get()[i], true
}

// Of returns the rules that hold where no product is named: a mini program's for
// JSON, else those of a service account. They are for what is said, in which
// console a setting is, say; nothing is refused by them.
func Of(p Product, format msgcrypt.Format) *Rules {
	if r, ok := Lookup(p); ok {
		return r
	}
	p = Service
	if format == msgcrypt.JSON {
		p = MiniProgram
	}
	r, _ := Lookup(p)
	return r
}

// Verification is how a console proves that a URL is the developer's.
type Verification uint8

// The ways.
const (
	Echo          Verification = iota // a GET with signature and a plain echostr, which comes back as it is
	EncryptedEcho                     // a GET with msg_signature and an encrypted echostr, which comes back decrypted
	Ticket                            // no GET is documented: the first proof is the push of a ticket
)

// Text is something that people are told, in English and Chinese.
type Text struct{ En, Zh string }

// In is the text in a language.
func (t Text) In(lang finding.Lang) string {
	if lang == finding.Chinese {
		return t.Zh
	}
	return t.En
}

// Rules are those of one product.
type Rules struct {
	Product Product
	Title   Text

	Formats []msgcrypt.Format // the usual one first
	Modes   []msgcrypt.Mode   // likewise

	Verification Verification
	VerifyWithin time.Duration // for the answer to the GET; 0 is unknown
	AnswerWithin time.Duration // for the answer to a push; 0 is unknown
	Attempts     int           // deliveries in all when they fail; 0 is unknown

	ReceiveID Text // whose id is at the end of what is encrypted
	Passive   bool // a push may be answered by a message
	Reply     Text // what an answer may be

	Console   Text   // where the setting is
	Refused   string // what it says of a URL that answers wrongly; empty is unknown
	TimedOut  string // and of one that gives no answer in time
	Addresses Text   // which calls of the API an address list holds for; empty is unknown

	Page string // of the setting
	Read string // the day on which the pages were read
}

// Format is the format to take where none is given.
func (r *Rules) Format() msgcrypt.Format { return r.Formats[0] }

// Mode is the mode to take where none is given.
func (r *Rules) Mode() msgcrypt.Mode { return r.Modes[0] }

// Encrypted reports whether the product knows no plain mode.
func (r *Rules) Encrypted() bool { return !slices.Contains(r.Modes, msgcrypt.Plain) }

// LacksMode says that the product has no push in a mode; nil where it has.
func (r *Rules) LacksMode(m msgcrypt.Mode) *finding.Reason {
	if slices.Contains(r.Modes, m) {
		return nil
	}
	return finding.Because(reason.ProductLacksMode, "product", string(r.Product), "mode", string(m), "modes", list(r.Modes))
}

// LacksFormat says that the product has no push in a format; nil where it has.
func (r *Rules) LacksFormat(f msgcrypt.Format) *finding.Reason {
	if slices.Contains(r.Formats, f) {
		return nil
	}
	return finding.Because(reason.ProductLacksFormat, "product", string(r.Product), "format", string(f), "formats", list(r.Formats))
}

// list is values as a person reads them: safe; plain, compat or safe.
func list[T ~string](values []T) finding.Fact {
	var names []string
	for _, v := range values {
		names = append(names, string(v))
	}
	return finding.AnyOf(names)
}

// Sends reports whether the product pushes a type of package message: by its
// name and its group, and by whether mini programs get it. Of a shop no type is
// known there.
func (r *Rules) Sends(name, group string, inMiniPrograms bool) bool {
	switch r.Product {
	case MiniProgram, MiniGame:
		return inMiniPrograms
	case Component:
		return true // its own, and those of every account that it serves
	case Shop:
		return false
	case Website:
		return group == "privacy"
	case WeCom:
		return slices.Contains([]string{"text", "image", "voice", "video", "location", "link"}, name)
	}
	return group != "platform"
}

// AccountMark is what a third-party platform's URL has in the place of the AppID
// of the account that is served.
const AccountMark = "$APPID$"

// HasAccount reports whether a URL has the mark, as it is or escaped.
func HasAccount(url string) bool {
	return ForAccount(url, "") != url
}

// ForAccount puts the AppID of an account where the mark stands.
func ForAccount(url, appid string) string {
	return strings.NewReplacer(AccountMark, appid, "%24APPID%24", appid).Replace(url)
}
