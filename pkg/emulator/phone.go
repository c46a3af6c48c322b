package emulator

import (
	"cmp"
	"strings"
)

// phoneScope marks the codes of the phone-number button, which are other than
// those of wx.login.
const phoneScope = "phone"

// defaultPhone is that of a user whose seed has none.
const defaultPhone = "13800138000"

func phoneRoutes() []route {
	return []route{
		{method: "POST", path: "/wxa/business/getuserphonenumber", handle: body((*call).phoneNumber), does: "the phone number for a code of the user's action phone"},
	}
}

// phoneNumber changes a code for the number:
// https://developers.weixin.qq.com/miniprogram/dev/server/API/user-info/phone-number/api_getphonenumber
// (read 2026-11-30). countryCode is text, other than on the page, as reports
// have it. A code serves once, for 5 minutes; one that is used up, expired or
// of wx.login is 40029, as the forum's answers list.
func (c *call) phoneNumber(o object) (any, error) {
	for _, code := range c.acct.Codes {
		if code.Value != o.text("code") || code.Scope != phoneScope || code.Used || !c.now.Before(code.Expires) {
			continue
		}
		u := c.acct.user(code.OpenID)
		if u == nil || o.has("openid") && o.text("openid") != u.OpenID {
			return nil, fail(40029)
		}
		code.Used = true
		return c.phoneJSON(cmp.Or(u.Phone, defaultPhone)), nil
	}
	return nil, fail(40029)
}

func (c *call) phoneJSON(phone string) any {
	country, pure, abroad := strings.Cut(strings.TrimPrefix(phone, "+"), " ")
	if !abroad {
		country, pure = "86", phone
	}
	full := pure
	if country != "86" {
		full = "+" + country + pure
	}
	type watermark struct {
		Timestamp int64  `json:"timestamp"`
		AppID     string `json:"appid"`
	}
	type info struct {
		Phone     string    `json:"phoneNumber"`
		Pure      string    `json:"purePhoneNumber"`
		Country   string    `json:"countryCode"`
		Watermark watermark `json:"watermark"`
	}
	return struct {
		ErrCode int    `json:"errcode"`
		ErrMsg  string `json:"errmsg"`
		Info    info   `json:"phone_info"`
	}{0, "ok", info{full, pure, country, watermark{c.now.Unix(), c.acct.AppID}}}
}
