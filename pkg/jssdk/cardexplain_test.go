package jssdk

import (
	"slices"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/signature"
)

var checkedCard = CardExt{APITicket: "cardTICKET", CardID: "pCARD", OpenID: "oUSER", Timestamp: "1700000000", NonceStr: "Nonce1"}

var cardOthers = []Named{{"page", "pageTICKET", Stale}, {"staging", "stagingTICKET", OtherAccount}}

var cardTable = map[string]string{
	checkedCard.Signature():                                                                       "",
	strings.ToUpper(checkedCard.Signature()):                                                      "J13 upper-case",
	signature.Sum("pageTICKET", "pCARD", "oUSER", "1700000000", "Nonce1"):                         `J16 card-other-ticket name="page"`,
	signature.Sum("stagingTICKET", "pCARD", "oUSER", "1700000000", "Nonce1"):                      `J12 other-account name="staging"`,
	signature.Sum("cardTICKET", "pCARD", "1700000000", "Nonce1"):                                  "J18 card-missing name=openid",
	signature.Sum("cardTICKET", "pCARD", "oUSER", "1700000000", "Nonce1", "wx1"):                  "J18 card-extra name=appid",
	signature.Sum("cardTICKET", "pCARD", "oUSER", "1700000000000", "Nonce1"):                      "J09 milliseconds",
	sha("cardTICKET1700000000pCARDoUSERNonce1"):                                                   "J18 card-unsorted",
	sha("api_ticket=cardTICKET&timestamp=1700000000&card_id=pCARD&openid=oUSER&nonce_str=Nonce1"): "J18 card-names",
	strings.Repeat("0", 40):                                                                       `J20 unknown signature="0000000000000000000000000000000000000000"`,
	"abc":                                                                                         `J20 form length=3 signature="abc"`,
}

func TestCheckCard(t *testing.T) {
	for given, want := range cardTable {
		if got := strings.Join(labels(CheckCard(given, checkedCard, "wx1", cardOthers)), "; "); got != want {
			t.Errorf("%s: %s, want %s", given, got, want)
		}
	}
}

func TestCheckChoice(t *testing.T) {
	c := CardSign{APITicket: "cardTICKET", AppID: "wx1", Timestamp: "1700000000", NonceStr: "Nonce1", CardType: "GROUPON"}
	if got := CheckChoice(c.Signature(), c, nil); got != nil {
		t.Errorf("right: %v", labels(got))
	}
	given := signature.Sum("cardTICKET", "1700000000", "Nonce1", "GROUPON")
	if got := labels(CheckChoice(given, c, nil)); !slices.Equal(got, []string{"J18 card-missing name=appid"}) {
		t.Errorf("without the AppID: %v", got)
	}
}
