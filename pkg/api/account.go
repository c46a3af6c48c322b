package api

import (
	"context"
	"net/http"
)

// CallbackIPs returns the addresses that WeChat pushes from; an entry may be
// a CIDR block.
func (c *Client) CallbackIPs(ctx context.Context) ([]string, error) {
	return c.ips(ctx, "/cgi-bin/getcallbackip")
}

// APIIPs returns the addresses of the API.
func (c *Client) APIIPs(ctx context.Context) ([]string, error) {
	return c.ips(ctx, "/cgi-bin/get_api_domain_ip")
}

func (c *Client) ips(ctx context.Context, path string) ([]string, error) {
	var answer struct {
		List []string `json:"ip_list"`
	}
	err := c.Call(ctx, Request{Path: path}, &answer)
	return answer.List, err
}

// Quota is how much of an API an account has used on this day, in Beijing.
type Quota struct {
	Daily  int64 `json:"daily_limit"`
	Used   int64 `json:"used"`
	Remain int64 `json:"remain"`
	Rate   Rate  `json:"rate_limit"` // zero if the answer has none
}

// Rate is how many calls may be made in some seconds.
type Rate struct {
	Calls   int64 `json:"call_count"`
	Seconds int64 `json:"refresh_second"`
}

// Quota returns the quota of one API, such as "/cgi-bin/menu/create".
func (c *Client) Quota(ctx context.Context, path string) (Quota, error) {
	body, err := Encode(map[string]string{"cgi_path": path})
	if err != nil {
		return Quota{}, err
	}
	var answer struct {
		Quota Quota `json:"quota"`
		Rate  Rate  `json:"rate_limit"` // next to the quota
	}
	err = c.Call(ctx, question("/cgi-bin/openapi/quota/get", body), &answer)
	answer.Quota.Rate = answer.Rate
	return answer.Quota, err
}

// NetworkCheck is what WeChat sees of the server whose URL is configured: one
// DNS lookup and one ping for each carrier.
type NetworkCheck struct {
	DNS []struct {
		IP       string `json:"ip"`
		Operator string `json:"real_operator"`
	} `json:"dns"`
	Ping []struct {
		IP       string `json:"ip"`
		Operator string `json:"from_operator"`
		Loss     string `json:"package_loss"`
		Time     string `json:"time"`
	} `json:"ping"`
}

// CheckNetwork lets WeChat look at the server. See
// https://developers.weixin.qq.com/doc/service/Basic_Information/Network_Detection.html .
func (c *Client) CheckNetwork(ctx context.Context) (NetworkCheck, error) {
	var answer NetworkCheck
	body := []byte(`{"action":"all","check_operator":"DEFAULT"}`)
	err := c.Call(ctx, question("/cgi-bin/callback/check", body), &answer)
	return answer, err
}

// question is a POST that only reads.
func question(path string, body []byte) Request {
	return Request{Method: http.MethodPost, Path: path, Body: body, Repeatable: true}
}
