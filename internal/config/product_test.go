package config

import (
	"testing"

	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/product"
)

// A product fixes what is not given, and refuses what it does not have.
func TestProduct(t *testing.T) {
	for _, name := range product.Names() {
		r, _ := product.Lookup(product.Product(name))
		for _, mode := range []msgcrypt.Mode{"", msgcrypt.Plain, msgcrypt.Compat, msgcrypt.Safe} {
			for _, format := range []msgcrypt.Format{"", msgcrypt.XML, msgcrypt.JSON} {
				w := newWorld(t, nil)
				w.env["WXDEV_PRODUCT"], w.env["WXDEV_MODE"], w.env["WXDEV_FORMAT"] = name, string(mode), string(format)
				c := w.load()
				check := func(k Key, given, usual string, fits bool) {
					v, err := c.Get(k)
					switch {
					case given == "" && (v.Text != usual || v.From != "product"):
						t.Errorf("%s: %s is %q from %q", name, k, v.Text, v.From)
					case given != "" && (err == nil) != fits:
						t.Errorf("%s: %s %s: %v", name, k, given, err)
					}
				}
				check(Mode, string(mode), string(r.Mode()), mode != "" && r.LacksMode(mode) == nil)
				check(Format, string(format), string(r.Format()), format != "" && r.LacksFormat(format) == nil)
			}
		}
	}
}

func TestProductMistakes(t *testing.T) {
	w := newWorld(t, map[string]string{"wxdev.toml": "[account]\nproduct = \"wecom\"\nmode = \"plain\"\n"})
	_, err := w.load().Get(Mode)
	wantError(t, err, "wxdev.toml:3:1: mode: wecom has no plain mode: its messages come in safe", "see https://developer.work.weixin.qq.com/document/path/90930; without a product nothing is refused")
	w = newWorld(t, map[string]string{"wxdev.toml": "[account]\nproduct = \"wecomm\"\n"})
	_, err = w.load().Get(Mode)
	wantError(t, err, "wxdev.toml:2:1: product is \"wecomm\": it takes service, subscription, miniprogram, minigame, component, shop, website or wecom", "did you mean wecom?")
}
