package jssdk

import (
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/finding"
)

// UserAgent is that of WeChat's browser on a phone, as far as servers look at it:
// many make their config for it alone.
const UserAgent = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/120.0 Mobile Safari/537.36 MicroMessenger/8.0.50 wxdev"

// APIs returns the functions that jsApiList may name, in the order of the
// list on the official page, and the few that are on pages of their own.
func APIs() []string {
	return []string{
		"updateAppMessageShareData", "updateTimelineShareData",
		"onMenuShareTimeline", "onMenuShareAppMessage", "onMenuShareQQ", "onMenuShareWeibo", "onMenuShareQZone",
		"startRecord", "stopRecord", "onVoiceRecordEnd", "playVoice", "pauseVoice", "stopVoice", "onVoicePlayEnd",
		"uploadVoice", "downloadVoice", "chooseImage", "previewImage", "uploadImage", "downloadImage", "getLocalImgData",
		"translateVoice", "getNetworkType", "openLocation", "getLocation",
		"hideOptionMenu", "showOptionMenu", "hideMenuItems", "showMenuItems", "hideAllNonBaseMenuItem", "showAllNonBaseMenuItem",
		"closeWindow", "scanQRCode", "openProductSpecificView", "addCard", "chooseCard", "openCard", "chooseWXPay",
		"startSearchBeacons", "stopSearchBeacons", "onSearchBeacons", "openAddress", "checkJsApi",
	}
}

// NotListed is the finding about a function that a page called and its jsApiList
// does not name.
func NotListed(name string) finding.Finding {
	return newFinding("J19", "not-listed", "name", name)
}

// OpenTags returns the tags that openTagList may name.
func OpenTags() []string {
	return []string{"wx-open-launch-weapp", "wx-open-launch-app", "wx-open-subscribe", "wx-open-audio"}
}

// APIWarnings looks for misspelt names in a jsApiList. A name that is close to
// no other is taken for a function newer than this package.
func APIWarnings(names []string) []finding.Finding {
	var list []finding.Finding
	known := map[string]bool{}
	for _, name := range APIs() {
		known[name] = true
	}
	const most = 100 // a list may come from anywhere
	for _, name := range names[:min(len(names), most)] {
		if known[name] || len(name) > 60 {
			continue
		}
		if want := text.Nearest(name, APIs()); want != "" {
			list = append(list, newFinding("J19", "unknown-api", "name", shown(name), "want", want))
		}
	}
	return list
}
