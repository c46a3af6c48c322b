package client

import (
	"context"
	"encoding/json"
	"net/http"
)

// H5Page is a page that was opened in the phone.
type H5Page struct {
	Session string // "s7": one user on one site
	Address string // for a browser
}

// OpenH5 opens a page of the account's server, or of another one on this machine,
// in a user's phone; of the first account if appid is empty.
func (c *Client) OpenH5(ctx context.Context, appid, user, url string) (*H5Page, error) {
	var page H5Page
	err := c.call(ctx, http.MethodPost, "h5/open", map[string]string{"appid": appid, "user": user, "url": url}, &page)
	if err != nil {
		return nil, err
	}
	return &page, nil
}

// H5Call is what a page called: a function of the JS-SDK, wx.config, oauth or leave.
type H5Call struct {
	ID      int64
	Session string
	Call    string         // wx.scanQRCode
	Args    map[string]any // without functions
	State   string         // waiting, done or gone
	OK      bool
	ErrMsg  string // what the page was told
	Result  map[string]any
	Share   *H5Share
}

// H5Share is the card that a page would be shared as.
type H5Share struct {
	To, Title, Desc, Link string
	ImgURL                string `json:"img_url"`
}

// H5Calls are what the pages of a session called, the oldest first.
func (c *Client) H5Calls(ctx context.Context, session string) ([]H5Call, error) {
	var answer struct {
		Pages []struct {
			Session string
			Calls   []H5Call
		}
	}
	err := c.call(ctx, http.MethodGet, "h5"+query("lang", string(c.Lang)), nil, &answer)
	for _, p := range answer.Pages {
		if p.Session == session {
			return p.Calls, err
		}
	}
	return nil, err
}

// H5Answer is what the user did when a page called. The zero one is a function
// that comes back with nothing.
type H5Answer struct {
	ID     int64  // of the call; 0: the newest one that waits
	Result any    // a text, such as that of a QR code, or what is the JSON of the fields
	Cancel bool   // the user did not want to
	Fail   string // why it went wrong
}

// AnswerH5 answers a call that waits.
func (c *Client) AnswerH5(ctx context.Context, session string, a H5Answer) error {
	type answerJSON struct {
		ID     int64           `json:"id,omitempty"`
		Result json.RawMessage `json:"result,omitempty"`
		Cancel bool            `json:"cancel,omitempty"`
		Fail   string          `json:"fail,omitempty"`
	}
	j := answerJSON{ID: a.ID, Cancel: a.Cancel, Fail: a.Fail}
	if a.Result != nil {
		var err error
		if j.Result, err = json.Marshal(a.Result); err != nil {
			return err
		}
	}
	return c.call(ctx, http.MethodPost, "h5/"+session+"/answer", j, nil)
}
