package product

import (
	"time"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

const (
	pages  = "https://developers.weixin.qq.com/"
	wecom  = "https://developer.work.weixin.qq.com/document/path/"
	asRead = "2026-05"
)

var (
	anyMode  = []msgcrypt.Mode{msgcrypt.Plain, msgcrypt.Compat, msgcrypt.Safe}
	safeOnly = []msgcrypt.Mode{msgcrypt.Safe}
	xml      = []msgcrypt.Format{msgcrypt.XML}
	json     = []msgcrypt.Format{msgcrypt.JSON}
	either   = []msgcrypt.Format{msgcrypt.XML, msgcrypt.JSON}

	ownAppID = Text{"the account's AppID", "帐号自己的 AppID"}
	quiet    = Text{"success, or an empty body", "success 或空串"}
)

// table is made on its first use.
var table = lazy.Value[[]*Rules]{Make: func() []*Rules {
	account := Rules{
		Formats: xml, Modes: anyMode, AnswerWithin: 5 * time.Second, Attempts: 3,
		ReceiveID: ownAppID, Passive: true,
		Reply: Text{"a passive reply in XML, success, or an empty body", "被动回复 XML、success 或空串"},
		Console: Text{
			"微信开发者平台 (WeChat developer platform), 我的业务, the account, 消息推送",
			"微信开发者平台，我的业务，服务号或公众号，消息推送",
		},
		Refused: "token验证失败", TimedOut: "请求URL超时",
		Addresses: Text{
			"every call of the API, with the AppSecret or an access_token; single addresses and CIDR",
			"所有服务端接口调用（用 AppSecret 或 access_token）；可填单个 IP 和 CIDR",
		},
		Page: pages + "doc/service/guide/dev/push", Read: asRead,
	}
	service, subscription := account, account
	service.Product, service.Title = Service, Text{"a service account", "服务号"}
	subscription.Product, subscription.Title = Subscription, Text{"a subscription account", "订阅号（公众号）"}
	subscription.Page = pages + "doc/subscription/guide/dev/push"

	program := Rules{
		Formats: either, Modes: anyMode, Attempts: 3, ReceiveID: ownAppID, Reply: quiet,
		Refused: "Token校验失败，请检查确认", TimedOut: "请求超时，请检查信息是否填写正确",
		Addresses: Text{
			"calls with the AppSecret only; ten entries, also 172.0.0.* and CIDR",
			"仅限使用 AppSecret 的调用；最多 10 条，可填 172.0.0.* 和 CIDR",
		},
		Read: asRead,
	}
	miniProgram, miniGame := program, program
	miniProgram.Product, miniProgram.Title = MiniProgram, Text{"a mini program", "小程序"}
	miniProgram.AnswerWithin = 5 * time.Second
	miniProgram.Console = Text{"mp.weixin.qq.com, 开发, 开发管理, 消息推送配置", "mp.weixin.qq.com，开发，开发管理，消息推送配置"}
	miniProgram.Page = pages + "miniprogram/dev/framework/server-ability/message-push.md"
	miniGame.Product, miniGame.Title = MiniGame, Text{"a mini game", "小游戏"}
	miniGame.Attempts = 0
	miniGame.Console = Text{"mp.weixin.qq.com, 管理, 开发管理, 消息推送配置", "mp.weixin.qq.com，管理，开发管理，消息推送配置"}
	miniGame.Page = pages + "minigame/dev/guide/base-ability/message-push.md"

	return []*Rules{&service, &subscription, &miniProgram, &miniGame, component(), shop(), website(), workWeChat()}
}}

// component is a third-party platform. Its ticket and its authorizations come to
// one URL, and the messages of the accounts that it serves to another.
func component() *Rules {
	return &Rules{
		Product: Component, Title: Text{"a third-party platform", "第三方平台"},
		Formats: xml, Modes: safeOnly, Verification: Ticket, AnswerWithin: 5 * time.Second,
		ReceiveID: Text{"the platform's own AppID, also in messages to the accounts that it serves", "第三方平台自己的 AppID（component_appid），推送给代运营帐号的消息也一样"},
		Passive:   true,
		Reply: Text{
			"success to the ticket and to authorizations; to messages success, an empty body or encrypted XML",
			"对 ticket 和授权事件回复 success；对消息回复 success、空串或加密的 XML",
		},
		Console: Text{
			"open.weixin.qq.com, 管理中心, 第三方平台, 开发配置, 开发资料",
			"open.weixin.qq.com，管理中心，第三方平台，开发配置，开发资料",
		},
		Refused: "授权事件接收url地址没有正确返回success字符串", // of the ticket, in the alarm group
		Addresses: Text{
			"every call, also with the tokens of accounts that are served; a refusal is 61004",
			"所有接口调用，包括使用 authorizer_access_token 的调用；被拒返回 61004",
		},
		Page: pages + "doc/oplatform/Third-party_Platforms/2.0/Before_Develop/message_push.md", Read: asRead,
	}
}

func shop() *Rules {
	return &Rules{
		Product: Shop, Title: Text{"a WeChat shop", "微信小店"},
		Formats: json, Modes: safeOnly, AnswerWithin: 5 * time.Second,
		Attempts:  10, // after 0 s, 0 s, 10 s, 1, 5, 30, 60, 60 and 60 minutes; see the page on deliveries
		ReceiveID: Text{"the shop's AppID", "小店的 AppID"},
		Reply:     Text{"success", "success"},
		Console: Text{
			"store.weixin.qq.com, 服务市场, 经营工具, 自研, 消息推送",
			"store.weixin.qq.com，服务市场，经营工具，自研，消息推送",
		},
		Page: pages + "doc/store/shop/dev_before/guide.md", Read: asRead,
	}
}

func website() *Rules {
	return &Rules{
		Product: Website, Title: Text{"a website or mobile app", "网站应用或移动应用"},
		Formats: either, Modes: anyMode,
		ReceiveID: Text{"the app's AppID", "应用的 AppID"}, Reply: quiet,
		Console: Text{"open.weixin.qq.com, 管理中心, the app, 消息推送", "open.weixin.qq.com，管理中心，网站应用（或移动应用的开发配置），消息推送"},
		Page:    pages + "doc/oplatform/Website_App/WeChat_Login/message_push.md", Read: asRead,
	}
}

// workWeChat is the callbacks of WeCom and of 微信客服. A robot's are JSON.
func workWeChat() *Rules {
	return &Rules{
		Product: WeCom, Title: Text{"WeCom", "企业微信"},
		Formats: either, Modes: safeOnly, Verification: EncryptedEcho, VerifyWithin: time.Second, AnswerWithin: 5 * time.Second,
		// "总共重试三次": three or four deliveries, so the number is unknown.
		ReceiveID: Text{
			"the CorpID; a suite's verification has the provider's CorpID, its commands the SuiteID, and a robot none",
			"企业的 CorpID；第三方应用验证 URL 时是服务商的 CorpID，指令回调是 SuiteID，智能机器人为空",
		},
		Passive: true,
		Reply: Text{
			"encrypted XML, or an empty body with status 200; success to a suite's commands",
			"加密的 XML，或状态码 200 的空串；第三方应用的指令回调回复 success",
		},
		Console: Text{
			"work.weixin.qq.com, 应用管理, the app, 接收消息, 设置API接收",
			"work.weixin.qq.com，应用管理，对应应用，接收消息，设置API接收",
		},
		Refused: "openapi回调地址请求不通过", TimedOut: "openapi回调地址请求不通过",
		Addresses: Text{
			"each app's 企业可信IP; semicolons between entries; a refusal is 60020",
			"每个应用的企业可信IP，用 ; 分隔；被拒返回 60020",
		},
		Page: wecom + "90930", Read: asRead,
	}
}
