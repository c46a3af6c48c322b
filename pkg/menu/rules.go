package menu

import (
	"slices"

	"github.com/wxdev/wxdev/pkg/finding"
)

// Rule is one of the ways in which a menu file can be wrong.
type Rule struct {
	ID       string
	Variant  string
	Severity finding.Severity
	Facts    []string // the names of the facts that its problems have
}

// Rules returns every rule that [Parse] applies.
func Rules() []Rule {
	all := make([]Rule, len(rules))
	for i, r := range rules {
		r.Facts = slices.Clone(r.Facts)
		all[i] = r
	}
	return all
}

type ruleID int

const (
	ruleEscape ruleID = iota
	ruleSurrogate

	ruleBOM
	ruleGBK
	ruleNotUTF8
	ruleUTF16

	ruleEmpty
	ruleMissingButton
	ruleBareList
	ruleString
	ruleForm
	ruleButtonObject
	ruleNotObject
	ruleErrorAnswer

	ruleTypeCase

	ruleAlone
	ruleTwoDefaults

	ruleTopName
	ruleSubName
	ruleShownTop
	ruleShownSub

	ruleTopNone
	ruleTopMany
	ruleSubNone
	ruleSubMany

	ruleThirdLevel

	ruleNoName
	ruleNoType
	ruleNoField
	ruleMiniProgramURL

	ruleUnknownType
	ruleNearType
	ruleConsoleMedia
	ruleConsoleNews
	ruleConsoleReply

	ruleMisspelt
	ruleUnknownField
	ruleUnused
	ruleUnusedParent

	ruleURLLong
	ruleURLScheme
	ruleURLHost
	ruleURLBlank

	ruleKeyLong
	ruleKind
	ruleControl
	ruleAppID

	ruleTypeAndSub

	ruleNoMatchRule
	ruleEmptyMatchRule
	ruleRemovedField
	ruleGroupID
	ruleTagID
	rulePlatform
	ruleDuplicateMatchRule
	ruleDomains
	ruleHosts

	ruleTrailingComma
	ruleExtraComma
	ruleMissingComma
	ruleMissingColon
	ruleComment
	ruleQuotes
	ruleBareKey
	ruleLiteral
	ruleFullWidth
	ruleOddBlank
	ruleLineEnd
	ruleRawControl
	ruleBadEscape
	ruleNumber
	ruleMismatch
	ruleUnclosed
	ruleAfterEnd
	ruleUnexpected
	ruleDuplicateKey
	ruleTooLarge
	ruleTooDeep
	ruleTOML
)

// rules is in the order of the ids above. The severities are the catalogue's,
// and a test holds them to it.
var rules = [...]Rule{
	ruleEscape:    {"A04", "escape", finding.Error, []string{"escape", "count"}},
	ruleSurrogate: {"A04", "surrogate", finding.Error, []string{"escape"}},

	ruleBOM:     {"A05", "bom", finding.Error, nil},
	ruleGBK:     {"A05", "gbk", finding.Error, []string{"bytes"}},
	ruleNotUTF8: {"A05", "not-utf8", finding.Error, []string{"bytes"}},
	ruleUTF16:   {"A05", "utf-16", finding.Error, nil},

	ruleEmpty:         {"A06", "empty", finding.Error, nil},
	ruleMissingButton: {"A06", "missing-button", finding.Error, nil},
	ruleBareList:      {"A06", "bare-list", finding.Error, nil},
	ruleString:        {"A06", "string", finding.Error, []string{"text"}},
	ruleForm:          {"A06", "form", finding.Error, []string{"text"}},
	ruleButtonObject:  {"A06", "button-object", finding.Error, nil},
	ruleNotObject:     {"A06", "not-object", finding.Error, []string{"kind"}},
	ruleErrorAnswer:   {"A06", "error-answer", finding.Error, []string{"errcode"}},

	ruleTypeCase: {"A07", "type-case", finding.Error, []string{"type", "want"}},

	ruleAlone:       {"A08", "alone", finding.Warning, nil},
	ruleTwoDefaults: {"A08", "two-defaults", finding.Error, []string{"place"}},

	ruleTopName:  {"A09", "top", finding.Error, []string{"name", "length"}},
	ruleSubName:  {"A09", "sub", finding.Error, []string{"name", "length"}},
	ruleShownTop: {"A09", "shown-top", finding.Warning, []string{"name", "shown"}},
	ruleShownSub: {"A09", "shown-sub", finding.Warning, []string{"name", "shown"}},

	ruleTopNone: {"A11", "top-none", finding.Error, nil},
	ruleTopMany: {"A11", "top-many", finding.Error, []string{"count"}},
	ruleSubNone: {"A11", "sub-none", finding.Error, nil},
	ruleSubMany: {"A11", "sub-many", finding.Error, []string{"count"}},

	ruleThirdLevel: {"A12", "third-level", finding.Error, nil},

	ruleNoName:         {"A13", "name", finding.Error, nil},
	ruleNoType:         {"A13", "type", finding.Error, nil},
	ruleNoField:        {"A13", "field", finding.Error, []string{"field", "type"}},
	ruleMiniProgramURL: {"A13", "miniprogram-url", finding.Error, nil},

	ruleUnknownType:  {"A14", "unknown", finding.Error, []string{"type"}},
	ruleNearType:     {"A14", "near", finding.Error, []string{"type", "want"}},
	ruleConsoleMedia: {"A14", "console-media", finding.Error, []string{"type"}},
	ruleConsoleNews:  {"A14", "console-news", finding.Error, nil},
	ruleConsoleReply: {"A14", "console-reply", finding.Error, []string{"type"}},

	ruleMisspelt:     {"A15", "misspelt", finding.Error, []string{"field", "want"}},
	ruleUnknownField: {"A15", "unknown", finding.Warning, []string{"field"}},
	ruleUnused:       {"A15", "unused", finding.Warning, []string{"field", "type"}},
	ruleUnusedParent: {"A15", "unused-parent", finding.Warning, []string{"field"}},

	ruleURLLong:   {"A16", "long", finding.Error, []string{"length"}},
	ruleURLScheme: {"A16", "scheme", finding.Error, []string{"url"}},
	ruleURLHost:   {"A16", "host", finding.Error, []string{"url"}},
	ruleURLBlank:  {"A16", "blank", finding.Warning, []string{"url"}},

	ruleKeyLong: {"A17", "key-long", finding.Error, []string{"length"}},
	ruleKind:    {"A17", "kind", finding.Error, []string{"field", "kind", "want"}},
	ruleControl: {"A17", "control", finding.Error, []string{"field", "char"}},
	ruleAppID:   {"A17", "appid", finding.Warning, []string{"value"}},

	ruleTypeAndSub: {"A18", "type-and-sub", finding.Error, []string{"type"}},

	ruleNoMatchRule:        {"A19", "missing", finding.Error, nil},
	ruleEmptyMatchRule:     {"A19", "empty", finding.Error, nil},
	ruleRemovedField:       {"A19", "removed", finding.Error, []string{"field"}},
	ruleGroupID:            {"A19", "group-id", finding.Warning, nil},
	ruleTagID:              {"A19", "tag-id", finding.Error, []string{"value"}},
	rulePlatform:           {"A19", "platform", finding.Error, []string{"value"}},
	ruleDuplicateMatchRule: {"A19", "duplicate", finding.Error, []string{"rule", "place"}},
	ruleDomains:            {"A19", "domains", finding.Error, []string{"count", "hosts"}},
	ruleHosts:              {"A19", "hosts", finding.Warning, []string{"count", "hosts"}},

	ruleTrailingComma: {"A20", "trailing-comma", finding.Error, nil},
	ruleExtraComma:    {"A20", "extra-comma", finding.Error, nil},
	ruleMissingComma:  {"A20", "missing-comma", finding.Error, nil},
	ruleMissingColon:  {"A20", "missing-colon", finding.Error, []string{"field"}},
	ruleComment:       {"A20", "comment", finding.Error, []string{"found"}},
	ruleQuotes:        {"A20", "quotes", finding.Error, []string{"found"}},
	ruleBareKey:       {"A20", "bare-key", finding.Error, []string{"found"}},
	ruleLiteral:       {"A20", "literal", finding.Error, []string{"found"}},
	ruleFullWidth:     {"A20", "full-width", finding.Error, []string{"found", "want"}},
	ruleOddBlank:      {"A20", "odd-blank", finding.Error, []string{"char"}},
	ruleLineEnd:       {"A20", "line-end", finding.Error, nil},
	ruleRawControl:    {"A20", "control", finding.Error, []string{"char"}},
	ruleBadEscape:     {"A20", "bad-escape", finding.Error, []string{"escape"}},
	ruleNumber:        {"A20", "number", finding.Error, []string{"found"}},
	ruleMismatch:      {"A20", "mismatch", finding.Error, []string{"found", "want", "line"}},
	ruleUnclosed:      {"A20", "unclosed", finding.Error, []string{"open", "line"}},
	ruleAfterEnd:      {"A20", "after-end", finding.Error, []string{"found"}},
	ruleUnexpected:    {"A20", "unexpected", finding.Error, []string{"found"}},
	ruleDuplicateKey:  {"A20", "duplicate-key", finding.Error, []string{"field", "line"}},
	ruleTooLarge:      {"A20", "too-large", finding.Error, []string{"limit"}},
	ruleTooDeep:       {"A20", "too-deep", finding.Error, []string{"limit"}},
	ruleTOML:          {"A20", "toml", finding.Error, []string{"reason"}},
}
