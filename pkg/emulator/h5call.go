package emulator

import (
	"github.com/wxdev/wxdev/pkg/finding"
)

// The states of an [H5Call].
const (
	H5Waiting = "waiting" // for an answer: POST h5/{session}/answer
	H5Done    = "done"
	H5Gone    = "gone" // the page went before there was one
)

// H5Call is what a page in the phone called: a function of the JS-SDK by its name
// (wx.scanQRCode), wx.config, oauth when it asked who the user is, or leave when
// it leads to a site that was not opened in the phone.
type H5Call struct {
	Session  string         `json:"session"` // s7
	ID       int64          `json:"id"`      // for the answer
	AppID    string         `json:"appid"`
	User     string         `json:"user"` // the OpenID
	Call     string         `json:"call"`
	Page     string         `json:"page"`           // where, without the phone's port
	Args     map[string]any `json:"args,omitempty"` // what the page gave, without functions
	State    string         `json:"state"`          // waiting, done or gone
	OK       bool           `json:"ok"`
	ErrMsg   string         `json:"errmsg,omitempty"` // what the page was told: scanQRCode:ok
	Result   map[string]any `json:"result,omitempty"` // and what it was given
	Share    *H5Share       `json:"share,omitempty"`  // what would be shared
	Findings []Finding      `json:"findings,omitempty"`
}

// H5Share is the card that a page would be shared as.
type H5Share struct {
	To     string `json:"to"` // friend or timeline
	Title  string `json:"title"`
	Desc   string `json:"desc,omitempty"` // of friend
	Link   string `json:"link"`
	ImgURL string `json:"img_url,omitempty"`
}

// In is the call with its findings in the words of a language.
func (c H5Call) In(lang finding.Lang) H5Call {
	list := make([]Finding, 0, len(c.Findings))
	for _, f := range c.Findings {
		list = append(list, f.In(lang))
	}
	if c.Findings = nil; len(list) > 0 {
		c.Findings = list
	}
	return c
}

// PublishH5 tells who watches of a call that a page made.
func (e *Emulator) PublishH5(c H5Call) { e.emit(EventH5, about(c.AppID, c.User), c) }

// Described puts findings into words, without the secrets of the accounts.
func (e *Emulator) Described(list []finding.Finding) []Finding {
	var all []Finding
	for _, f := range list {
		all = append(all, newFinding(f, e.cfg.Lang, e.secrets.Text))
	}
	return all
}
