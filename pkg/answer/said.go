package answer

import (
	"regexp"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/wire"
)

// What a handler says itself of the request.

// byOtherVerb knows code for the GET that ran for a POST, and the reverse.
func (l *look) byOtherVerb() (Verdict, bool) {
	if !l.get {
		if m := missesEchostr(l.res); m != nil {
			return l.say(outcome{"V17", "post-as-get"}, string(m), "answer", l.res.StatusFact())
		}
		return Verdict{}, false
	}
	body := strings.Trim(string(l.body[:min(len(l.body), 64)]), Blanks)
	if l.res.Status == 200 && (body == "success" || strings.HasPrefix(body, "<xml>")) {
		return l.say(outcome{"V17", "get-as-post"}, "")
	}
	return Verdict{}, false
}

// byVerb reads that a method is not taken.
func (l *look) byVerb() (Verdict, bool) {
	if !verbRefused(l.res) {
		return Verdict{}, false
	}
	return l.say(statuses.Get()[405].of(l.get), "")
}

// byNumber reads that Express took the echostr for a status.
func (l *look) byNumber() (Verdict, bool) {
	const words = "Invalid status code"
	if !l.get || index(string(l.body), words) < 0 {
		return Verdict{}, false
	}
	return l.say(outcome{"V23", "status-code"}, words)
}

// byView reads that the echostr was taken for the name of a view.
func (l *look) byView() (Verdict, bool) {
	echostr := requestValues(l.ex)["echostr"]
	if !l.get || echostr == "" || !NamesView(l.ex, echostr) {
		return Verdict{}, false
	}
	return l.say(outcome{"V21", "template-name"}, echostr)
}

// NamesView reports whether an answer looks for a view of the echostr's name.
func NamesView(ex *wire.Exchange, echostr string) bool {
	res := ex.Response
	return res.Status >= 400 && strings.Contains(string(Readable(res)), echostr) && !reflects(ex, echostr) && Mark(res, Template) != ""
}

// encrypted reports whether the request was an encrypted push.
func (l *look) encrypted() bool { return !l.get && requestValues(l.ex)["msg_signature"] != "" }

// byKey reads that the key of an encrypted push, or its AppID, is wrong on the
// server.
func (l *look) byKey() (Verdict, bool) {
	if !l.encrypted() {
		return Verdict{}, false
	}
	if m := l.mark(KeyPolicy); m != "" {
		return l.say(outcome{"M11", "illegal-key"}, m)
	}
	if m := l.mark(KeySize); m != "" {
		return l.say(outcome{"M21", "key-size"}, m)
	}
	if m := appIDWords.Get().Find(l.body); m != nil {
		return l.say(outcome{"M22", "named"}, string(m))
	}
	return Verdict{}, false
}

// byLostBody reads that the body of a message did not arrive.
func (l *look) byLostBody() (Verdict, bool) {
	if l.get {
		return Verdict{}, false
	}
	if m := l.mark(EmptyBody); m != "" {
		return l.say(outcome{"M05", "body-lost"}, m)
	}
	return Verdict{}, false
}

// ownParameters are those of WeChat's requests: the first four of the GET.
var ownParameters = []string{"signature", "timestamp", "nonce", "echostr", "openid", "encrypt_type", "msg_signature"}

// messageNames are of what only a message has: who misses one of them on a GET
// takes it for a message.
var messageNames = []string{"xml", "ToUserName", "FromUserName", "CreateTime", "MsgType", "MsgId", "Encrypt"}

// undefinedParameter is what JavaScript says of a query that it does not have,
// or of a body.
var undefinedParameter = lazy.Value[*regexp.Regexp]{Make: func() *regexp.Regexp {
	return regexp.MustCompile(`reading '(signature|echostr|timestamp|nonce|` + strings.Join(messageNames, "|") + `)'`)
}}

// byParameter reads that a parameter is missing: one of those that were sent, or
// one that WeChat does not send. What code did not find when it was to handle a
// message may as well be a field or a setting.
func (l *look) byParameter() (Verdict, bool) {
	const most = 1000 // of an answer with status 200: more is an article, not a refusal
	if !l.failed() && len(l.plain) > most {
		return Verdict{}, false
	}
	name := nameIn(demands.Get(), l.plain)
	if name == "" {
		name = nameIn(undefinedParameter.Get(), l.plain)
	}
	if found := nameIn(lookups.Get(), l.plain); name == "" && (l.get || slices.Contains(ownParameters[:3], found)) {
		name = found
	}
	sent := ownParameters[:4]
	if !l.get {
		sent = ownParameters
	}
	switch {
	case l.get && slices.Contains(messageNames, name):
		return l.say(outcome{"V17", "get-as-post"}, name)
	case name == "", name == strings.ToUpper(name), !l.get && (l.messageField(name) || slices.Contains(messageNames, name)):
		return Verdict{}, false
	case slices.Contains(sent, name):
		return l.say(outcome{"V16", "said"}, name)
	}
	return l.say(outcome{"V51", "said"}, name, "name", finding.Quoted(name))
}

// messageField reports whether a name may be that of a message's field, which
// begins with a capital.
func (l *look) messageField(name string) bool { return name[0] >= 'A' && name[0] <= 'Z' }

// byTimestamp reads that the timestamp is refused.
func (l *look) byTimestamp() (Verdict, bool) {
	if !Expired(l.res) {
		return Verdict{}, false
	}
	return l.say(outcome{"V52", "said"}, string(expiry.Get().Find(l.body)))
}

// refusal is what servers say of a signature that they take for wrong.
var refusal = lazy.Regexp(`(?i)(?:invalid|wrong|bad|illegal|incorrect|unmatched|mismatch(?:ed)?)[ _-]{1,3}(?:msg_?|request )?(?:signature|sign|token)\b` +
	`|\b(?:signature|sign|token)[ _-]{1,3}(?:is |does |did |check |verification |validation |verify )?(?:invalid|wrong|bad|illegal|incorrect|not match|not valid|mismatch\w*|fail\w*|error|denied)` +
	`|(?:check|verify|validate|verification of)[ _-]{1,3}(?:the )?(?:signature|sign|token)[ _-]{1,3}(?:fail\w*|error)` +
	`|(?:签名|验签|校验|token|signature)[^\n<"]{0,8}(?:失败|错误|不正确|不匹配|不一致|无效|不通过|未通过|非法|有误)` +
	`|(?:无效|非法|错误)的?(?:签名|请求来源|token)`)

// byRefusal reads, in an answer that has little more to say, that the
// signature is wrong.
func (l *look) byRefusal() (Verdict, bool) {
	m := l.short(refusal.Get())
	if m == "" {
		return Verdict{}, false
	}
	return l.say(l.one(outcome{"V03", "said"}, outcome{"M29", "said"}), m)
}

// short finds a pattern in the text of an answer that is no longer than a
// refusal is.
func (l *look) short(re *regexp.Regexp) string {
	const most = 300
	if len(strings.TrimSpace(l.plain)) > most {
		return ""
	}
	return re.FindString(l.plain)
}

// byDecryption reads that the echostr was to be decrypted.
func (l *look) byDecryption() (Verdict, bool) {
	if !l.get || l.res.Status < 500 {
		return Verdict{}, false
	}
	if m := l.visibleMark(Decrypt); m != "" {
		return l.say(outcome{"V29", "decrypts"}, m)
	}
	return Verdict{}, false
}

// byKnownError knows errors of frameworks that have a fix of their own.
func (l *look) byKnownError() (Verdict, bool) {
	if l.get || !l.failed() {
		return Verdict{}, false
	}
	if m := l.mark(SyncIO); m != "" {
		return l.say(outcome{"M19", "synchronous-io"}, m)
	}
	return Verdict{}, false
}
