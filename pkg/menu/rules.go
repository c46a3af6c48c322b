package menu

import (
	"slices"

	"github.com/wxdev/wxdev/pkg/catalog"
)

// Rule is one of the ways in which a menu file can be wrong.
type Rule struct {
	ID       string
	Variant  string
	Severity catalog.Severity
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
	ruleEscape:    {"A04", "escape", catalog.Error, []string{"escape", "count"}},
	ruleSurrogate: {"A04", "surrogate", catalog.Error, []string{"escape"}},

	ruleBOM:     {"A05", "bom", catalog.Error, nil},
	ruleGBK:     {"A05", "gbk", catalog.Error, []string{"bytes"}},
	ruleNotUTF8: {"A05", "not-utf8", catalog.Error, []string{"bytes"}},
	ruleUTF16:   {"A05", "utf-16", catalog.Error, nil},

	ruleEmpty:         {"A06", "empty", catalog.Error, nil},
	ruleMissingButton: {"A06", "missing-button", catalog.Error, nil},
	ruleBareList:      {"A06", "bare-list", catalog.Error, nil},
	ruleString:        {"A06", "string", catalog.Error, []string{"text"}},
	ruleForm:          {"A06", "form", catalog.Error, []string{"text"}},
	ruleButtonObject:  {"A06", "button-object", catalog.Error, nil},
	ruleNotObject:     {"A06", "not-object", catalog.Error, []string{"kind"}},
	ruleErrorAnswer:   {"A06", "error-answer", catalog.Error, []string{"errcode"}},

	ruleTypeCase: {"A07", "type-case", catalog.Error, []string{"type", "want"}},

	ruleAlone:       {"A08", "alone", catalog.Warning, nil},
	ruleTwoDefaults: {"A08", "two-defaults", catalog.Error, []string{"place"}},

	ruleTopName:  {"A09", "top", catalog.Error, []string{"name", "length"}},
	ruleSubName:  {"A09", "sub", catalog.Error, []string{"name", "length"}},
	ruleShownTop: {"A09", "shown-top", catalog.Warning, []string{"name", "shown"}},
	ruleShownSub: {"A09", "shown-sub", catalog.Warning, []string{"name", "shown"}},

	ruleTopNone: {"A11", "top-none", catalog.Error, nil},
	ruleTopMany: {"A11", "top-many", catalog.Error, []string{"count"}},
	ruleSubNone: {"A11", "sub-none", catalog.Error, nil},
	ruleSubMany: {"A11", "sub-many", catalog.Error, []string{"count"}},

	ruleThirdLevel: {"A12", "third-level", catalog.Error, nil},

	ruleNoName:         {"A13", "name", catalog.Error, nil},
	ruleNoType:         {"A13", "type", catalog.Error, nil},
	ruleNoField:        {"A13", "field", catalog.Error, []string{"field", "type"}},
	ruleMiniProgramURL: {"A13", "miniprogram-url", catalog.Error, nil},

	ruleUnknownType:  {"A14", "unknown", catalog.Error, []string{"type"}},
	ruleNearType:     {"A14", "near", catalog.Error, []string{"type", "want"}},
	ruleConsoleMedia: {"A14", "console-media", catalog.Error, []string{"type"}},
	ruleConsoleNews:  {"A14", "console-news", catalog.Error, nil},
	ruleConsoleReply: {"A14", "console-reply", catalog.Error, []string{"type"}},

	ruleMisspelt:     {"A15", "misspelt", catalog.Error, []string{"field", "want"}},
	ruleUnknownField: {"A15", "unknown", catalog.Warning, []string{"field"}},
	ruleUnused:       {"A15", "unused", catalog.Warning, []string{"field", "type"}},
	ruleUnusedParent: {"A15", "unused-parent", catalog.Warning, []string{"field"}},

	ruleURLLong:   {"A16", "long", catalog.Error, []string{"length"}},
	ruleURLScheme: {"A16", "scheme", catalog.Error, []string{"url"}},
	ruleURLHost:   {"A16", "host", catalog.Error, []string{"url"}},
	ruleURLBlank:  {"A16", "blank", catalog.Warning, []string{"url"}},

	ruleKeyLong: {"A17", "key-long", catalog.Error, []string{"length"}},
	ruleKind:    {"A17", "kind", catalog.Error, []string{"field", "kind", "want"}},
	ruleControl: {"A17", "control", catalog.Error, []string{"field", "char"}},
	ruleAppID:   {"A17", "appid", catalog.Warning, []string{"value"}},

	ruleTypeAndSub: {"A18", "type-and-sub", catalog.Error, []string{"type"}},

	ruleNoMatchRule:        {"A19", "missing", catalog.Error, nil},
	ruleEmptyMatchRule:     {"A19", "empty", catalog.Error, nil},
	ruleRemovedField:       {"A19", "removed", catalog.Error, []string{"field"}},
	ruleGroupID:            {"A19", "group-id", catalog.Warning, nil},
	ruleTagID:              {"A19", "tag-id", catalog.Error, []string{"value"}},
	rulePlatform:           {"A19", "platform", catalog.Error, []string{"value"}},
	ruleDuplicateMatchRule: {"A19", "duplicate", catalog.Error, []string{"rule", "place"}},
	ruleDomains:            {"A19", "domains", catalog.Error, []string{"count", "hosts"}},
	ruleHosts:              {"A19", "hosts", catalog.Warning, []string{"count", "hosts"}},

	ruleTrailingComma: {"A20", "trailing-comma", catalog.Error, nil},
	ruleExtraComma:    {"A20", "extra-comma", catalog.Error, nil},
	ruleMissingComma:  {"A20", "missing-comma", catalog.Error, nil},
	ruleMissingColon:  {"A20", "missing-colon", catalog.Error, []string{"field"}},
	ruleComment:       {"A20", "comment", catalog.Error, []string{"found"}},
	ruleQuotes:        {"A20", "quotes", catalog.Error, []string{"found"}},
	ruleBareKey:       {"A20", "bare-key", catalog.Error, []string{"found"}},
	ruleLiteral:       {"A20", "literal", catalog.Error, []string{"found"}},
	ruleFullWidth:     {"A20", "full-width", catalog.Error, []string{"found", "want"}},
	ruleOddBlank:      {"A20", "odd-blank", catalog.Error, []string{"char"}},
	ruleLineEnd:       {"A20", "line-end", catalog.Error, nil},
	ruleRawControl:    {"A20", "control", catalog.Error, []string{"char"}},
	ruleBadEscape:     {"A20", "bad-escape", catalog.Error, []string{"escape"}},
	ruleNumber:        {"A20", "number", catalog.Error, []string{"found"}},
	ruleMismatch:      {"A20", "mismatch", catalog.Error, []string{"found", "want", "line"}},
	ruleUnclosed:      {"A20", "unclosed", catalog.Error, []string{"open", "line"}},
	ruleAfterEnd:      {"A20", "after-end", catalog.Error, []string{"found"}},
	ruleUnexpected:    {"A20", "unexpected", catalog.Error, []string{"found"}},
	ruleDuplicateKey:  {"A20", "duplicate-key", catalog.Error, []string{"field", "line"}},
	ruleTooLarge:      {"A20", "too-large", catalog.Error, []string{"limit"}},
	ruleTooDeep:       {"A20", "too-deep", catalog.Error, []string{"limit"}},
	ruleTOML:          {"A20", "toml", catalog.Error, []string{"reason"}},
}
