package config

import (
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/product"
)

// modeNames are what people call the modes besides their own names: as the
// console does, and by their number in its list.
var modeNames = lazy.Value[map[string]string]{Make: func() map[string]string {
	return map[string]string{
		"1": "plain", "明文模式": "plain", "明文": "plain",
		"2": "compat", "兼容模式": "compat", "兼容": "compat",
		"3": "safe", "安全模式": "safe", "安全": "safe",
	}
}}

// productNames are what people call the products besides their own names, and
// their numbers in the list of init.
var productNames = lazy.Value[map[string]product.Product]{Make: func() map[string]product.Product {
	names := map[string]product.Product{
		"服务号": product.Service, "订阅号": product.Subscription, "公众号": product.Subscription, "小程序": product.MiniProgram,
		"小游戏": product.MiniGame, "第三方平台": product.Component, "微信小店": product.Shop, "小店": product.Shop,
		"网站应用": product.Website, "移动应用": product.Website, "企业微信": product.WeCom, "微信客服": product.WeCom,
	}
	for i, name := range product.Names() {
		names[strconv.Itoa(i+1)] = product.Product(name)
	}
	return names
}}

// wideDigits are how an input method for Chinese writes them.
var wideDigits = lazy.Value[*strings.Replacer]{Make: func() *strings.Replacer {
	return strings.NewReplacer("１", "1", "２", "2", "３", "3", "４", "4", "５", "5", "６", "6", "７", "7", "８", "8")
}}

// Meant is the value that a person means by what they typed: one of those that
// k takes in any case, and a mode or a product by what it is called in Chinese or by
// its number.
// Any other text is returned as it is.
func Meant(k Key, text string) string {
	typed := strings.TrimSpace(text)
	for _, v := range k.Values() {
		if strings.EqualFold(v, typed) {
			return v
		}
	}
	typed = wideDigits.Get().Replace(typed)
	if v, ok := modeNames.Get()[typed]; ok && k == Mode {
		return v
	}
	if v, ok := productNames.Get()[typed]; ok && k == Product {
		return string(v)
	}
	return text
}
