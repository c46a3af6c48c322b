package control

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/scenario"
)

// retellWords are what the files that tell pushes again say of themselves.
var retellWords = lazy.Value[map[finding.Lang]struct{ head, findings, list, left, curl, send string }]{Make: func() map[finding.Lang]struct{ head, findings, list, left, curl, send string } {
	return map[finding.Lang]struct{ head, findings, list, left, curl, send string }{
		finding.English: {
			head:     "From the emulator: what users did, and what your server answered. Where an\nanswer is not the same each time, write match or contains in place of text.",
			findings: "The answer had findings: %s.", list: ", ",
			left: "Left out is push %d: %s.",
			curl: "The last delivery, byte for byte; its signature stays good as long as your\nserver takes old timestamps.",
			send: "Such a message once more, signed anew; the secrets come from the environment:",
		},
		finding.Chinese: {
			head:     "由模拟器生成：用户做了什么，你的服务器当时怎样回复。如果每次回复不一样，请把\ntext 改成 match 或 contains。",
			findings: "当时的回复有问题：%s。", list: "、",
			left: "未包括推送 %d：%s。",
			curl: "最后一次推送，逐字节相同；只要服务器不拒绝旧的 timestamp，签名就一直有效。",
			send: "重新签名再发一次这样的消息，密钥取自环境变量：",
		},
	}
}}

func (h *handler) getPushScenario(req *http.Request) (file, error) {
	d, err := h.pushOf(req)
	if err != nil {
		return file{}, err
	}
	return h.scenarioOf(req, []int64{d.ID})
}

// getScenario makes one file of several pushes.
func (h *handler) getScenario(req *http.Request) (file, error) {
	q := req.URL.Query()
	m := emulator.PushMatch{AppID: q.Get("appid"), User: q.Get("user")}
	var last int64
	for name, n := range map[string]*int64{"from": &m.After, "to": &last} {
		if s := q.Get(name); s != "" {
			var err error
			if *n, err = id(s); err != nil {
				return file{}, err
			}
		}
	}
	m.After = max(m.After-1, 0)
	var pushes []int64
	for _, p := range h.emulator.Pushes(m) {
		if (last == 0 || p.ID <= last) && p.State == emulator.StateDone {
			pushes = append(pushes, p.ID)
		}
	}
	if len(pushes) == 0 {
		return file{}, notFound{errors.New("there is no such push that has ended")}
	}
	return h.scenarioOf(req, pushes)
}

func (h *handler) scenarioOf(req *http.Request, pushes []int64) (file, error) {
	lang, err := h.lang(req)
	if err != nil {
		return file{}, err
	}
	say := retellWords.Get()[lang]
	made, left := h.emulator.Scenario(pushes, scenario.Comments{
		Head:     say.head,
		Findings: func(ids []string) string { return fmt.Sprintf(say.findings, strings.Join(ids, say.list)) },
	})
	if made == nil {
		return file{}, orGone(left[0].Why)
	}
	for _, l := range left {
		made.Head += "\n" + fmt.Sprintf(say.left, l.Push, finding.ErrorIn(lang, l.Why))
	}
	body := made.Append(nil)
	if len(body) > scenario.MaxFile {
		return file{}, fmt.Errorf("these pushes make a file of more than %d KB: from= and to= take fewer", scenario.MaxFile>>10)
	}
	return file{kind: plainText, body: body}, nil
}

const plainText = "text/plain; charset=utf-8"

// getCurl is a push as a command of a shell. What follows it are comments: no
// line of the message can get out of them.
func (h *handler) getCurl(req *http.Request) (file, error) {
	d, err := h.pushOf(req)
	if err != nil {
		return file{}, err
	}
	lang, err := h.lang(req)
	if err != nil {
		return file{}, err
	}
	r, err := d.Request()
	if err != nil {
		return file{}, orGone(err)
	}
	say := retellWords.Get()[lang]
	text := comment(say.curl) + r.Curl() + "\n"
	if command := h.emulator.SendCommand(d); command != "" {
		text += "\n" + comment(say.send+"\n"+command)
	}
	return file{kind: plainText, body: []byte(text)}, nil
}

// comment puts a # before each line.
func comment(text string) string {
	return "# " + strings.ReplaceAll(text, "\n", "\n# ") + "\n"
}
