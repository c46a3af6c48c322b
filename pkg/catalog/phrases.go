package catalog

import (
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/wxdev/wxdev/pkg/finding"
)

// Localize puts a fact into lang. The other packages write facts, errors among
// them, in English; what they say in words is known here. Text in double
// quotes is a server's or a file's, and stays as it is; so does what is not
// known.
func Localize(lang finding.Lang, fact string) string {
	if lang != finding.Chinese || !strings.ContainsFunc(fact, isLetter) {
		return fact
	}
	var kept []string
	text := quoted().ReplaceAllStringFunc(fact, func(q string) string {
		kept = append(kept, q)
		return "\x00" + strconv.Itoa(len(kept)-1) + "\x00"
	})
	for _, p := range phrases() {
		text = p.en.ReplaceAllString(text, p.zh)
	}
	if list().MatchString(text) {
		text = strings.ReplaceAll(text, ", ", "、")
	}
	for i, q := range kept {
		text = strings.Replace(text, "\x00"+strconv.Itoa(i)+"\x00", q, 1)
	}
	return text
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

// quoted is text as text.Quote and %q write it.
var quoted = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`"(?:[^"\\]|\\.)*"`) })

// list is names one after the other, and nothing else.
var list = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[\w.:/-]+(?:, [\w.:/\p{Han}-]+)+(?:[ …（]|$)`) })

type phrase struct {
	en *regexp.Regexp
	zh string
}

var phrases = sync.OnceValue(func() []phrase {
	all := make([]phrase, len(phraseTexts))
	for i, p := range phraseTexts {
		all[i] = phrase{regexp.MustCompile(p[0]), p[1]}
	}
	return all
})

// phraseTexts are applied one after the other: the longer before a shorter
// that is part of it. NUL, digits, NUL stands for a quotation; a library's own
// words are put between quotation marks.
var phraseTexts = [][2]string{
	// no answer: package wire
	{`^(\S+) has no address$`, `$1 没有任何地址`},
	{`no such host`, `域名不存在`},
	{`server misbehaving`, `DNS 服务器没有正常应答`},
	{`(?:connect: )?connection refused`, `连接被拒绝`},
	{`(?:connect: )?no route to host`, `没有到主机的路由`},
	{`(?:connect: )?network is unreachable`, `网络不可达`},
	{`connection closed without an answer`, `没有响应就关闭了连接`},
	{`the connection was closed within the headers`, `响应头还没发完就关闭了连接`},
	{`(?:read: |write: )?connection reset(?: by peer)?`, `连接被重置`},
	{`(?:write: )?broken pipe`, `连接已断开`},
	{`no complete answer in time`, `没有在时限内收到完整的响应`},
	{`i/o timeout|context deadline exceeded`, `超时`},
	{`context canceled`, `已中断`},
	{`the answer is not HTTP`, `响应不是 HTTP`},
	{`the headers are larger than (\d+) bytes`, `响应头超过 $1 字节`},
	{`two values of Content-Length differ`, `有两个 Content-Length，值不同`},
	{`the Content-Length (\S+) is no length`, `Content-Length 的值 $1 不是长度`},
	{`the status line is malformed`, `状态行格式错误`},
	{`a header line is malformed`, `响应头里有一行格式错误`},
	{`^(?:unexpected )?EOF$`, `对方直接关闭了连接（EOF）`},
	{`^(tls|x509): (.+)$`, `$1 报错“$2”`},

	// answers in a few words
	{`, empty body`, `，响应体为空`},
	{`, (\x00)`, `，$1`},
	{`^\(Allow: (.*)\)$`, `（Allow: $1）`},
	{`^((?:HTTP/1\.[01]|Mozilla/4\.0)(?:, Mozilla/4\.0)?) \((.+)\)$`, `$1（$2）`},
	{`(^|, )browser$`, `${1}浏览器`},
	{`^body$`, `消息体`},
	{`^no cache header$`, `没有表示缓存的响应头`},
	{`^the message has (\d+) bytes, and the text ends after (\d+) of them$`, `消息有 $1 字节，密文却在第 $2 字节之后就断了`},
	{`^the text ends within the AppID, behind the whole message$`, `消息完整，密文断在后面的 AppID 中间`},
	{`^no name$`, `没有写域名`},
	{`^event ([^\s"]+)`, `事件 $1`},

	// bodies that cannot be read: packages message and msgcrypt
	{`^(xml|json|message), line (\d+), column (\d+): `, `$1 第 $2 行第 $3 列：`},
	{`the (reply|push|message) is not well-formed XML: line (\d+): (.+)$`, `the $1 不是格式正确的 XML：第 $2 行“$3”`},
	{`the (reply|push|message) is not JSON: offset (\d+): (.+)$`, `the $1 不是 JSON：偏移 $2 处“$3”`},
	{`the (reply|push|message) is not JSON: (.+)$`, `the $1 不是 JSON：“$2”`},
	{`is not a message: its root is (<\S+>), not <xml>`, `不是消息：根元素是 $1，不是 <xml>`},
	{`has no <xml> element`, `里没有 <xml> 元素`},
	{`has text outside <xml>: `, `在 <xml> 之外还有文本：`},
	{`has a <!…> declaration: `, `里有 <!…> 声明：`},
	{`has a second <xml> behind the first`, `里有第二个 <xml>`},
	{`has elements more than (\d+) deep`, `的元素嵌套超过 $1 层`},
	{`the (?:reply|push|message) has (\S+) twice`, `有两个 $1`},
	{`the (?:reply|push|message) has (\S+) where (\S+) belongs`, `应为 $2 的地方写成了 $1`},
	{`the (?:reply|push|message) has no (\S+)`, `缺少 $1`},
	{`(\S+) of the (?:reply|push|message) is not a text`, `$1 不是文本`},
	{`(\S+) of the (?:reply|push|message) is a number`, `$1 是数字，应为字符串`},
	{`(\S+) of the (?:reply|push|message) is empty`, `$1 是空的`},
	{`^the reply (\p{Han})`, `回复$1`},
	{`^the push (\p{Han})`, `推送$1`},
	{`^the message (\p{Han})`, `消息$1`},
	{`MsgSignature does not belong to the reply`, `MsgSignature 与回复的内容不符`},
	{`Encrypt is not base64: its (\d+) characters are not whole groups of 4`, `Encrypt 不是 base64：共 $1 个字符，不是 4 的倍数`},
	{`Encrypt is not base64: character (\S+) at offset (\d+)`, `Encrypt 不是 base64：偏移 $2 处的字符是 $1`},
	{`Encrypt decodes to (\d+) bytes, which is not a multiple of 16`, `Encrypt 解码后是 $1 字节，不是 16 的倍数`},
	{`Encrypt is empty`, `Encrypt 是空的`},
	{`the padding is wrong: the last decrypted byte is (\d+), not 1\.\.32`, `填充错误：解密后的最后一个字节是 $1，不在 1～32 之间`},
	{`(\d+) bytes are decrypted, too few for 16 random bytes and the length`, `只解出 $1 字节，不够 16 个随机字节和长度`},
	{`the message's length is given as (\d+) bytes, but (\d+) follow`, `写明的消息长度是 $1 字节，后面却有 $2 字节`},
	{`the message's length is given as (\d+) bytes, but (\d+) stand before the AppID`, `写明的消息长度是 $1 字节，AppID 之前却有 $2 字节`},
	{`the AppID is (\S+(?:… \(\d+ bytes\))?), not (\S+)`, `AppID 是 $1，应为 $2`},
	{`byte (0x[0-9A-F]{2}), which is not UTF-8, is not allowed in (XML|JSON)`, `字节 $1 不是 UTF-8，$2 不允许出现`},
	{`(U\+[0-9A-F]+) is not allowed in (XML|JSON)`, `$2 不允许出现 $1`},
	{`longer than (\d+) bytes`, `超过 $1 字节`},
	{`：empty$`, `：内容为空`},
	{`neither XML nor JSON: begins with `, `既不是 XML 也不是 JSON，开头是 `},
	{`something follows the object: `, `对象后面还有内容：`},
	{`something follows </xml>: `, `</xml> 后面还有内容：`},
	{`(\S+) stands twice`, `$1 出现了两次`},
	{`more than (\d+) levels`, `嵌套超过 $1 层`},
	{`ends before the object does`, `对象还没结束，内容就没有了`},
	{`a document type is not allowed`, `不允许有 DOCTYPE`},
	{`the root is (<\S+>), not <xml>`, `根元素是 $1，不是 <xml>`},
	{`(</\S+>) closes nothing`, `$1 没有对应的开始标签`},
	{`(</\S+>) closes (<\S+>)`, `$2 的结束标签写成了 $1`},
	{`text outside of <xml>: `, `<xml> 之外有文本：`},
	{`ends before <xml>`, `还没有 <xml>，内容就结束了`},
	{`ends inside (<\S+>)`, `$1 还没结束，内容就没有了`},
	{`]]> stands outside of CDATA`, `]]> 出现在 CDATA 之外`},
	{`]]> stands in text that is in no CDATA section`, `文本里有 ]]>，却没有放进 CDATA`},
	{`only UTF-8 is read: (.+)$`, `只支持 UTF-8：“$1”`},
	{`^encoding (\x00)`, `encoding 是 $1`},
	{`^(unexpected [^\x00，：]+|expected [^\x00，：]+|invalid [^\x00，：]+|element [^\x00，：]+|attribute [^\x00，：]+|unquoted [^\x00，：]+)$`, `“$1”`},

	// requests that are refused: package receiver
	{`the request has no signature parameter`, `请求没有 signature 参数`},
	{`the signature is wrong for this token`, `signature 与令牌不符`},
	{`the msg_signature is wrong for this token and body`, `msg_signature 与令牌和消息体不符`},
	{`only GET and POST are WeChat's`, `微信只用 GET 和 POST`},
	{`the body could not be read`, `消息体读取失败`},
	{`the body is larger than (\d+) bytes`, `消息体超过 $1 字节`},
	{`the message is encrypted, and there is no EncodingAESKey`, `消息已加密，而没有配置 EncodingAESKey`},
	{`the message is not encrypted, and safe mode demands it`, `消息没有加密，而安全模式要求加密`},
	{`the request target is no path`, `请求目标不是路径`},

	// what was cut: package text
	{`(\x00)… \((\d+) bytes\)`, `$1……（共 $2 字节）`},
	{`^(\d+) bytes$`, `$1 字节`},
}
