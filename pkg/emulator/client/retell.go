package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
)

// PushRange says which pushes are meant. The zero PushRange is all of them.
type PushRange struct {
	AppID    string
	User     string // a name or an OpenID
	From, To int64  // the first and the last; 0 is no limit
}

// Scenario returns pushes as a file for `wxdev test`: a step for each, with the
// answer of then as what is expected.
func (c *Client) Scenario(ctx context.Context, which PushRange) (string, error) {
	number := func(n int64) string {
		if n == 0 {
			return ""
		}
		return strconv.FormatInt(n, 10)
	}
	var text string
	err := c.call(ctx, http.MethodGet, "pushes/scenario"+query(
		"appid", which.AppID, "user", which.User, "from", number(which.From), "to", number(which.To), "lang", string(c.Lang)), nil, &text)
	return text, err
}

// Curl returns the last delivery of a push as a shell command, which sends the
// same bytes.
func (c *Client) Curl(ctx context.Context, push int64) (string, error) {
	var text string
	err := c.call(ctx, http.MethodGet, "pushes/"+url.PathEscape(strconv.FormatInt(push, 10))+"/curl"+query("lang", string(c.Lang)), nil, &text)
	return text, err
}
