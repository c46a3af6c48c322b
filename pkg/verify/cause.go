package verify

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/wire"
)

// More steps of diagnose.

// byPrinted knows an echostr that was printed behind other values of the
// request, as a print left from a test does. A refusal may quote the request
// too: then one of a wrong signature looks alike.
func (r *run) byPrinted() bool {
	if !standsAlone(r.base, r.echo) {
		return false
	}
	wrong, q := r.refusal()
	if wrong.Response == nil || standsAlone(wrong, q.echostr) {
		return false
	}
	found := decorations(r.base, r.echo, r.base.Times.Total)
	for _, v := range found {
		r.find(v.id, v.variant, r.base, v.facts...)
	}
	return len(found) > 0
}

// refusal sends a wrong signature.
func (r *run) refusal() (*wire.Exchange, query) {
	q := r.signed(r.newNonce())
	q.signature = r.wrongSignature()
	return r.get("wrong signature", q), q
}

// standsAlone reports whether an answer has the echostr on a line of its own
// or at its end.
func standsAlone(ex *wire.Exchange, echostr string) bool {
	if ex.Response.Status >= 300 {
		return false
	}
	body := strings.Trim(string(readable(ex.Response)), blanks)
	if strings.HasSuffix(body, echostr) {
		return true
	}
	for line := range strings.Lines(body) {
		if strings.Trim(line, blanks) == echostr {
			return true
		}
	}
	return false
}

// byCoding knows an echostr that came back in base64.
func (r *run) byCoding() bool {
	body := strings.Trim(string(r.base.Response.Decoded), blanks+`"`)
	if r.base.Response.Status >= 300 || body != base64.StdEncoding.EncodeToString([]byte(r.echo)) {
		return false
	}
	r.find("V02", "base64", r.base, "body", finding.Excerpt(r.base.Response.Body))
	return true
}

// integerBits is the size of the integer that makes got of the echostr, by
// cutting it to the largest value or by keeping its last bits; 0 if none does.
func integerBits(echostr, got string) int {
	n, ok := new(big.Int).SetString(echostr, 10)
	if !ok {
		return 0
	}
	for _, bits := range []uint{32, 64} {
		size := new(big.Int).Lsh(big.NewInt(1), bits)
		unsigned := new(big.Int).Mod(n, size)
		signed := new(big.Int).Set(unsigned)
		if unsigned.Bit(int(bits)-1) == 1 {
			signed.Sub(signed, size)
		}
		largest := new(big.Int).Sub(size, big.NewInt(1))
		for _, v := range []*big.Int{unsigned, signed, largest, new(big.Int).Rsh(largest, 1)} {
			if v.Cmp(n) != 0 && v.String() == got {
				return int(bits)
			}
		}
	}
	return 0
}

// echoNames are names under which handlers look for the echostr.
var echoNames = []string{"echoStr", "echo_str", "echo", "echoString", "echostring", "EchoStr"}

// byEchoName adds the echostr under other names, each time another value: the
// one that comes back names the parameter that the handler reads.
func (r *run) byEchoName() bool {
	q := r.signed(r.newNonce())
	values := map[string]string{}
	for _, name := range echoNames {
		values[name] = r.newEchostr()
		q.extra = append(q.extra, [2]string{name, values[name]})
	}
	ex := r.get("other names of echostr", q)
	if ex.Response == nil || ex.Response.Status >= 300 {
		return false
	}
	var back []string
	for _, name := range echoNames {
		if bytes.Contains(readable(ex.Response), []byte(values[name])) {
			back = append(back, name)
		}
	}
	if len(back) != 1 { // all of them: it prints the request
		return false
	}
	r.find("V46", "other-name", ex, "name", back[0], "answer", push.Answer(r.base))
	return true
}

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

// byDemand knows a server that demands a parameter which WeChat does not send:
// it says so, and answers otherwise when it gets one.
func (r *run) byDemand() bool {
	name := demanded(r.base.Response)
	if name == "" || guardMark(r.base.Response) != "" {
		return false
	}
	if slices.Contains([]string{"signature", "echostr", "timestamp", "nonce"}, strings.ToLower(name)) {
		return false
	}
	q := r.signed(r.newNonce())
	q.extra = [][2]string{{name, "1"}}
	ex := r.get("with "+text.Line(name), q)
	if ex.Response == nil || sameAnswer(r.base, ex) || demanded(ex.Response) == name {
		return false
	}
	r.find("V51", "demanded", r.base, "name", finding.Quoted(name), "answer", push.Answer(r.base))
	return true
}

// demanded is the parameter that an answer says is missing, "" if it says no
// such thing.
func demanded(res *wire.Response) string {
	match := demands().FindStringSubmatch(html.UnescapeString(string(beginning(res))))
	if match == nil {
		return ""
	}
	return strings.Join(match[1:], "")
}

// byClock knows a server that refuses the timestamp: with another one it takes
// the same request.
func (r *run) byClock() bool {
	for _, shift := range []time.Duration{10 * time.Minute, -10 * time.Minute, 8 * time.Hour, -8 * time.Hour} {
		shown := fmt.Sprintf("%+.0f min", shift.Minutes())
		if shift.Abs() >= time.Hour {
			shown = fmt.Sprintf("%+.0f h", shift.Hours())
		}
		at := func() string { return strconv.FormatInt(r.Now().Add(shift).Unix(), 10) }
		if r.passesWith("timestamp "+shown, at, r.newNonce, "V52", "clock", "shift", shown, "answer", push.Answer(r.base)) {
			return true
		}
	}
	milliseconds := func() string { return r.timestamp() + "000" }
	return r.passesWith("timestamp in ms", milliseconds, r.newNonce, "V52", "milliseconds", "answer", push.Answer(r.base))
}

// byNonce knows a server that takes the nonce for a small number.
func (r *run) byNonce() bool {
	facts := []any{"nonce", r.baseQuery.nonce, "answer", push.Answer(r.base)}
	return r.passesWith("small nonce", r.timestamp, r.smallNonce, "V53", "int32", facts...) ||
		r.passesWith("short nonce", r.timestamp, r.shortNonce, "V53", "short", facts...)
}

// passesWith sends right signatures over other values, and records a finding
// if the server takes them.
func (r *run) passesWith(name string, timestamp, nonce func() string, id, variant string, facts ...any) bool {
	passes := func() bool {
		_, ok := r.accepted(name, r.signedAt(timestamp(), nonce()))
		return ok
	}
	return passes() && r.settled(passes, func() { r.find(id, variant, r.base, facts...) })
}

// expiry is what servers say of a timestamp that they refuse.
var expiry = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)\btimestamp\b[^\n]{0,40}(expired?|invalid|too (old|late)|out of|stale|range|window)|` +
		`(expired|invalid|bad|stale|old) timestamp|(request|signature) (has )?expired|` +
		`时间戳[^\n]{0,20}(过期|无效|错误|失效|超时|不正确|异常)|(请求|签名)已?(过期|失效)`)
})

// byExpiry reads that the server refuses the timestamp.
func (r *run) byExpiry() bool {
	body := ownTimestamp().ReplaceAll(readable(r.base.Response), nil)
	said := expiry().Find(body[:min(len(body), 4096)])
	if said == nil || isHTML(body) {
		return false
	}
	r.find("V52", "said", r.base, "answer", push.Answer(r.base))
	return true
}

// ownTimestamp is the time at which a framework made a JSON error.
var ownTimestamp = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`"timestamp"\s*:\s*"?\d[^",}]*"?`)
})

// checksOnly reports whether the server tells right signatures from wrong
// ones, and answers a right one with something of its own.
func (r *run) checksOnly(wrong *wire.Exchange) bool {
	if r.base.Response.Status >= 300 || wrong.Response == nil || r.varies() {
		return false
	}
	again, _ := r.refusal()
	if again.Response == nil || !sameAnswer(wrong, again) {
		return false
	}
	return !sameAnswer(r.base, wrong) || holdsSignature(r.base) && !holdsSignature(wrong)
}

// varies reports whether two answers to the plain request differ, so that a
// difference of others says nothing.
func (r *run) varies() bool {
	return len(r.again) == 0 || !sameAnswer(r.base, r.again[0].ex)
}

// holdsSignature reports whether an answer has the signature of its request.
func holdsSignature(ex *wire.Exchange) bool {
	s := requestValues(ex)["signature"]
	return s != "" && bytes.Contains(readable(ex.Response), []byte(s))
}

// signatureWords are of pages that say why they refuse.
var signatureWords = []string{"签名", "signature", "token"}

// namesSignature reports whether a page has little more to say than that the
// signature is wrong.
func namesSignature(body []byte) bool {
	const short = 200
	text := bytes.TrimSpace(push.WithoutMarkup(body))
	return len(text) <= short && slices.ContainsFunc(signatureWords, func(w string) bool { return bytes.Contains(text, []byte(w)) })
}

// pageTarget is where a page without any text sends a browser, or "".
func pageTarget(body []byte) string {
	const small = 2048
	if len(body) > small || len(bytes.TrimSpace(push.WithoutMarkup(body))) > 60 || bytes.Contains(body, []byte("<div")) {
		return ""
	}
	match := leads().FindSubmatch(body)
	if match == nil {
		return ""
	}
	return string(bytes.Join(match[1:], nil))
}

var leads = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)http-equiv=["']?refresh["']?[^>]{0,80}url=["']?([^"'>\s]+)` +
		`|\blocation(?:\.href)?\s*=\s*["']([^"']+)["']|\blocation\.(?:replace|assign)\(\s*["']([^"']+)["']`)
})
