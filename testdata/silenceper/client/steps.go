package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/silenceper/wechat/v2/miniprogram"
	"github.com/silenceper/wechat/v2/officialaccount"
	"github.com/silenceper/wechat/v2/officialaccount/basic"
	"github.com/silenceper/wechat/v2/officialaccount/material"
	"github.com/silenceper/wechat/v2/officialaccount/menu"
	"github.com/silenceper/wechat/v2/officialaccount/message"

	mini "github.com/silenceper/wechat/v2/miniprogram/config"

	"github.com/silenceper/wechat/v2/cache"
)

// steps are in order: a customer-service message needs a user who wrote.
var steps = []struct {
	name string
	run  func(*officialaccount.OfficialAccount) error
}{
	{"token", token},
	{"menu", menus},
	{"users", users},
	{"tags", tags},
	{"messages", messages},
	{"templates", templates},
	{"media", media},
	{"materials", materials},
	{"articles", articles},
	{"mass messages", masses},
	{"agents", agents},
	{"QR codes, addresses", codes},
	{"JS-SDK", pages},
	{"web authorisation", authorisation},
	{"mini program login", login},
	{"phone number", phone},
}

func token(a *officialaccount.OfficialAccount) error {
	got, err := a.GetAccessToken()
	if err != nil || len(got) < 136 {
		return fmt.Errorf("the token is %q, %v", got, err)
	}
	_, err = open("ffffffffffffffffffffffffffffffff").GetAccessToken()
	return refused(err, 40125)
}

func menus(a *officialaccount.OfficialAccount) error {
	m := a.GetMenu()
	buttons := []*menu.Button{
		new(menu.Button).SetClickButton("今日歌曲", "V1001"),
		new(menu.Button).SetSubButton("菜单", []*menu.Button{new(menu.Button).SetViewButton("搜索", "https://example.com/?a=1&b=2")}),
	}
	if err := m.SetMenu(buttons); err != nil {
		return err
	}
	got, err := m.GetMenu()
	if err != nil || len(got.Menu.Button) != 2 {
		return fmt.Errorf("the menu is %+v, %v", got, err)
	}
	if err := same("the URL", got.Menu.Button[1].SubButtons[0].URL, "https://example.com/?a=1&b=2"); err != nil {
		return err
	}
	if err := m.AddConditional(buttons, &menu.MatchRule{ClientPlatformType: "2"}); err != nil {
		return err
	}
	got, err = m.GetMenu()
	if err != nil || len(got.Conditionalmenu) != 1 {
		return fmt.Errorf("the conditional menus are %+v, %v", got.Conditionalmenu, err)
	}
	if _, err := m.MenuTryMatch(alice); err != nil {
		return err
	}
	if err := m.DeleteConditional(got.Conditionalmenu[0].MenuID); err != nil {
		return err
	}
	if info, err := m.GetCurrentSelfMenuInfo(); err != nil || info.IsMenuOpen != 1 {
		return fmt.Errorf("the menu in use is %+v, %v", info, err)
	}
	if err := m.DeleteMenu(); err != nil {
		return err
	}
	_, err = m.GetMenu()
	return refused(err, 46003)
}

func users(a *officialaccount.OfficialAccount) error {
	u := a.GetUser()
	info, err := u.GetUserInfo(alice)
	if err != nil {
		return err
	}
	if err := same("alice's subscribe", info.Subscribe, 1); err != nil {
		return err
	}
	if err := u.UpdateRemark(alice, "老客户"); err != nil {
		return err
	}
	list, err := u.ListAllUserOpenIDs()
	if err != nil {
		return err
	}
	if err := same("the followers", list, []string{alice}); err != nil {
		return err
	}
	_, err = u.GetUserInfo("nobody")
	return refused(err, 40003)
}

func tags(a *officialaccount.OfficialAccount) error {
	u := a.GetUser()
	tag, err := u.CreateTag("会员")
	if err != nil {
		return err
	}
	if err := errors.Join(u.BatchTag([]string{alice}, tag.ID), u.UpdateTag(tag.ID, "贵宾")); err != nil {
		return err
	}
	ids, err := u.UserTidList(alice)
	if err != nil {
		return err
	}
	if err := same("alice's tags", ids, []int32{tag.ID}); err != nil {
		return err
	}
	list, err := u.OpenIDListByTag(tag.ID)
	if err != nil {
		return err
	}
	if err := same("who has the tag", list.Data.OpenIDs, []string{alice}); err != nil {
		return err
	}
	return errors.Join(u.BatchUntag([]string{alice}, tag.ID), u.DeleteTag(tag.ID))
}

func messages(a *officialaccount.OfficialAccount) error {
	m := a.GetCustomerMessageManager()
	if err := m.Send(message.NewCustomerTextMessage(alice, "你好 <b> & \"引号\"")); err != nil {
		return err
	}
	return refused(m.Send(message.NewCustomerTextMessage("nobody", "x")), 40003)
}

func templates(a *officialaccount.OfficialAccount) error {
	t := a.GetTemplate()
	if list, err := t.List(); err != nil || len(list) != 1 {
		return fmt.Errorf("the templates are %v, %v", list, err)
	}
	id, err := t.Send(&message.TemplateMessage{
		ToUser: alice, TemplateID: "ORDER", Data: map[string]*message.TemplateDataItem{"first": {Value: "订单"}},
	})
	if err != nil || id == 0 {
		return fmt.Errorf("the msgid is %d, %v", id, err)
	}
	s := &message.SubscribeMessage{
		ToUser: alice, TemplateID: "NOTE", Data: map[string]*message.SubscribeDataItem{"thing1": {Value: "开会"}},
	}
	if err := refused(a.GetSubscribe().Send(s), 43101); err != nil {
		return err
	}
	if _, err := control("users/"+alice+"/accept", `{"value":"NOTE"}`); err != nil {
		return err
	}
	return a.GetSubscribe().Send(s)
}

func media(a *officialaccount.OfficialAccount) error {
	m, err := a.GetMaterial().MediaUpload(material.MediaTypeImage, picture)
	if err != nil || m.MediaID == "" {
		return fmt.Errorf("the media is %+v, %v", m, err)
	}
	if url, err := a.GetMaterial().ImageUpload(picture); err != nil || url == "" {
		return fmt.Errorf("the URL is %q, %v", url, err)
	}
	return a.GetCustomerMessageManager().Send(message.NewCustomerImgMessage(alice, m.MediaID))
}

func codes(a *officialaccount.OfficialAccount) error {
	b := a.GetBasic()
	if t, err := b.GetQRTicket(basic.NewTmpQrRequest(600e9, "door")); err != nil || t.Ticket == "" {
		return fmt.Errorf("the QR code is %+v, %v", t, err)
	}
	ips, err := b.GetCallbackIP()
	if err != nil {
		return err
	}
	if err := same("the callback addresses", ips, []string{"127.0.0.1"}); err != nil {
		return err
	}
	return b.ClearQuota()
}

func pages(a *officialaccount.OfficialAccount) error {
	c, err := a.GetJs().GetConfig("https://example.com/")
	if err != nil || len(c.Signature) != 40 {
		return fmt.Errorf("the config is %+v, %v", c, err)
	}
	return nil
}

func authorisation(a *officialaccount.OfficialAccount) error {
	page, err := a.GetOauth().GetRedirectURL("https://example.com/back", "snsapi_userinfo", "s")
	if err != nil {
		return err
	}
	page = strings.Replace(strings.TrimSuffix(page, "#wechat_redirect"), "https://open.weixin.qq.com", base, 1)
	back, err := redirected(page + "&wxdev_user=" + alice)
	if err != nil {
		return err
	}
	token, err := a.GetOauth().GetUserAccessToken(back.Query().Get("code"))
	if err != nil {
		return err
	}
	user, err := a.GetOauth().GetUserInfo(token.AccessToken, token.OpenID, "zh_CN")
	if err != nil {
		return err
	}
	if err := same("who authorised", user.OpenID+" "+user.Nickname, alice+" 爱丽丝"); err != nil {
		return err
	}
	_, err = a.GetOauth().GetUserAccessToken("wrong")
	return refused(err, 40029)
}

func login(*officialaccount.OfficialAccount) error {
	auth := miniprogram.NewMiniProgram(&mini.Config{
		AppID: os.Getenv("WXDEV_APPID"), AppSecret: os.Getenv("WXDEV_SECRET"), Cache: cache.NewMemory(),
	}).GetAuth()
	phone, err := control("users/"+alice+"/code", "")
	if err != nil {
		return err
	}
	code := fmt.Sprint(phone["code"])
	session, err := auth.Code2Session(code)
	if err != nil {
		return err
	}
	if err := same("who logged in", session.OpenID, alice); err != nil {
		return err
	}
	_, err = auth.Code2Session(code)
	return refused(err, 40163)
}
