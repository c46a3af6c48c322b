package catalog

import (
	"strings"
	"testing"
)

// TestFindPasted: what people paste, and what they want to read first.
func TestFindPasted(t *testing.T) {
	const rid = "rid: 640d8707-66796d60-192e4bee"
	for text, want := range map[string]string{
		// An API's answer, as it is and as SDKs write it into logs.
		`{"errcode":40164,"errmsg":"invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist ` + rid + `"}`:     "40164 A02 640d8707-66796d60-192e4bee",
		`{\"errcode\":45009,\"errmsg\":\"reach max api daily quota limit ` + rid + `\"}`:                        "45009 A03 640d8707-66796d60-192e4bee",
		`2026-01-02 03:04:05.678 ERROR 7 --- [exec-1] c.e.Menu : create failed: errcode=40016, errmsg=x ` + rid: "40016 A06",
		`WeChatClientException: Error code: 41002, message: appid missing ` + rid:                               "41002",
		`WxErrorException: 错误代码：40003, 错误信息：不合法的OpenID，微信原始报文：{"errcode":40003,"errmsg":"invalid openid"}`:      "40003",
		`[wechat] 返回码为 48001`:                            "48001",
		`<xml><errcode>40029</errcode></xml>`:            "40029",
		`{"code":0,"data":{"errcode":40013}}`:            "40013",
		`{"errcode":49999,"errmsg":"invalid media_id"}`:  "40007", // the number is not known, the words are
		`{"errcode":-1,"errmsg":"system error"}`:         "-1",
		`{"errcode":0,"errmsg":"ok"}`:                    "0",
		`aes error -40007`:                               "-40007",
		`redirect_uri域名与后台配置不一致，错误码:10003`:               "10003 A22",
		`此公众号并没有这些scope的权限，错误码：10005`:                    "10005",
		`{"errcode":45162,"errmsg":"invalid type ` + rid: "45162",

		// Error texts of other years, without a number.
		"api freq out of limit": "45009 A03",
		"invalid credential":    "40001 A01",
		"invalid credential, access_token is invalid or not latest":    "40001 A01",
		"invalid ip 1.2.3.4, not in whitelist hint: [KJZfAa0644e575]":  "40164 A02",
		"api unauthorized hint: [abc]":                                 "48001",
		"user refuse to accept the msg":                                "43101",
		"invalid code, hints: [ req_id: abc ]":                         "40029",
		"invalid button size hint: [abc]":                              "40016 A06",
		"developer secret sym serial not existed":                      "40238",
		"signature is needed, please refer document for help [https:]": "934011",

		// The words of pages and of the console, in both languages.
		"redirect_uri 参数错误":                                          "A22 10003",
		"redirect_uri参数错误":                                           "A22 10003",
		"Scope 参数错误或没有 Scope 权限":                                     "A22 10005",
		"菜单不显示":                                                      "A21",
		"自定义菜单创建成功，可是手机上不显示":                                         "A21",
		"the menu is not shown":                                      "A21",
		"menu not updated":                                           "A21",
		"token verification failed":                                  "V03",
		"Token验证失败":                                                  "V03",
		"Token校验失败，请检查确认":                                            "V03",
		"请求URL超时":                                                    "V04",
		"check token request timeout":                                "V04",
		"该公众号提供的服务出现故障，请稍后再试":                                        "M01",
		"该公众号暂时无法提供服务，请稍后再试":                                         "M01",
		"配置失败":                                                       "V03",
		"502 Bad Gateway":                                            "V04",
		"426 Upgrade Required":                                       "V10",
		"403 Forbidden":                                              "V10",
		"301 Moved Permanently":                                      "V08",
		"cURL error 28: Operation timed out after 5001 milliseconds": "V04",
		"net::ERR_CERT_COMMON_NAME_INVALID":                          "V13",
		"KeyError: 'echostr'":                                        "V16",
		"PHP Notice: Undefined index: echostr in /srv/index.php":     "V16",
		"Undefined index: HTTP_RAW_POST_DATA":                        "M05",
		"AttributeError: 'NoneType' object has no attribute 'text'":  "M19",
		"Call to undefined function mcrypt_module_open()":            "V43",
		"illegal base64 data at input byte 43":                       "M21",
		"binascii.Error: Incorrect padding":                          "M21",
		"Last encoded character (before the paddings if any) is a valid base 64 alphabet but not a possible value": "M21",
		"回复中文乱码":     "M07",
		"菜单名称乱码":     "A05",
		"粉丝收到两次回复":   "M08",
		"接收不到事件推送":   "M17",
		"点击菜单按钮没有反应": "V35",
		`{"errcode":45106,"errmsg":"This API has been unsupported. For more details, please view https://mp.weixin.qq.com/ ` + rid + `"}`: "45106",
		"has no masssend quota":    "45028",
		"author size out of limit": "45110",
		"ngrok":                    "V32",
		"ERR_NGROK_6024":           "V32",
		"ERR_NGROK_8012":           "V04",
		"白名单":                      "A02",
		"Illegal key size":         "M11",
		"TokenMismatchException in VerifyCsrfToken.php line 67": "V07",
		"curl: (52) Empty reply from server":                    "V39",

		// The JS-SDK.
		"invalid signature":                     "J01",
		`{"errMsg":"config:invalid signature"}`: "J01",
		`{"errMsg":"config:fail,Error: 系统错误,错误码：63002,invalid signature [20240101 10:00:00][]"}`: "J01",
		"config:fail, invalid url domain":                                                  "J11",
		`{"errMsg":"updateAppMessageShareData:the permission value is offline verifying"}`: "J19",
		"Uncaught ReferenceError: wx is not defined":                                       "J19",
		"请在微信客户端打开链接":                                                                      "A22",
		"com.qq.weixin.mp.aes.AesException: 签名验证错误":                                        "M02",
		"error V18: the three strings are sorted as numbers":                               "V18",

		// Words in general.
		"bom": "V12", "numeric-sort": "V18", "sorted": "V18", "用户拒绝接受消息": "43101",
		"xyzzy plugh": "", "": "", "listen EADDRINUSE :::40001": "", "?!，。": "",
	} {
		var names []string
		for _, r := range Find(text).Refs {
			names = append(names, r.Name())
		}
		got := strings.Join(names, " ")
		if want == "" && got != "" || !strings.HasPrefix(got+" ", strings.TrimSpace(want+" ")+" ") && want != "" {
			t.Errorf("%q: %q, want %q first", text, got, want)
		}
	}
}

// TestFindNothing: what is about something else gets no entry that only shares
// its little words.
func TestFindNothing(t *testing.T) {
	for _, text := range []string{"WeixinJSBridge is not defined", "今天天气怎么样", "how do I bake a cake", "is it", ""} {
		if found := Find(text); len(found.Refs) > 0 {
			t.Errorf("%q: found %s", text, found.Refs[0].Name())
		}
	}
}

// TestFindCodes: the words of each code find it or one that has the same.
func TestFindCodes(t *testing.T) {
	same := map[string]int{}
	for _, c := range Codes() {
		same[plain(c.En)]++
	}
	for _, c := range Codes() {
		if same[plain(c.En)] > 1 || !strings.Contains(plain(c.En), " ") || len(plain(c.En)) < 10 {
			continue
		}
		refs := Find(c.En + " rid: 640d8707-66796d60-192e4bee").Refs
		known := false
		for _, r := range refs[:min(3, len(refs))] {
			known = known || r.Code != nil && r.Code.Code == c.Code || r.Entry != nil
		}
		if !known {
			t.Errorf("%d: %q finds %v", c.Code, c.En, refs)
		}
	}
}

// TestSays: each line names what there is, and no words stand in two lines.
func TestSays(t *testing.T) {
	seen := map[string]string{}
	for _, row := range sayings.Get() {
		for _, name := range row.refs {
			if _, ok := Refer(name); !ok {
				t.Errorf("%v: there is no %s", row.refs, name)
			}
		}
		for _, p := range row.phrases {
			key := strings.Join(p.parts, "*")
			if key == "" || seen[key] != "" && seen[key] != row.refs[0] {
				t.Errorf("%v: %q stands at %s too", row.refs, key, seen[key])
			}
			seen[key] = row.refs[0]
		}
	}
	if len(seen) < 100 {
		t.Errorf("only %d phrases", len(seen))
	}
}

func FuzzFind(f *testing.F) {
	f.Add(`{"errcode":40164,"errmsg":"invalid ip"}`)
	f.Add("redirect_uri 参数错误 V18 -40001 \xff")
	f.Fuzz(func(t *testing.T, text string) {
		for _, r := range Find(text).Refs {
			if r.Name() == "" {
				t.Errorf("%q: an empty reference", text)
			}
		}
	})
}
