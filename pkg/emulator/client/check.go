package client

import (
	"context"
	"net/http"
)

// Check is what the verification of an account's URL has shown.
type Check struct {
	OK       bool      // accepted, and no finding is an error
	Accepted bool      // the echostr came back
	Findings []Finding // the cause first
	MS       float64
	Error    string // why nothing, or not enough, could be found out
}

// Check sends the verification request, which WeChat sends when a URL is
// submitted, to the server of an account, and says why it is refused if it is.
// It takes up to 5 seconds; checks of one account wait for each other.
func (c *Client) Check(ctx context.Context, appid string) (*Check, error) {
	check := &Check{}
	in := map[string]string{"appid": appid}
	if err := c.call(ctx, http.MethodPost, "check"+query("lang", string(c.Lang)), in, check); err != nil {
		return nil, err
	}
	return check, nil
}
