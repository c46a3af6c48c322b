package reply

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/finding"
)

// Problem is one thing that is wrong with a reply. These are the ids and
// variants, each with the facts that its texts may name in {braces}; a
// problem with a place has {line}, {column} and {offset} as well.
//
//	M06 quoted-success {body}
//	M06 blank-success {body}
//	M06 success-case {body}
//	M06 wrapped-success {body}
//	M06 json-success {body}
//	M06 success-as-text
//	M06 pay-ack {body}
//	M06 blank-body {length}
//	M06 word {body}
//	M06 plain-text {body}
//	M06 html {body}
//	M06 platform {body}
//
//	M07 reply-control {char}
//	M07 reply-utf8 {bytes}
//	M07 reply-cdata-end
//
//	M10 bom {count}
//	M10 blank-before {length}
//	M10 before {bytes} {length}
//	M10 after {bytes} {length}
//
//	M12 too-large {length} {limit}
//	M12 too-deep {limit}
//	M12 malformed {reason}
//	M12 truncated {reason}
//	M12 encoding {reason}
//	M12 root {body} {root}
//	M12 nested-xml
//	M12 json-string {body}
//	M12 escaped {body}
//	M12 json-reply {body}
//	M12 xml-reply
//	M12 loose-text {text}
//	M12 missing {element}
//	M12 missing-in-item {element}
//	M12 empty {element}
//	M12 case {element} {want}
//	M12 misplaced {element} {want}
//	M12 twice {count} {element}
//	M12 markup {element} {inside}
//	M12 unknown-type {msgtype}
//	M12 type-case {msgtype} {want}
//	M12 long-text {length} {limit}
//	M12 mini-content {msgtype}
//	M12 link-amp {href}
//	M12 link-open {text}
//
//	M13 empty
//	M13 blank {content}
//
//	M14 not-swapped
//	M14 wrong-to {got} {want}
//	M14 wrong-from {got} {want}
//	M14 appid {got} {want}
//	M14 empty {element}
//	M14 blanks {element} {got}
//
//	M15 missing
//	M15 not-integer {value}
//	M15 milliseconds {value}
//	M15 not-seconds {value}
//
//	M16 http-head {body}
//	M16 two-documents
//	M16 success-after
//
//	M19 printed-error {body}
//
//	M20 none
//	M20 not-a-number {count}
//	M20 count-mismatch {count} {items}
//	M20 too-many-for-message {items} {limit}
//	M20 too-many-for-event {items} {limit}
//
//	M24 milliseconds {value}
//
//	M26 rounded {got} {want}
type Problem struct {
	ID       string // of the catalogue: M12
	Variant  string // the way in which it shows, see [Rules]
	Severity finding.Severity
	Facts    map[string]string // what the placeholders of the texts stand for, fit to print
	Text     string            // one line of English, fit to print

	Offset       int // in the body, in bytes from 0; -1 if it has no place
	Line, Column int // from 1, or 0
}

// String returns the problem on one line.
func (p Problem) String() string {
	s := p.ID + " " + p.Variant + ": " + p.Text
	if p.Line > 0 {
		s += " (line " + strconv.Itoa(p.Line) + ", column " + strconv.Itoa(p.Column) + ")"
	}
	return s
}

// Rule is one of the ways in which a reply can be wrong. A catalogue that
// words them in its own way finds here what there is to word.
type Rule struct {
	ID       string
	Variant  string
	Severity finding.Severity
	Text     string   // with {placeholders}
	Facts    []string // their names; a problem with a place has line, column and offset too
}

// Rules returns every rule that [Parse] and [Check] apply.
func Rules() []Rule {
	all := make([]Rule, len(rules))
	for i, r := range rules {
		r.Facts = nil
		for _, m := range placeholder().FindAllStringSubmatch(r.Text, -1) {
			r.Facts = append(r.Facts, m[1])
		}
		slices.Sort(r.Facts)
		r.Facts = slices.Compact(r.Facts)
		all[i] = r
	}
	return all
}

var placeholder = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\{([a-z_]+)\}`)
})

type ruleID int

const (
	ruleQuotedSuccess ruleID = iota
	ruleBlankSuccess
	ruleSuccessCase
	ruleWrappedSuccess
	ruleJSONSuccess
	ruleSuccessAsText
	rulePayAck
	ruleBlankBody
	ruleWord
	rulePlainText
	ruleHTML
	rulePlatform

	ruleControl
	ruleUTF8
	ruleCDATAEnd

	ruleBOM
	ruleBlankBefore
	ruleBefore
	ruleAfter

	ruleTooLarge
	ruleTooDeep
	ruleMalformed
	ruleTruncated
	ruleEncoding
	ruleRoot
	ruleNestedXML
	ruleJSONString
	ruleEscaped
	ruleJSONReply
	ruleXMLReply
	ruleLooseText
	ruleMissing
	ruleMissingInItem
	ruleEmpty
	ruleCase
	ruleMisplaced
	ruleTwice
	ruleMarkup
	ruleUnknownType
	ruleTypeCase
	ruleLongText
	ruleMiniContent
	ruleLinkAmp
	ruleLinkOpen

	ruleNoText
	ruleBlankText

	ruleNotSwapped
	ruleWrongTo
	ruleWrongFrom
	ruleAppID
	ruleNobody
	ruleNameBlanks

	ruleNoTime
	ruleTimeNotInteger
	ruleTimeMillis
	ruleTimeNotSeconds

	ruleHTTPHead
	ruleTwoDocuments
	ruleSuccessAfter

	rulePrintedError

	ruleNoArticles
	ruleCountNotNumber
	ruleCountMismatch
	ruleManyForMessage
	ruleManyForEvent

	ruleEnvelopeMillis
	ruleRoundedID
)

var rules = [...]Rule{
	ruleQuotedSuccess:  {"M06", "quoted-success", finding.Error, "success is in quotes: {body}", nil},
	ruleBlankSuccess:   {"M06", "blank-success", finding.Warning, "there are blanks around success: {body}", nil},
	ruleSuccessCase:    {"M06", "success-case", finding.Error, "success is not in lower case: {body}", nil},
	ruleWrappedSuccess: {"M06", "wrapped-success", finding.Error, "success is wrapped in XML: {body}", nil},
	ruleJSONSuccess:    {"M06", "json-success", finding.Error, "success is wrapped in the project's JSON: {body}", nil},
	ruleSuccessAsText:  {"M06", "success-as-text", finding.Warning, "the word success is the text of a reply, so the user reads it", nil},
	rulePayAck:         {"M06", "pay-ack", finding.Error, "this is how WeChat Pay is answered: {body}", nil},
	ruleBlankBody:      {"M06", "blank-body", finding.Warning, "the body has {length} bytes, all of them blanks: no reply is zero bytes", nil},
	ruleWord:           {"M06", "word", finding.Error, "the body is {body}: no reply is zero bytes or the word success", nil},
	rulePlainText:      {"M06", "plain-text", finding.Error, "the body is neither XML nor success: {body}", nil},
	ruleHTML:           {"M06", "html", finding.Error, "the body is an HTML page: {body}", nil},
	rulePlatform:       {"M06", "platform", finding.Error, "the push of a third-party platform is answered with {body}, not with success", nil},

	ruleControl:  {"M07", "reply-control", finding.Error, "{char} in the reply: XML forbids it", nil},
	ruleUTF8:     {"M07", "reply-utf8", finding.Error, "the reply is not UTF-8: bytes {bytes}", nil},
	ruleCDATAEnd: {"M07", "reply-cdata-end", finding.Error, "]]> inside of CDATA is not split, so CDATA ends there", nil},

	ruleBOM:         {"M10", "bom", finding.Error, "{count} byte order mark(s) before the reply", nil},
	ruleBlankBefore: {"M10", "blank-before", finding.Warning, "{length} bytes of blanks before <xml>", nil},
	ruleBefore:      {"M10", "before", finding.Error, "{length} bytes before the reply: {bytes}", nil},
	ruleAfter:       {"M10", "after", finding.Error, "{length} bytes behind the reply: {bytes}", nil},

	ruleTooLarge:      {"M12", "too-large", finding.Error, "the body has {length} bytes; {limit} are read", nil},
	ruleTooDeep:       {"M12", "too-deep", finding.Error, "elements are nested deeper than {limit} levels", nil},
	ruleMalformed:     {"M12", "malformed", finding.Error, "not well-formed: {reason}", nil},
	ruleTruncated:     {"M12", "truncated", finding.Error, "cut off: {reason}", nil},
	ruleEncoding:      {"M12", "encoding", finding.Error, "not declared as UTF-8: {reason}", nil},
	ruleRoot:          {"M12", "root", finding.Error, "the root is {root}, not <xml>: {body}", nil},
	ruleNestedXML:     {"M12", "nested-xml", finding.Error, "a second <xml> stands inside the first", nil},
	ruleJSONString:    {"M12", "json-string", finding.Error, "the XML is sent as a JSON string, in quotes: {body}", nil},
	ruleEscaped:       {"M12", "escaped", finding.Error, "the XML is escaped like text in a page: {body}", nil},
	ruleJSONReply:     {"M12", "json-reply", finding.Error, "the message came in XML and the reply is JSON: {body}", nil},
	ruleXMLReply:      {"M12", "xml-reply", finding.Warning, "the message came in JSON and the reply is XML", nil},
	ruleLooseText:     {"M12", "loose-text", finding.Error, "text stands between the elements: {text}", nil},
	ruleMissing:       {"M12", "missing", finding.Error, "{element} is missing", nil},
	ruleMissingInItem: {"M12", "missing-in-item", finding.Warning, "{element} is missing", nil},
	ruleEmpty:         {"M12", "empty", finding.Error, "{element} is empty", nil},
	ruleCase:          {"M12", "case", finding.Error, "{element} should be {want}", nil},
	ruleMisplaced:     {"M12", "misplaced", finding.Error, "{element} should be {want}", nil},
	ruleTwice:         {"M12", "twice", finding.Warning, "{element} stands {count} times", nil},
	ruleMarkup:        {"M12", "markup", finding.Error, "{element} has the element {inside} in it: text with < must be in CDATA", nil},
	ruleUnknownType:   {"M12", "unknown-type", finding.Error, "there is no reply of MsgType {msgtype}", nil},
	ruleTypeCase:      {"M12", "type-case", finding.Error, "MsgType {msgtype} should be {want}", nil},
	ruleLongText:      {"M12", "long-text", finding.Warning, "Content has {length} bytes; over {limit} it is said to fail or to be cut", nil},
	ruleMiniContent:   {"M12", "mini-content", finding.Warning, "mini programs show no reply of MsgType {msgtype}: answer success and use the customer service API", nil},
	ruleLinkAmp:       {"M12", "link-amp", finding.Warning, "the link {href} has &amp; for &: in CDATA nothing is escaped", nil},
	ruleLinkOpen:      {"M12", "link-open", finding.Warning, "a link is not closed: {text}", nil},

	ruleNoText:    {"M13", "empty", finding.Error, "Content is empty", nil},
	ruleBlankText: {"M13", "blank", finding.Error, "Content is only blanks: {content}", nil},

	ruleNotSwapped: {"M14", "not-swapped", finding.Error, "ToUserName and FromUserName are the message's own: they must change places", nil},
	ruleWrongTo:    {"M14", "wrong-to", finding.Error, "ToUserName is {got}, not the sender {want}", nil},
	ruleWrongFrom:  {"M14", "wrong-from", finding.Error, "FromUserName is {got}, not the account {want}", nil},
	ruleAppID:      {"M14", "appid", finding.Error, "FromUserName is the AppID {got}, not the original id {want}", nil},
	ruleNobody:     {"M14", "empty", finding.Error, "{element} is empty", nil},
	ruleNameBlanks: {"M14", "blanks", finding.Warning, "there are blanks around {element}: {got}", nil},

	ruleNoTime:         {"M15", "missing", finding.Error, "CreateTime is missing", nil},
	ruleTimeNotInteger: {"M15", "not-integer", finding.Error, "CreateTime is {value}, not an integer", nil},
	ruleTimeMillis:     {"M15", "milliseconds", finding.Info, "CreateTime is {value}: milliseconds, not seconds", nil},
	ruleTimeNotSeconds: {"M15", "not-seconds", finding.Warning, "CreateTime is {value}: not a time of today in seconds", nil},

	ruleHTTPHead:     {"M16", "http-head", finding.Error, "the body begins with an HTTP response's head: {body}", nil},
	ruleTwoDocuments: {"M16", "two-documents", finding.Error, "a second <xml> follows the reply", nil},
	ruleSuccessAfter: {"M16", "success-after", finding.Error, "success follows the reply", nil},

	rulePrintedError: {"M19", "printed-error", finding.Error, "the body is an error that the handler printed: {body}", nil},

	ruleNoArticles:     {"M20", "none", finding.Error, "there is no Articles/item", nil},
	ruleCountNotNumber: {"M20", "not-a-number", finding.Error, "ArticleCount is {count}, not a number", nil},
	ruleCountMismatch:  {"M20", "count-mismatch", finding.Error, "ArticleCount is {count} and there are {items} articles", nil},
	ruleManyForMessage: {"M20", "too-many-for-message", finding.Warning, "{items} articles in the reply to a user's message: WeChat shows {limit}", nil},
	ruleManyForEvent:   {"M20", "too-many-for-event", finding.Warning, "{items} articles: WeChat shows {limit}", nil},

	ruleEnvelopeMillis: {"M24", "milliseconds", finding.Info, "TimeStamp of the encrypted reply is {value}: milliseconds, not seconds", nil},
	ruleRoundedID:      {"M26", "rounded", finding.Warning, "the reply has MsgId {got}; the message's is {want}: it went through a floating point number", nil},
}

// problems collects what is wrong with one body.
type problems struct {
	body  []byte
	found []Problem
}

// add reports that rule is broken at offset, which is -1 for a problem
// without a place. The facts are pairs of a name and a value fit to print.
func (p *problems) add(rule ruleID, offset int, facts ...string) {
	r := rules[rule]
	pr := Problem{ID: r.ID, Variant: r.Variant, Severity: r.Severity, Offset: offset, Facts: map[string]string{}}
	pairs := make([]string, 0, len(facts))
	for i := 0; i < len(facts); i += 2 {
		pr.Facts[facts[i]] = facts[i+1]
		pairs = append(pairs, "{"+facts[i]+"}", facts[i+1])
	}
	if offset >= 0 {
		pr.Line, pr.Column = position(p.body, offset)
		pr.Facts["line"] = strconv.Itoa(pr.Line)
		pr.Facts["column"] = strconv.Itoa(pr.Column)
		pr.Facts["offset"] = strconv.Itoa(offset)
	}
	pr.Text = strings.NewReplacer(pairs...).Replace(r.Text)
	p.found = append(p.found, pr)
}

// shown makes a value from a body fit to print.
func shown[T string | []byte](v T) string { return text.Quote([]byte(v), 80) }
