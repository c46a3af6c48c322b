package answer

import (
	"bytes"
	"html"
	"regexp"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/wire"
)

// verbWords are of servers that do not take a method. Tomcat says it with
// status 400 to HTTP/1.0.
var verbWords = lazy.Regexp(`(?i)method '?(GET|POST)'?( is)? not (supported|allowed)|not configured to allow the HTTP request method|不支持Http方法`)

// verbRefused reports whether an answer says that its method is not taken.
func verbRefused(res *wire.Response) bool {
	return res.Status >= 400 && res.Status < 500 && verbWords.Get().Match(beginning(res))
}

// lostEchostr finds the words of code that misses the echostr, which a POST
// never has.
var lostEchostr = lazy.Regexp(`(?i)(undefined|missing|required|keyerror|not present|缺少)[^\n]{0,80}\bechostr\b` +
	`|\bechostr\b[^\n]{0,60}(undefined|missing|required|is not present|is not set|缺少|不能为空)`)

// missesEchostr is what an answer says of an echostr that it misses, as code
// for the GET does when it gets a POST; nil if it says no such thing.
func missesEchostr(res *wire.Response) []byte {
	body := beginning(res)
	if !bytes.Contains(text.Lower(body), []byte("echostr")) { // the pattern is slow
		return nil
	}
	return lostEchostr.Get().Find(body)
}

// appIDWords are of code that compares the AppID of an envelope.
var appIDWords = lazy.Regexp(`(?i)-40005|(bad|invalid|wrong|illegal|unknown)[^\n]{0,20}\bapp_?id\b` +
	`|\bapp_?id\b[^\n]{0,30}(mismatch|match|invalid|wrong|error|incorrect|不|错误|失败)`)

// demands are the ways in which frameworks say which parameter is missing, and
// lookups those in which code says what it did not find, be that a parameter, a
// field of a message or a setting.
var (
	demands = lazy.Value[*regexp.Regexp]{Make: func() *regexp.Regexp {
		return named(`required (?:request |string |int |integer |long )*parameter (?:\\?["'` + "`" + `](?:string|int|long) )?NAME` +
			`|"loc":\s*\["query",\s*NAME` +
			`|missing (?:required )?(?:query |request )?(?:parameters?|params?|arguments?|fields?):? NAME` +
			`|param is missing or the value is empty: NAME` +
			`|field validation for NAME["'] failed on the 'required'` +
			`|value cannot be null\.? \(?parameter(?: name:)? ?NAME` +
			`|(?:缺少|缺失)(?:必要|必填|必需)?的?(?:请求)?参数[:： ]*NAME|缺少 ?NAME["'”’]? ?参数|参数错误[:：] ?NAME` +
			`|NAME\\?["'”’` + "`" + `]?(?: parameter| field| argument)? (?:is (?:required|missing)|must not be (?:null|empty|blank)|cannot be (?:null|empty|blank))` +
			`|NAME["'”’]? ?(?:参数)?不能为空`)
	}}
	lookups = lazy.Value[*regexp.Regexp]{Make: func() *regexp.Regexp {
		return named(`keyerror: NAME|keyerror at [^'"]{0,200}['"]NAME|undefined (?:index|array key):? NAME|key not found: :?NAME`)
	}}
)

// named is a pattern in which NAME is a parameter's name, quoted or not.
func named(pattern string) *regexp.Regexp {
	const name = "(?:\\\\?[\"'“‘`])?\\b([A-Za-z_][A-Za-z0-9_.-]{0,40})"
	return regexp.MustCompile("(?i)" + strings.ReplaceAll(pattern, "NAME", name))
}

// noNames are words that may be where a parameter's name may.
var noNames = []string{
	"a", "an", "the", "this", "that", "it", "one", "which", "what", "value", "values", "field", "fields", "parameter", "parameters", "argument", "name", "key",
	"authentication", "authorization", "login", "javascript", "cookie", "cookies", "session", "password", "username", "content", "body",
	"message", "method", "https", "ssl", "tls", "action", "data", "input", "of", "in", "is", "not", "file", "library", "module",
}

// Demanded is the parameter that an answer says is missing, "" if it says no
// such thing.
func Demanded(res *wire.Response) string {
	plain := said(beginning(res))
	if name := nameIn(demands.Get(), plain); name != "" {
		return name
	}
	return nameIn(lookups.Get(), plain)
}

// headerDemands are the ways in which frameworks say which header is missing.
var headerDemands = lazy.Value[*regexp.Regexp]{Make: func() *regexp.Regexp {
	return named(`required request header (?:\\?["'])?NAME` +
		`|"loc":\s*\["header",\s*NAME` +
		`|header of type NAME[^\n]{0,4} was missing` +
		`|missing (?:required )?(?:request |http )?headers?:? NAME` +
		`|缺少(?:必要|必填|必需)?的?请求头[:： ]*NAME`)
}}

// DemandedHeader is the header that an answer says is missing, "" if it says no
// such thing.
func DemandedHeader(res *wire.Response) string {
	return nameIn(headerDemands.Get(), said(beginning(res)))
}

// said is what a body says, as far as patterns look.
func said(body []byte) string {
	plain := html.UnescapeString(legible(body))
	return plain[:atRune(plain, min(len(plain), patternLimit))]
}

// nameIn is the first name that a pattern finds in a text.
func nameIn(re *regexp.Regexp, plain string) string {
	for _, m := range re.FindAllStringSubmatch(plain, 8) {
		if name := strings.TrimRight(strings.Join(m[1:], ""), ".-"); !slices.Contains(noNames, strings.ToLower(name)) {
			return name
		}
	}
	return ""
}

// missingParam is what servers say that see none of WeChat's parameters.
var missingParam = lazy.Regexp(`(?i)(undefined|missing|required|keyerror|badrequestkeyerror|not present|must not be (null|empty)|缺少|不能为空|cannot read propert|nonetype|nullpointer|null)` +
	`[^\n]{0,120}?\b(signature|echostr|timestamp|nonce)\b|\b(signature|echostr|timestamp|nonce)\b[^\n]{0,80}?(undefined|missing|required|is not present|is not set|must not be|缺少|不能为空|field required)`)

// MissesParameter reports whether an answer says that one of WeChat's own
// parameters is missing.
func MissesParameter(res *wire.Response) bool {
	return missingParam.Get().Match(ownTimestamp.Get().ReplaceAll(beginning(res), nil))
}

// expiry is what servers say of a timestamp that they refuse.
var expiry = lazy.Regexp(`(?i)\btimestamp\b[^\n]{0,40}(expired?|invalid|too (old|late)|out of|stale|range|window)|` +
	`(expired|invalid|bad|stale|old) timestamp|(request|signature) (has )?expired|` +
	`时间戳[^\n]{0,20}(过期|无效|错误|失效|超时|不正确|异常)|(请求|签名)已?(过期|失效)`)

// Expired reports whether an answer says that the timestamp, or the whole
// request, is too old.
func Expired(res *wire.Response) bool {
	body := ownTimestamp.Get().ReplaceAll(Readable(res), nil)
	return expiry.Get().Match(body[:min(len(body), 4096)]) && !IsHTML(body)
}

// ownTimestamp is the time at which a framework made a JSON error.
var ownTimestamp = lazy.Regexp(`"timestamp"\s*:\s*"?\d[^",}]*"?`)

// signatureWords are of pages that say why they refuse.
var signatureWords = []string{"签名", "signature", "token"}

// NamesSignature reports whether a page has little more to say than that the
// signature is wrong.
func NamesSignature(body []byte) bool {
	const short = 200
	said := bytes.TrimSpace(plainText(body))
	return len(said) <= short && slices.ContainsFunc(signatureWords, func(w string) bool { return bytes.Contains(said, []byte(w)) })
}
