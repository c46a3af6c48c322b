package demobot

import "github.com/wxdev/wxdev/pkg/finding"

// said is a sentence in both languages.
type said struct{ en, zh string }

func (b *Bot) say(s said) string {
	if b.lang == finding.Chinese {
		return s.zh
	}
	return s.en
}

// words are what the bot says.
var words = struct {
	name, welcome, kinds, bugs, try, echo, heard, place, scanned, scannedText, picture, video, link, late, wait, rate, yes, no, thanks, bye,
	today, todayText, second, third, song, songText, order, mini, film, filmText,
	menuKinds, menuAll, menuShop, menuMini, menuPhoto, menuArticle, menuScan, menuScanPush, menuScanWait, menuCamera, menuAlbum, menuPic,
	menuMore, menuBugs, menuLate, menuNear, menuLimited, menuView, shop, ordered said
}{
	name:        said{"Camellia Tea House", "山茶小馆"},
	welcome:     said{"Welcome to the Camellia Tea House [微笑]\nTap the menu, or write anything.", "欢迎光临山茶小馆 [微笑]\n点菜单，或者随便说点什么。"},
	kinds:       said{"What would you like to see?", "想看哪一种？"},
	bugs:        said{"Famous bugs: tap one, and look at the right why users see what they see.", "经典错误：点一个，右边会说明用户为什么看到这样的结果。"},
	try:         said{"every kind of message", "各种消息"},
	echo:        said{"You said: ", "收到："},
	heard:       said{"I heard: ", "听到了："},
	place:       said{"You are at %s. The nearest shop is 300 m away.", "您在%s，最近的门店 300 米。"},
	scanned:     said{"You scanned the code of %s.", "您扫了「%s」的二维码。"},
	scannedText: said{"The code says: ", "二维码的内容："},
	picture:     said{"a picture", "图片"},
	video:       said{"A nice video.", "视频不错。"},
	link:        said{"I will read that: ", "这就去看："},
	late:        said{"Sorry to keep you waiting. Your table for tonight is reserved [OK]", "久等了，今晚的位子给您留好了 [OK]"},
	wait:        said{"One moment, please…", "请稍等……"},
	rate:        said{"How was your visit?", "您对这次服务满意吗？"},
	yes:         said{"Good", "满意"},
	no:          said{"Not so good", "不满意"},
	thanks:      said{"Thank you for telling us!", "谢谢您的评价！"},
	bye:         said{"See you soon", "欢迎再来"},
	today:       said{"Today: osmanthus dumplings in rice wine", "今日推荐：桂花酒酿圆子"},
	todayText:   said{"Handmade, with osmanthus sugar ground today. The second bowl is half price after three.", "手工小圆子，当天现磨的桂花糖。下午三点后第二份半价。"},
	second:      said{"How we choose our tea", "这一季的茶是怎么选的"},
	third:       said{"Three shops near you", "附近的三家门店"},
	song:        said{"Rain on the eaves", "檐下听雨"},
	songText:    said{"Camellia Tea House", "山茶小馆"},
	order:       said{"Order received", "点单成功"},
	mini:        said{"Order at the table", "扫码点单"},
	film:        said{"A minute in the kitchen", "后厨一分钟"},
	filmText:    said{"How dumplings are made", "圆子是怎么做的"},
	menuKinds:   said{"Messages", "消息"}, menuAll: said{"All kinds", "各种消息"}, menuShop: said{"Shop", "在线点单"},
	menuMini: said{"Mini program", "小程序"}, menuPhoto: said{"A picture", "一张图片"}, menuArticle: said{"An article", "一篇文章"},
	menuScan: said{"Scan", "扫码发图"}, menuScanPush: said{"Scan", "扫一扫"}, menuScanWait: said{"Scan and wait", "扫码等提示"},
	menuCamera: said{"Camera", "拍照"}, menuAlbum: said{"Camera or album", "拍照或相册"}, menuPic: said{"Album", "相册"},
	menuMore: said{"More", "更多"}, menuBugs: said{"Bugs", "经典错误"}, menuLate: said{"Late answer", "客服消息"},
	menuNear: said{"Shops nearby", "附近门店"}, menuLimited: said{"Material", "图文素材"}, menuView: said{"Article page", "图文页"},
	shop:    said{"Order", "点单"},
	ordered: said{"Your order is on its way.", "您的订单已经开始制作。"},
}
