package emulator

import (
	"strconv"
	"strings"
)

// serviceRoutes are the calls that only tell what the seed says.
func serviceRoutes() []route {
	return []route{
		{method: "GET", path: "/cgi-bin/template/get_industry", daily: 1000, handle: (*call).industries, does: "the industries of the account"},
		{method: "GET", path: "/cgi-bin/customservice/getkflist", daily: 500_000, handle: (*call).listAgents, does: "the kf_accounts of the seed"},
	}
}

// industries of an account that has none are those of
// https://developers.weixin.qq.com/doc/service/api/notify/template/api_getindustry
// (read 2026-11-30).
func (c *call) industries() (any, error) {
	type industry struct {
		First  string `json:"first_class"`
		Second string `json:"second_class"`
	}
	have := []industry{{"运输与仓储", "快递"}, {"IT科技", "互联网|电子商务"}}
	for i, name := range c.acct.Industries[:min(2, len(c.acct.Industries))] {
		first, second, _ := strings.Cut(name, "/")
		have[i] = industry{first, second}
	}
	return struct {
		Primary   industry `json:"primary_industry"`
		Secondary industry `json:"secondary_industry"`
	}{have[0], have[1]}, nil
}

// listAgents has the fields of
// https://developers.weixin.qq.com/doc/service/api/customer/servicermanage/api_getkflist
// (read 2026-11-30), whose sample is another call's.
func (c *call) listAgents() (any, error) {
	type agent struct {
		Account string `json:"kf_account"`
		Picture string `json:"kf_headimgurl"`
		ID      string `json:"kf_id"`
		Nick    string `json:"kf_nick"`
	}
	list := []agent{}
	for i, account := range c.acct.KFAccounts {
		nick, _, _ := strings.Cut(account, "@")
		list = append(list, agent{Account: account, ID: strconv.Itoa(1001 + i), Nick: nick})
	}
	return map[string]any{"kf_list": list}, nil
}
