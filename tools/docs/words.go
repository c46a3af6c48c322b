package main

import "github.com/wxdev/wxdev/pkg/finding"

// label is what the pages say besides the catalogue's own text.
type label struct{ en, zh string }

func (l label) in(lang finding.Lang) string {
	if lang == finding.Chinese {
		return l.zh
	}
	return l.en
}

var (
	labelWhy      = label{"Why", "原因"}
	labelFix      = label{"Fix", "解决办法"}
	labelWhere    = label{"Where it is set", "在哪里设置"}
	labelCheck    = label{"Find out whether it is this", "确认是不是这个问题"}
	labelSays     = label{"What wxdev says", "wxdev 会怎么说"}
	labelAlso     = label{"Also searched as", "也有人这样搜"}
	labelThreads  = label{"Threads that show it", "相关讨论"}
	labelSource   = label{"Read on", "查阅日期"}
	labelNoSource = label{"Source not recorded.", "出处未记录。"}
	labelOther    = label{"中文", "English"}
	labelAll      = label{"All findings", "全部问题"}
	labelAllCodes = label{"All codes", "全部错误码"}
	labelCause    = label{"Likely cause", "可能的原因"}
	labelMeans    = label{"In Chinese", "英文原文"}
	labelFindings = label{"Findings about it", "相关问题"}
	labelIndex    = label{"Find it by what you see", "按看到的现象查找"}
	labelSee      = label{"What you see", "看到的现象"}
	labelWhat     = label{"What it is", "是什么问题"}
	labelCode     = label{"Code", "错误码"}
	labelMeaning  = label{"Meaning", "含义"}
	labelMany     = label{"Many causes look like this. The likeliest are below; wxdev tells them apart:", "很多原因都会造成这个现象，最常见的列在下面；用 wxdev 可以分辨是哪一个："}
)

// intro stands at the top of an index.
var (
	introFindings = label{
		"WeChat's console, chat and JS-SDK say that something failed, not why. Each page here is one cause, with the proof that wxdev gives, the fix, and code.",
		"微信的后台、会话和 JS-SDK 只说失败了，不说原因。这里每一页讲一个原因：wxdev 给出的证据、解决办法和代码。",
	}
	introCodes = label{
		"What the errcodes of WeChat's API mean, and what mostly causes them. `wxdev explain 40164` says the same on a terminal.",
		"微信接口返回的 errcode 的含义和常见原因。在终端里用 `wxdev explain 40164` 可以看到同样的内容。",
	}
)

// groups are the findings by the letter of their ids.
var groups = []struct {
	letter  byte
	title   label
	command string // which tells whether it is this one
}{
	{'V', label{"The URL cannot be saved: token验证失败, 请求URL超时", "服务器配置保存不了：token验证失败、请求URL超时"}, "wxdev verify --url URL --token TOKEN"},
	{'M', label{"Messages and replies: 该公众号提供的服务出现故障, no answer, safe mode", "消息与回复：该公众号提供的服务出现故障、没有回复、安全模式"}, "wxdev verify --messages --url URL --token TOKEN"},
	{'J', label{"JS-SDK: config:fail invalid signature", "JS-SDK：config:fail invalid signature"}, "wxdev sign-js PAGE-URL --explain SIGNATURE"},
	{'W', label{"WeCom: openapi回调地址请求不通过, echostr校验失败", "企业微信：openapi回调地址请求不通过、echostr校验失败"}, "wxdev verify --product wecom --url URL --token TOKEN --aes-key KEY --appid CORPID"},
	{'P', label{"Third-party platforms: the ticket is not taken, 全网发布检测", "第三方平台：ticket 没有正确接收、全网发布检测"}, "wxdev verify --product component --auth-url URL --token TOKEN --aes-key KEY --appid COMPONENT_APPID"},
	{'A', label{"access_token, menus and other API calls", "access_token、菜单和其他接口"}, ""},
}

// layoutWords are the words of every page of the site.
var layoutWords = map[string]label{
	"Guides":   {"Guides", "教程"},
	"Findings": {"Findings", "问题"},
	"Codes":    {"Errcodes", "错误码"},
	"Other":    labelOther,
	"Search":   {"Search", "搜索"},
	"Paste":    {"paste what WeChat or your log says: token验证失败, 40164 …", "粘贴微信或日志里的话：token验证失败、40164……"},
	"None":     {"Nothing here goes by these words.", "没有找到。"},
}
