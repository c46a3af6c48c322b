package reply

import (
	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
)

// rule is one of the ways in which a reply can be wrong. The catalogue has its
// severity and its words, with the names of the facts in {braces}; a finding
// with a place also has the facts line, column and offset. These are all there
// are:
//
//	M03 plaintext {type}
//	M03 unasked
//	M03 envelope {error}
//	M03 line-breaks
//	M03 signature {error}
//	M03 request-time
//	M03 undecryptable {error}
//	M03 little-endian {error}
//	M03 no-random {error}
//	M03 no-padding {error}
//	M03 padding {error}
//	M03 double
//
//	M06 quoted-success {body}
//	M06 printed-success {body}
//	M06 blank-success {body}
//	M06 success-case {body}
//	M06 wrapped-success {body}
//	M06 json-success {body}
//	M06 success-as-text
//	M06 pay-ack {body}
//	M06 blank-body {length}
//	M06 word {body}
//	M06 plain-text {body}
//	M06 stream {body}
//	M06 html {body}
//	M06 platform {body}
//	M06 platform-empty
//	M06 platform-encrypted
//	M06 encrypted {body}
//
//	M07 reply-control {char}
//	M07 reply-utf8 {bytes}
//	M07 reply-cdata-end
//	M07 reply-lost {content} {sent}
//	M07 reply-question-marks {content}
//	M07 reply-replaced {content}
//	M07 reply-mojibake {content} {encoding}
//	M07 reply-newline {content} {escape}
//	M07 reply-unicode {content} {escape}
//	M07 reply-entity {content} {entity}
//	M07 reply-markdown {content} {mark}
//	M07 reply-error {content}
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
//	M12 wrapped {body} {root}
//	M12 printed-bytes {body}
//	M12 printed-object {body}
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
//	M22 reply-appid {got} {want}
//
//	M24 milliseconds {value}
//
//	M25 length {error}
//
//	M26 rounded {got} {want}
type rule struct {
	ID      string // of the catalogue: M12
	Variant string // the way in which it shows
}

type ruleID int

const (
	ruleNotEncrypted ruleID = iota
	ruleUnasked
	ruleEnvelope
	ruleLineBreaks
	ruleSignature
	ruleRequestTime
	ruleUndecryptable
	ruleLittleEndian
	ruleNoRandom
	ruleNoPadding
	rulePadding
	ruleDouble

	ruleQuotedSuccess
	rulePrintedSuccess
	ruleBlankSuccess
	ruleSuccessCase
	ruleWrappedSuccess
	ruleJSONSuccess
	ruleSuccessAsText
	rulePayAck
	ruleBlankBody
	ruleWord
	rulePlainText
	ruleStream
	ruleHTML
	rulePlatform
	rulePlatformEmpty
	rulePlatformEncrypted
	ruleEncryptedWord

	ruleControl
	ruleUTF8
	ruleCDATAEnd
	ruleLost
	ruleQuestionMarks
	ruleReplaced
	ruleMojibake
	ruleNewline
	ruleUnicode
	ruleEntity
	ruleMarkdown
	ruleErrorText

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
	ruleWrapped
	rulePrintedBytes
	rulePrintedObject
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

	ruleOtherAppID
	ruleEnvelopeMillis
	ruleLength
	ruleRoundedID
)

var rules = [...]rule{
	ruleNotEncrypted:  {"M03", "plaintext"},
	ruleUnasked:       {"M03", "unasked"},
	ruleEnvelope:      {"M03", "envelope"},
	ruleLineBreaks:    {"M03", "line-breaks"},
	ruleSignature:     {"M03", "signature"},
	ruleRequestTime:   {"M03", "request-time"},
	ruleUndecryptable: {"M03", "undecryptable"},
	ruleLittleEndian:  {"M03", "little-endian"},
	ruleNoRandom:      {"M03", "no-random"},
	ruleNoPadding:     {"M03", "no-padding"},
	rulePadding:       {"M03", "padding"},
	ruleDouble:        {"M03", "double"},

	ruleQuotedSuccess:     {"M06", "quoted-success"},
	rulePrintedSuccess:    {"M06", "printed-success"},
	ruleBlankSuccess:      {"M06", "blank-success"},
	ruleSuccessCase:       {"M06", "success-case"},
	ruleWrappedSuccess:    {"M06", "wrapped-success"},
	ruleJSONSuccess:       {"M06", "json-success"},
	ruleSuccessAsText:     {"M06", "success-as-text"},
	rulePayAck:            {"M06", "pay-ack"},
	ruleBlankBody:         {"M06", "blank-body"},
	ruleWord:              {"M06", "word"},
	rulePlainText:         {"M06", "plain-text"},
	ruleStream:            {"M06", "stream"},
	ruleHTML:              {"M06", "html"},
	rulePlatform:          {"M06", "platform"},
	rulePlatformEmpty:     {"M06", "platform-empty"},
	rulePlatformEncrypted: {"M06", "platform-encrypted"},
	ruleEncryptedWord:     {"M06", "encrypted"},

	ruleControl:       {"M07", "reply-control"},
	ruleUTF8:          {"M07", "reply-utf8"},
	ruleCDATAEnd:      {"M07", "reply-cdata-end"},
	ruleLost:          {"M07", "reply-lost"},
	ruleQuestionMarks: {"M07", "reply-question-marks"},
	ruleReplaced:      {"M07", "reply-replaced"},
	ruleMojibake:      {"M07", "reply-mojibake"},
	ruleNewline:       {"M07", "reply-newline"},
	ruleUnicode:       {"M07", "reply-unicode"},
	ruleEntity:        {"M07", "reply-entity"},
	ruleMarkdown:      {"M07", "reply-markdown"},
	ruleErrorText:     {"M07", "reply-error"},

	ruleBOM:         {"M10", "bom"},
	ruleBlankBefore: {"M10", "blank-before"},
	ruleBefore:      {"M10", "before"},
	ruleAfter:       {"M10", "after"},

	ruleTooLarge:      {"M12", "too-large"},
	ruleTooDeep:       {"M12", "too-deep"},
	ruleMalformed:     {"M12", "malformed"},
	ruleTruncated:     {"M12", "truncated"},
	ruleEncoding:      {"M12", "encoding"},
	ruleRoot:          {"M12", "root"},
	ruleNestedXML:     {"M12", "nested-xml"},
	ruleJSONString:    {"M12", "json-string"},
	ruleWrapped:       {"M12", "wrapped"},
	rulePrintedBytes:  {"M12", "printed-bytes"},
	rulePrintedObject: {"M12", "printed-object"},
	ruleEscaped:       {"M12", "escaped"},
	ruleJSONReply:     {"M12", "json-reply"},
	ruleXMLReply:      {"M12", "xml-reply"},
	ruleLooseText:     {"M12", "loose-text"},
	ruleMissing:       {"M12", "missing"},
	ruleMissingInItem: {"M12", "missing-in-item"},
	ruleEmpty:         {"M12", "empty"},
	ruleCase:          {"M12", "case"},
	ruleMisplaced:     {"M12", "misplaced"},
	ruleTwice:         {"M12", "twice"},
	ruleMarkup:        {"M12", "markup"},
	ruleUnknownType:   {"M12", "unknown-type"},
	ruleTypeCase:      {"M12", "type-case"},
	ruleLongText:      {"M12", "long-text"},
	ruleMiniContent:   {"M12", "mini-content"},
	ruleLinkAmp:       {"M12", "link-amp"},
	ruleLinkOpen:      {"M12", "link-open"},

	ruleNoText:    {"M13", "empty"},
	ruleBlankText: {"M13", "blank"},

	ruleNotSwapped: {"M14", "not-swapped"},
	ruleWrongTo:    {"M14", "wrong-to"},
	ruleWrongFrom:  {"M14", "wrong-from"},
	ruleAppID:      {"M14", "appid"},
	ruleNobody:     {"M14", "empty"},
	ruleNameBlanks: {"M14", "blanks"},

	ruleNoTime:         {"M15", "missing"},
	ruleTimeNotInteger: {"M15", "not-integer"},
	ruleTimeMillis:     {"M15", "milliseconds"},
	ruleTimeNotSeconds: {"M15", "not-seconds"},

	ruleHTTPHead:     {"M16", "http-head"},
	ruleTwoDocuments: {"M16", "two-documents"},
	ruleSuccessAfter: {"M16", "success-after"},

	rulePrintedError: {"M19", "printed-error"},

	ruleNoArticles:     {"M20", "none"},
	ruleCountNotNumber: {"M20", "not-a-number"},
	ruleCountMismatch:  {"M20", "count-mismatch"},
	ruleManyForMessage: {"M20", "too-many-for-message"},
	ruleManyForEvent:   {"M20", "too-many-for-event"},

	ruleOtherAppID:     {"M22", "reply-appid"},
	ruleEnvelopeMillis: {"M24", "milliseconds"},
	ruleLength:         {"M25", "length"},
	ruleRoundedID:      {"M26", "rounded"},
}

// problems collects what is wrong with one body.
type problems struct {
	body  []byte
	found []finding.Finding
}

// add reports that rule is broken at a spot, which is nowhere for a finding
// without a place. The facts are those of [finding.NewFacts].
func (p *problems) add(rule ruleID, where spot, facts ...any) {
	r := rules[rule]
	f := finding.New(r.ID, r.Variant, facts...)
	f.Severity = catalog.SeverityOf(r.ID, r.Variant)
	if where.from >= 0 {
		f.Place = where.place(p.body)
		if f.Facts == nil {
			f.Facts = finding.Facts{}
		}
		f.Facts["line"], f.Facts["column"], f.Facts["offset"] = finding.Count(f.Place.Line), finding.Count(f.Place.Column), finding.Count(f.Place.Offset)
	}
	p.found = append(p.found, f)
}

// shown is a value from a body as a fact.
func shown[T string | []byte](v T) finding.Quote { return finding.Quote{Text: string(v), Limit: 80} }
