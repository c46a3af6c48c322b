package menu

// rule is one of the ways in which a menu file can be wrong. The catalogue has
// its severity and its words.
type rule struct {
	id      string
	variant string
	facts   []string // the names of the facts that its problems have
	code    apiCode
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
	ruleWrapped
	rulePath

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
	ruleURLPlaceholder
	ruleURLEntity
	ruleURLLocal

	ruleKeyLong
	ruleKind
	ruleControl
	ruleAppID
	ruleSampleID

	ruleOAuthMissing
	ruleOAuthCut
	ruleOAuthRaw
	ruleOAuthTwice
	ruleOAuthScheme
	ruleOAuthType
	ruleOAuthScope
	ruleOAuthOrder
	ruleOAuthFragment
	ruleQRConnect
	ruleOtherAccount
	ruleTwoAccounts

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
	ruleYAML
	ruleJavaScript
	rulePHP
)

// rules is in the order of the ids above. The severities are the catalogue's,
// and a test holds them to it.
var rules = [...]rule{
	ruleEscape:    {"A04", "escape", []string{"escape", "count"}, unreadable(40033)},
	ruleSurrogate: {"A04", "surrogate", []string{"escape"}, unreadable(40033)},

	ruleBOM:     {"A05", "bom", nil, unreadable(47001)},
	ruleGBK:     {"A05", "gbk", []string{"bytes"}, unreadable(40033)},
	ruleNotUTF8: {"A05", "not-utf8", []string{"bytes"}, unreadable(40033)},
	ruleUTF16:   {"A05", "utf-16", nil, unreadable(47001)},

	ruleEmpty:         {"A06", "empty", nil, level(40016, 40016)},
	ruleMissingButton: {"A06", "missing-button", nil, level(40016, 40016)},
	ruleBareList:      {"A06", "bare-list", nil, level(40016, 40016)},
	ruleString:        {"A06", "string", []string{"text"}, level(40016, 40016)},
	ruleForm:          {"A06", "form", []string{"text"}, unreadable(47001)},
	ruleButtonObject:  {"A06", "button-object", nil, level(40016, 40016)},
	ruleNotObject:     {"A06", "not-object", []string{"kind"}, level(40016, 40016)},
	ruleErrorAnswer:   {"A06", "error-answer", []string{"errcode"}, level(40016, 40016)},
	ruleWrapped:       {"A06", "wrapped", []string{"field"}, level(40016, 40016)},
	rulePath:          {"A06", "path", []string{"text"}, level(40016, 40016)},

	ruleTypeCase: {"A07", "type-case", []string{"type", "want"}, level(65318, 65318)}, // on record

	ruleAlone:       {"A08", "alone", nil, taken()},
	ruleTwoDefaults: {"A08", "two-defaults", []string{"place"}, level(40016, 40016)},

	ruleTopName:  {"A09", "top", []string{"name", "length"}, level(40018, 40025)},
	ruleSubName:  {"A09", "sub", []string{"name", "length"}, level(40018, 40025)},
	ruleShownTop: {"A09", "shown-top", []string{"name", "shown"}, taken()},
	ruleShownSub: {"A09", "shown-sub", []string{"name", "shown"}, taken()},

	ruleTopNone: {"A11", "top-none", nil, level(40016, 40016)},
	ruleTopMany: {"A11", "top-many", []string{"count"}, level(40016, 40016)},
	ruleSubNone: {"A11", "sub-none", nil, level(40023, 40023)},
	ruleSubMany: {"A11", "sub-many", []string{"count"}, level(40023, 40023)},

	ruleThirdLevel: {"A12", "third-level", nil, level(40022, 40022)},

	ruleNoName:         {"A13", "name", nil, level(40018, 40025)},
	ruleNoType:         {"A13", "type", nil, ofType()},
	ruleNoField:        {"A13", "field", []string{"field", "type"}, byField("field")},
	ruleMiniProgramURL: {"A13", "miniprogram-url", nil, level(40027, 40027)}, // on record, on both levels

	ruleUnknownType:  {"A14", "unknown", []string{"type"}, level(40017, 40024)},
	ruleNearType:     {"A14", "near", []string{"type", "want"}, level(40017, 40024)},
	ruleConsoleMedia: {"A14", "console-media", []string{"type"}, level(40017, 40024)},
	ruleConsoleNews:  {"A14", "console-news", nil, level(40017, 40024)},
	ruleConsoleReply: {"A14", "console-reply", []string{"type"}, level(40017, 40024)},

	ruleMisspelt:     {"A15", "misspelt", []string{"field", "want"}, byField("want")},
	ruleUnknownField: {"A15", "unknown", []string{"field"}, taken()},
	ruleUnused:       {"A15", "unused", []string{"field", "type"}, taken()},
	ruleUnusedParent: {"A15", "unused-parent", []string{"field"}, taken()},

	ruleURLLong:   {"A16", "long", []string{"length"}, level(40020, 40027)},
	ruleURLScheme: {"A16", "scheme", []string{"url"}, level(40055, 40054)},
	ruleURLHost:   {"A16", "host", []string{"url"}, level(40055, 40054)},
	ruleURLBlank:  {"A16", "blank", []string{"url"}, taken()},

	// The API looks at a URL's form only, so what follows is for the users to find out.
	ruleURLPlaceholder: {"A16", "placeholder", []string{"left"}, taken()},
	ruleURLEntity:      {"A16", "entity", []string{"url"}, taken()},
	ruleURLLocal:       {"A16", "local", []string{"host"}, taken()},

	ruleKeyLong: {"A17", "key-long", []string{"length"}, level(40019, 40026)},
	ruleKind:    {"A17", "kind", []string{"field", "kind", "want"}, level(47001, 47001)},
	ruleControl: {"A17", "control", []string{"field", "char"}, level(40033, 40033)},
	ruleAppID:   {"A17", "appid", []string{"value"}, taken()},

	ruleSampleID: {"A17", "sample-id", []string{"field", "value"}, taken()}, // an account may have any id

	ruleOAuthMissing:  {"A22", "missing", []string{"name"}, taken()},
	ruleOAuthCut:      {"A22", "cut", []string{"lost"}, taken()},
	ruleOAuthRaw:      {"A22", "raw", []string{"target"}, taken()},
	ruleOAuthTwice:    {"A22", "twice", []string{"target"}, taken()},
	ruleOAuthScheme:   {"A22", "scheme", []string{"target"}, taken()},
	ruleOAuthType:     {"A22", "response-type", []string{"value"}, taken()},
	ruleOAuthScope:    {"A22", "scope", []string{"value"}, taken()},
	ruleOAuthOrder:    {"A22", "order", nil, taken()},
	ruleOAuthFragment: {"A22", "fragment", nil, taken()},
	ruleQRConnect:     {"A22", "qrconnect", nil, taken()},
	ruleOtherAccount:  {"A22", "other-account", []string{"appid", "want"}, taken()},
	ruleTwoAccounts:   {"A22", "two-accounts", []string{"appid", "other"}, taken()},

	ruleTypeAndSub: {"A18", "type-and-sub", []string{"type"}, level(40017, 40024)},

	ruleNoMatchRule:        {"A19", "missing", nil, onlyConditional(65304)},
	ruleEmptyMatchRule:     {"A19", "empty", nil, onlyConditional(65304)},
	ruleRemovedField:       {"A19", "removed", []string{"field"}, onlyConditional(65320)},
	ruleGroupID:            {"A19", "group-id", nil, taken()},
	ruleTagID:              {"A19", "tag-id", []string{"value"}, onlyConditional(45159)},
	rulePlatform:           {"A19", "platform", []string{"value"}, onlyConditional(40089)},
	ruleDuplicateMatchRule: {"A19", "duplicate", []string{"rule", "place"}, taken()}, // the newer one shows
	ruleDomains:            {"A19", "domains", []string{"count", "hosts"}, onlyConditional(65316)},
	ruleHosts:              {"A19", "hosts", []string{"count", "hosts"}, taken()},

	ruleTrailingComma: {"A20", "trailing-comma", nil, unreadable(47001)},
	ruleExtraComma:    {"A20", "extra-comma", nil, unreadable(47001)},
	ruleMissingComma:  {"A20", "missing-comma", nil, unreadable(47001)},
	ruleMissingColon:  {"A20", "missing-colon", []string{"field"}, unreadable(47001)},
	ruleComment:       {"A20", "comment", []string{"found"}, unreadable(47001)},
	ruleQuotes:        {"A20", "quotes", []string{"found"}, unreadable(47001)},
	ruleBareKey:       {"A20", "bare-key", []string{"found"}, unreadable(47001)},
	ruleLiteral:       {"A20", "literal", []string{"found"}, unreadable(47001)},
	ruleFullWidth:     {"A20", "full-width", []string{"found", "want"}, unreadable(47001)},
	ruleOddBlank:      {"A20", "odd-blank", []string{"char"}, unreadable(47001)},
	ruleLineEnd:       {"A20", "line-end", nil, unreadable(47001)},
	ruleRawControl:    {"A20", "control", []string{"char"}, unreadable(47001)},
	ruleBadEscape:     {"A20", "bad-escape", []string{"escape"}, unreadable(47001)},
	ruleNumber:        {"A20", "number", []string{"found"}, unreadable(47001)},
	ruleMismatch:      {"A20", "mismatch", []string{"found", "want", "line"}, unreadable(47001)},
	ruleUnclosed:      {"A20", "unclosed", []string{"open", "line"}, unreadable(47001)},
	ruleAfterEnd:      {"A20", "after-end", []string{"found"}, unreadable(47001)},
	ruleUnexpected:    {"A20", "unexpected", []string{"found"}, unreadable(47001)},
	ruleDuplicateKey:  {"A20", "duplicate-key", []string{"field", "line"}, taken()}, // readers take the last
	ruleTooLarge:      {"A20", "too-large", []string{"limit"}, unreadable(47001)},
	ruleTooDeep:       {"A20", "too-deep", []string{"limit"}, unreadable(47001)},
	ruleTOML:          {"A20", "toml", []string{"reason"}, unreadable(47001)},
	ruleYAML:          {"A20", "yaml", []string{"found", "command"}, unreadable(47001)},
	ruleJavaScript:    {"A20", "javascript", []string{"found", "command"}, unreadable(47001)},
	rulePHP:           {"A20", "php", []string{"found", "command"}, unreadable(47001)},
}
