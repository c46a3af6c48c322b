package main

import (
	"fmt"
	"os"

	"github.com/silenceper/wechat/v2/cache"
	"github.com/silenceper/wechat/v2/miniprogram"
	"github.com/silenceper/wechat/v2/miniprogram/business"
	"github.com/silenceper/wechat/v2/officialaccount"
	"github.com/silenceper/wechat/v2/officialaccount/broadcast"
	"github.com/silenceper/wechat/v2/officialaccount/draft"
	"github.com/silenceper/wechat/v2/officialaccount/material"

	mini "github.com/silenceper/wechat/v2/miniprogram/config"
)

func materials(a *officialaccount.OfficialAccount) error {
	m := a.GetMaterial()
	id, url, err := m.AddMaterial(material.MediaTypeImage, picture)
	if err != nil || id == "" || url == "" {
		return fmt.Errorf("the material is %q %q, %v", id, url, err)
	}
	count, err := m.GetMaterialCount()
	if err != nil {
		return err
	}
	if err := same("the number of pictures", count.ImageCount, 1); err != nil {
		return err
	}
	list, err := m.BatchGetMaterial(material.PermanentMaterialTypeImage, 0, 20)
	if err != nil || list.ItemCount != 1 || list.Item[0].MediaID != id {
		return fmt.Errorf("the materials are %+v, %v", list, err)
	}
	if err := m.DeleteMaterial(id); err != nil {
		return err
	}
	if err := refused(m.DeleteMaterial(id), 40007); err != nil {
		return err
	}
	_, err = m.AddNews([]*material.Article{{Title: "标题", Content: "正文"}})
	return refused(err, 45106) // it has ended
}

func articles(a *officialaccount.OfficialAccount) error {
	cover, _, err := a.GetMaterial().AddMaterial(material.MediaTypeImage, picture)
	if err != nil {
		return err
	}
	box := a.GetDraft()
	id, err := box.AddDraft([]*draft.Article{{Title: "标题", Content: "<p>正文 &amp; more</p>", ThumbMediaID: cover}})
	if err != nil {
		return err
	}
	if _, err := box.AddDraft([]*draft.Article{{Title: "标题", Content: "正文", ThumbMediaID: "x"}}); refused(err, 40007) != nil {
		return fmt.Errorf("a cover that is not there: %v", err)
	}
	if err := box.UpdateDraft(&draft.Article{Title: "新标题", Content: "<p>正文</p>", ThumbMediaID: cover}, id, 0); err != nil {
		return err
	}
	got, err := box.GetDraft(id)
	if err != nil || len(got) != 1 {
		return fmt.Errorf("the draft is %+v, %v", got, err)
	}
	if err := same("the title", got[0].Title, "新标题"); err != nil {
		return err
	}
	if n, err := box.CountDraft(); err != nil || n != 1 {
		return fmt.Errorf("%d drafts, %v", n, err)
	}
	if list, err := box.PaginateDraft(0, 20, true); err != nil || list.ItemCount != 1 || list.Item[0].MediaID != id {
		return fmt.Errorf("the drafts are %+v, %v", list, err)
	}
	return publish(a, id)
}

func publish(a *officialaccount.OfficialAccount, id string) error {
	p := a.GetFreePublish()
	job, err := p.Publish(id)
	if err != nil {
		return err
	}
	status, err := p.SelectStatus(job)
	if err != nil || status.PublishStatus != 0 || status.ArticleDetail.Count != 1 {
		return fmt.Errorf("the job is %+v, %v", status, err)
	}
	news, err := p.First(status.ArticleID)
	if err != nil || len(news) != 1 || news[0].Title != "新标题" || news[0].URL == "" {
		return fmt.Errorf("the article is %+v, %v", news, err)
	}
	if list, err := p.Paginate(0, 20, false); err != nil || list.ItemCount != 1 {
		return fmt.Errorf("the articles are %+v, %v", list, err)
	}
	return p.Delete(status.ArticleID, 0)
}

func masses(a *officialaccount.OfficialAccount) error {
	b := a.GetBroadcast()
	sent, err := b.SendText(nil, "大家好")
	if err != nil || sent.MsgID == 0 {
		return fmt.Errorf("the message is %+v, %v", sent, err)
	}
	if _, err := b.SendText(nil, "再一次"); refused(err, 45028) != nil {
		return fmt.Errorf("twice a day to all: %v", err)
	}
	if status, err := b.GetMassStatus(fmt.Sprint(sent.MsgID)); err != nil || status.MsgStatus != "SEND_SUCCESS" {
		return fmt.Errorf("its status is %+v, %v", status, err)
	}
	if _, err := b.SendText(&broadcast.User{OpenID: []string{alice}}, "x"); refused(err, 40130) != nil {
		return fmt.Errorf("a message to one: %v", err)
	}
	picture, _, err := a.GetMaterial().AddMaterial(material.MediaTypeImage, picture)
	if err != nil {
		return err
	}
	two := &broadcast.User{OpenID: []string{alice, "nobody"}}
	if sent, err := b.SendImage(two, &broadcast.Image{MediaIDs: []string{picture}}); err != nil || sent.MsgID == 0 {
		return fmt.Errorf("the picture is %+v, %v", sent, err)
	}
	id, err := a.GetDraft().AddDraft([]*draft.Article{{Title: "群发", Content: "正文", ThumbMediaID: picture}})
	if err != nil {
		return err
	}
	news, err := b.SendNews(two, id, true)
	if err != nil || news.MsgDataID == 0 {
		return fmt.Errorf("the articles are %+v, %v", news, err)
	}
	if err := b.Delete(news.MsgID, 1); err != nil {
		return err
	}
	if speed, err := b.SetSpeed(2); err != nil {
		return fmt.Errorf("the speed is %+v, %v", speed, err)
	}
	if speed, err := b.GetSpeed(); err != nil || speed.RealSpeed != 45 {
		return fmt.Errorf("the speed is %+v, %v", speed, err)
	}
	_, err = b.Preview().SendText(&broadcast.User{OpenID: []string{alice}}, "预览")
	return err
}

func agents(a *officialaccount.OfficialAccount) error {
	list, err := a.GetCustomerServiceManager().List()
	if err != nil {
		return err
	}
	return same("the number of agents", len(list), 0)
}

func phone(*officialaccount.OfficialAccount) error {
	tapped, err := control("users/"+alice+"/phone", "")
	if err != nil {
		return err
	}
	b := miniprogram.NewMiniProgram(&mini.Config{
		AppID: os.Getenv("WXDEV_APPID"), AppSecret: os.Getenv("WXDEV_SECRET"), Cache: cache.NewMemory(),
	}).GetBusiness()
	code := business.GetPhoneNumberRequest{Code: fmt.Sprint(tapped["code"])}
	info, err := b.GetPhoneNumber(&code)
	if err != nil {
		return err
	}
	if err := same("the number", info.PurePhoneNumber+" "+info.CountryCode, "13800138000 86"); err != nil {
		return err
	}
	_, err = b.GetPhoneNumber(&code)
	return refused(err, 40029)
}
