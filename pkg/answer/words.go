package answer

import (
	"bytes"
	"html"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/wxdev/wxdev/pkg/wire"
)

// verbWords are of servers that do not take a method. Tomcat says it with
// status 400 to HTTP/1.0.
var verbWords = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)method '?(GET|POST)'?( is)? not (supported|allowed)|不支持Http方法`)
})

// VerbRefused reports whether an answer says that its method is not taken.
func VerbRefused(res *wire.Response) bool {
	return res.Status >= 400 && res.Status < 500 && verbWords().Match(beginning(res))
}

// lostEchostr finds the words of code that misses the echostr, which a POST
// never has.
var lostEchostr = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)(undefined|missing|required|keyerror|not present|缺少)[^\n]{0,80}\bechostr\b` +
		`|\bechostr\b[^\n]{0,60}(undefined|missing|required|is not present|is not set|缺少|不能为空)`)
})

// MissesEchostr is what an answer says of an echostr that it misses, as code
// for the GET does when it gets a POST; nil if it says no such thing.
func MissesEchostr(res *wire.Response) []byte { return lostEchostr().Find(beginning(res)) }

// appIDWords are of code that compares the AppID of an envelope.
var appIDWords = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)-40005|(bad|invalid|wrong|illegal|unknown)[^\n]{0,20}\bapp_?id\b` +
		`|\bapp_?id\b[^\n]{0,30}(mismatch|match|invalid|wrong|error|incorrect|不|错误|失败)`)
})

// ComparesAppID reports whether an answer complains of the AppID.
func ComparesAppID(res *wire.Response) bool { return appIDWords().Match(beginning(res)) }

// demands are the ways in which frameworks say which parameter is missing.
var demands = sync.OnceValue(func() *regexp.Regexp {
	const name = `["'“‘]?([A-Za-z_][A-Za-z0-9_.-]{0,40})`
	return regexp.MustCompile(`(?i)required (?:request |string |int |integer |long )*parameter ` + name +
		`|"loc":\s*\["query",\s*` + name +
		`|keyerror: ` + name +
		`|undefined (?:index|array key):? ` + name +
		`|missing (?:required )?(?:query |request )?(?:parameters?|params?|arguments?|fields?):? ` + name +
		`|缺少(?:必要|必填|必需)?的?(?:请求)?参数[:： ]*` + name +
		`|["'“‘]?\b([A-Za-z_][A-Za-z0-9_.-]{0,40})["'”’]?(?: parameter)? is (?:required|missing)`)
})

// Demanded is the parameter that an answer says is missing, "" if it says no
// such thing.
func Demanded(res *wire.Response) string {
	match := demands().FindStringSubmatch(html.UnescapeString(string(beginning(res))))
	if match == nil {
		return ""
	}
	return strings.Join(match[1:], "")
}

// missingParam is what servers say that see none of WeChat's parameters.
var missingParam = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)(undefined|missing|required|keyerror|badrequestkeyerror|not present|must not be (null|empty)|缺少|不能为空|cannot read propert|nonetype|nullpointer|null)` +
		`[^\n]{0,120}?\b(signature|echostr|timestamp|nonce)\b|\b(signature|echostr|timestamp|nonce)\b[^\n]{0,80}?(undefined|missing|required|is not present|is not set|must not be|缺少|不能为空|field required)`)
})

// MissesParameter reports whether an answer says that one of WeChat's own
// parameters is missing.
func MissesParameter(res *wire.Response) bool {
	return missingParam().Match(ownTimestamp().ReplaceAll(beginning(res), nil))
}

// expiry is what servers say of a timestamp that they refuse.
var expiry = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)\btimestamp\b[^\n]{0,40}(expired?|invalid|too (old|late)|out of|stale|range|window)|` +
		`(expired|invalid|bad|stale|old) timestamp|(request|signature) (has )?expired|` +
		`时间戳[^\n]{0,20}(过期|无效|错误|失效|超时|不正确|异常)|(请求|签名)已?(过期|失效)`)
})

// Expired reports whether an answer says that the timestamp, or the whole
// request, is too old.
func Expired(res *wire.Response) bool {
	body := ownTimestamp().ReplaceAll(Readable(res), nil)
	return expiry().Match(body[:min(len(body), 4096)]) && !IsHTML(body)
}

// ownTimestamp is the time at which a framework made a JSON error.
var ownTimestamp = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`"timestamp"\s*:\s*"?\d[^",}]*"?`)
})

// signatureWords are of pages that say why they refuse.
var signatureWords = []string{"签名", "signature", "token"}

// NamesSignature reports whether a page has little more to say than that the
// signature is wrong.
func NamesSignature(body []byte) bool {
	const short = 200
	text := bytes.TrimSpace(WithoutMarkup(body))
	return len(text) <= short && slices.ContainsFunc(signatureWords, func(w string) bool { return bytes.Contains(text, []byte(w)) })
}

// LineWith is the line of text that holds what, without tags.
func LineWith(text, what string) string {
	for line := range strings.Lines(text) {
		if i := strings.Index(line, what); i >= 0 {
			return strings.TrimSpace(line[max(0, i-60):])
		}
	}
	return text
}
