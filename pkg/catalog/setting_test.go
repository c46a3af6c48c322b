package catalog

import (
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/product"
)

// TestSettings: a fix that speaks of the console says which setting it means,
// and one that does not speak of any names none of its own.
func TestSettings(t *testing.T) {
	check := func(id, variant, fix, setting string) {
		if _, ok := settings.Get()[setting]; setting != "" && !ok {
			t.Errorf("%s %s: there is no setting %q", id, variant, setting)
		}
		if strings.Contains(fix, "console") && setting == "" {
			t.Errorf("%s %s speaks of the console, and not of which setting: %s", id, variant, fix)
		}
		if fix == "" && setting != "" {
			t.Errorf("%s %s has no fix that could speak of %s", id, variant, setting)
		}
	}
	for _, id := range IDs() {
		e, _ := Lookup(id)
		check(id, "", e.En.Fix+e.En.SignedFix, e.Setting)
		for _, v := range e.Variants {
			check(id, v.Name, v.En.Fix, v.Setting)
		}
	}
}

// TestWhere: the place goes with the fix that is shown.
func TestWhere(t *testing.T) {
	for _, c := range []struct{ id, variant, want string }{
		{"V03", "", "接口配置信息"},              // the entry's fix
		{"V03", "token-default", "消息推送配置"}, // its own, which speaks of the console
		{"V05", "slash", "服务器配置"},
		{"J11", "", "JS接口安全域名"},
		{"J11", "url-port", ""}, // its own, which does not
		{"V02", "", ""},
		{"V99", "", ""},
	} {
		s, ok := Where(finding.Finding{ID: c.id, Variant: c.variant}, "")
		if all := strings.Join(s.Lines(finding.Chinese), "\n"); ok != (c.want != "") || !strings.Contains(all, c.want) {
			t.Errorf("%s %s: %q, %v, want one with %q", c.id, c.variant, all, ok, c.want)
		}
	}
	e, _ := Lookup("V05")
	if all := e.Settings(); len(all) != 1 {
		t.Errorf("V05 and its variants speak of one setting: %v", all)
	}
}

// The server's setting of WeCom is in WeCom's console.
func TestWhereOfWeCom(t *testing.T) {
	for p, want := range map[product.Product]string{"": "mp.weixin.qq.com", product.WeCom: "work.weixin.qq.com"} {
		s, ok := Where(finding.Finding{ID: "V51"}, string(p))
		if !ok || !strings.Contains(s.En, want) || p != "" && strings.Contains(s.En, "mp.weixin") {
			t.Errorf("%q: %v %q", p, ok, s.En)
		}
	}
}
