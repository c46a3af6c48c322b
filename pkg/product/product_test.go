package product_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/product"
)

// Every product says what there is to say, in both languages.
func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range product.Names() {
		r, ok := product.Lookup(product.Product(name))
		if !ok || seen[name] {
			t.Fatalf("%s: %v, twice %v", name, ok, seen[name])
		}
		seen[name] = true
		if len(r.Formats) == 0 || len(r.Modes) == 0 || !strings.HasPrefix(r.Page, "https://") || r.Read == "" {
			t.Errorf("%s: %+v", name, r)
		}
		for what, text := range map[string]product.Text{"title": r.Title, "receive id": r.ReceiveID, "reply": r.Reply, "console": r.Console} {
			if text.In(finding.English) == "" || text.In(finding.Chinese) == "" {
				t.Errorf("%s: %s: %q", name, what, text)
			}
		}
		if r.Encrypted() != !slices.Contains(r.Modes, msgcrypt.Plain) || r.Verification == product.EncryptedEcho && !r.Encrypted() {
			t.Errorf("%s: encrypted %v", name, r.Encrypted())
		}
	}
	if _, ok := product.Lookup("service account"); ok {
		t.Error("a product of another name")
	}
}

// Without a product nothing is refused, and JSON means a mini program.
func TestOf(t *testing.T) {
	for _, c := range []struct {
		product product.Product
		format  msgcrypt.Format
		want    product.Product
	}{
		{"", "", product.Service},
		{"", msgcrypt.XML, product.Service},
		{"", msgcrypt.JSON, product.MiniProgram},
		{product.Shop, msgcrypt.XML, product.Shop},
		{product.WeCom, msgcrypt.JSON, product.WeCom},
	} {
		if got := product.Of(c.product, c.format).Product; got != c.want {
			t.Errorf("%q in %q: %s, want %s", c.product, c.format, got, c.want)
		}
	}
}

func TestLacks(t *testing.T) {
	shop, _ := product.Lookup(product.Shop)
	if err := shop.LacksMode(msgcrypt.Compat); err == nil || err.Error() != "shop has no compat mode: its messages come in safe" {
		t.Error(err)
	}
	component, _ := product.Lookup(product.Component)
	if err := component.LacksFormat(msgcrypt.JSON); err == nil || err.In(finding.Chinese) != "component 不推送 json，消息格式只有 xml" {
		t.Error(err)
	}
	if shop.LacksMode(msgcrypt.Safe) != nil || shop.LacksFormat(msgcrypt.JSON) != nil {
		t.Error("a shop lacks what it has")
	}
}

// The mark may stand anywhere in a URL, and be escaped.
func TestForAccount(t *testing.T) {
	for url, want := range map[string]string{
		"https://a/$APPID$/callback": "https://a/wx1/callback",
		"https://a/?appid=$APPID$":   "https://a/?appid=wx1",
		"https://a/%24APPID%24/x":    "https://a/wx1/x",
		"https://a/callback":         "https://a/callback",
		"https://a/$appid$":          "https://a/$appid$",
	} {
		if got := product.ForAccount(url, "wx1"); got != want || product.HasAccount(url) != (url != want) {
			t.Errorf("%s: %s, has it: %v", url, got, product.HasAccount(url))
		}
	}
}
