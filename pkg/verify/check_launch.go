package verify

import (
	"math/big"
	"strings"

	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/product"
	"github.com/wxdev/wxdev/pkg/push"
)

// 全网发布检测: before a platform goes live, WeChat pushes to a test account, which
// is drawn at random, and looks at the answers.
// https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/operation/thirdparty/releases_instructions

// testAccount is an account with which WeChat checks platforms.
type testAccount struct{ appid, original string }

// The test accounts of the page, and its test mini programs.
var testAccounts, testPrograms = [...]testAccount{
	{"wx570bc396a51b8ff8", "gh_3c884a361561"},
	{"wx9252c5e0bb1836fc", "gh_c0f28a78b318"},
	{"wx8e1097c5bc82cde9", "gh_3f222ed8d140"},
	{"wx14550af28c71a144", "gh_26128078e9ab"},
	{"wxa35b9c23cfe664eb", "gh_2b3713f184a6"},
}, [...]testAccount{
	{"wxd101a85aa106f53e", "gh_8dad206e9538"},
	{"wxc39235c15087f6f3", "gh_905ae9d01059"},
	{"wx7720d01d4b2a4500", "gh_393666f1fdf4"},
	{"wx05d483572dcd5d8b", "gh_39abb5d4e1b7"},
	{"wx5910277cae6fd970", "gh_7818dcb60240"},
}

// originalID is the id that messages to an account are addressed to.
func originalID(appid string) string {
	for _, list := range [][]testAccount{testAccounts[:], testPrograms[:]} {
		for _, a := range list {
			if a.appid == appid {
				return a.original
			}
		}
	}
	return message.OriginalID(appid)
}

// Sent is what is known of the calls that a server made after a message.
type Sent struct {
	Asked   bool   // api_query_auth, with the code
	AskCode int    // and its errcode
	Sent    bool   // a customer-service message to the user
	Code    int    // and its errcode
	Text    string // and what it says
}

// What is pushed, and expected.
const (
	launchText   = "TESTCOMPONENT_MSG_TYPE_TEXT"
	launchAnswer = launchText + "_callback"
	launchCode   = "QUERY_AUTH_CODE:"
	launchSent   = "_from_api"
	launchEvent  = "from_callback"
)

// outcome is what came of a test account: a finding, or none where all is well.
type outcome func()

// onAccounts makes a check with a test account that is drawn, or with all. One that
// fails makes it try the others, too: some platforms serve only one of them.
func onAccounts(h *handle, all []testAccount, one func(testAccount) outcome) finding.Facts {
	drawn := 0
	if n, ok := new(big.Int).SetString(h.number(0, int64(len(all))), 10); ok {
		drawn = int(n.Int64())
	}
	first := all[drawn]
	wrong := one(first)
	facts := finding.NewFacts("appid", first.appid)
	if wrong == nil && !h.LaunchAll || h.halted() != "" {
		if wrong != nil {
			wrong()
		}
		return facts
	}
	var works, fails finding.List
	for i, a := range all {
		w := wrong
		if i != drawn {
			w = one(a)
		}
		if w == nil {
			works = append(works, finding.Name(a.appid))
			continue
		}
		fails, wrong = append(fails, finding.Name(a.appid)), w
	}
	switch {
	case len(fails) > 0 && len(works) > 0:
		h.find("P03", "some-accounts", nil, "works", works, "fails", fails)
	case len(fails) > 0:
		wrong()
	}
	return finding.NewFacts("appid", works)
}

// toTest delivers a message of a type to a test account.
func (h *handle) toTest(a testAccount, typ, path, value string) *push.Delivery {
	t, _ := message.LookupType(typ) // embedded
	m := t.New(h.launchUser(), a.original, h.Now(), h.ids.Next())
	if path != "" {
		_ = m.Set(path, value) // the type has it
	}
	c := h.pusher()
	c.URL = product.ForAccount(h.messageURL, a.appid)
	return h.deliver(string(h.check.name), c, h.build(m))
}

// launchUser is another one in each check, so that what is sent to it is told apart.
func (h *handle) launchUser() string { return message.OpenID(h.User + string(h.check.name)) }

func checkLaunchText(h *handle) finding.Facts {
	return onAccounts(h, testAccounts[:], func(a testAccount) outcome {
		return expects(h, h.toTest(a, "text", "Content", launchText), launchAnswer)
	})
}

func checkLaunchEvent(h *handle) finding.Facts {
	return onAccounts(h, testAccounts[:], func(a testAccount) outcome {
		return expects(h, h.toTest(a, "report_location", "", ""), "LOCATION"+launchEvent)
	})
}

// expects says what is wrong with a reply that is to be a text.
func expects(h *handle, d *push.Delivery, want string) outcome {
	switch {
	case !d.OK():
		return func() { h.addAll(d.Findings) }
	case d.Reply == nil || !d.Reply.IsMessage():
		return func() { h.find("P03", "no-reply", d.Last(), "want", want, "answer", answer.Summary(d.Last())) }
	}
	got := d.Reply.Doc.Get("Content")
	if got == want {
		return nil
	}
	return func() { h.find("P03", "other-text", d.Last(), "want", want, "got", finding.Excerpt(got)) }
}

func checkLaunchAPI(h *handle) finding.Facts     { return byAPI(h, testAccounts[:]) }
func checkLaunchProgram(h *handle) finding.Facts { return byAPI(h, testPrograms[:]) }

// byAPI pushes a text that is answered with nothing, and then by a customer-service
// message with what api_query_auth gives for the code in it.
func byAPI(h *handle, all []testAccount) finding.Facts {
	return onAccounts(h, all, func(a testAccount) outcome {
		code := "queryauthcode@@@wxdev-" + h.number(100_000_000, 999_999_999)
		d := h.toTest(a, "text", "Content", launchCode+code)
		switch {
		case !d.OK():
			return func() { h.addAll(d.Findings) }
		case !d.Reply.Silent():
			return func() { h.find("P03", "api-reply", d.Last(), "got", finding.Excerpt(d.Plain)) }
		}
		return afterwards(h, d, code)
	})
}

// afterwards looks for the calls that come after the empty answer.
func afterwards(h *handle, d *push.Delivery, code string) outcome {
	unseen := func() { h.find("P03", "api-unseen", d.Last(), "text", code+launchSent) }
	if h.CustomSent == nil {
		unseen()
		return nil
	}
	sent, err := h.CustomSent(h.ctx, h.launchUser(), code)
	switch {
	case err != nil:
		unseen()
		return nil
	case sent.Sent && strings.Contains(sent.Text, code+launchSent):
		return nil
	case sent.Sent:
		return func() {
			h.find("P03", "api-text", d.Last(), "want", code+launchSent, "got", finding.Excerpt(sent.Text))
		}
	case sent.Asked && sent.AskCode != 0: // the code is made up
		h.find("P03", "api-asked", d.Last(), "code", sent.AskCode)
		return nil
	case sent.Asked:
		return func() { h.find("P03", "api-unsent", d.Last(), "want", code+launchSent) }
	}
	return func() { h.find("P03", "api-unasked", d.Last(), "code", code) }
}
