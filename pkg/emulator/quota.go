package emulator

import (
	"slices"
	"strings"
	"time"

	"github.com/wxdev/wxdev/pkg/catalog"
)

func accountRoutes() []route {
	return []route{
		{method: "GET", path: "/cgi-bin/getcallbackip", handle: (*call).callbackIPs, does: "where pushes come from: this machine"},
		{method: "GET", path: "/cgi-bin/get_api_domain_ip", handle: (*call).callbackIPs, does: "where the API is: this machine"},
		{method: "POST", path: "/cgi-bin/callback/check", daily: 1440, slow: true, handle: body((*call).checkCallback), does: "looks up and connects to the account's server"},
		{method: "POST", path: "/cgi-bin/clear_quota", handle: body((*call).clearQuota), does: "10 times a month"},
		{method: "POST", path: "/cgi-bin/clear_quota/v2", open: true, handle: (*call).clearQuotaV2, does: "the same with the AppSecret, in the body or the query"},
		{method: "POST", path: "/cgi-bin/openapi/quota/get", handle: body((*call).getQuota), does: "limit and use of one call"},
		{method: "POST", path: "/cgi-bin/openapi/quota/clear", handle: body((*call).clearOneQuota), does: "clears one call, for any path"},
		{method: "POST", path: "/cgi-bin/openapi/rid/get", handle: body((*call).getRid), does: "the request that a rid names, for 7 days"},
	}
}

// day and month are those in China, where quotas begin anew.
func day(now time.Time) string   { return now.UTC().Add(8 * time.Hour).Format("2006-01-02") }
func month(now time.Time) string { return now.UTC().Add(8 * time.Hour).Format("2006-01") }

// usage is the count of a path in a period; what was counted before is
// forgotten.
func (a *Account) usage(path, period string) *Usage {
	u := a.derived.usage[path]
	if u == nil {
		u = &Usage{Path: path}
		a.derived.usage[path] = u
		a.Usage = append(a.Usage, u)
	}
	if u.Period != period {
		u.Period, u.Count = period, 0
	}
	return u
}

// limit is how often an account may call a path a day; 0 is without a limit.
func (a *Account) limit(r *route) int {
	if n, ok := a.Quota[r.path]; ok {
		return n
	}
	return r.daily
}

// use counts a call, and refuses it when there were too many.
func (c *call) use(a *Account) error {
	limit := a.limit(c.route)
	u := a.derived.usage[c.route.path]
	if today := c.now.Unix() + 8*3600; u == nil || u.seen != today/86_400 { // no day to format in most calls
		u = a.usage(c.route.path, day(c.now))
		u.seen = today / 86_400
	}
	if limit > 0 && u.Count >= limit {
		return fail(45009)
	}
	if minute := c.now.Unix() / 60; u.minute != minute {
		u.minute, u.inside = minute, 0
	}
	if c.route.minute > 0 && u.inside >= c.route.minute {
		return fail(45011)
	}
	u.Count++
	u.inside++
	return nil
}

// monthlyClears is how often clear_quota works in a month.
const monthlyClears = 10

func (c *call) clearQuota(o object) (any, error) {
	if o.text("appid") == "" {
		return nil, fail(41002)
	}
	if o.text("appid") != c.acct.AppID {
		return nil, fail(40013)
	}
	return nil, c.clearAll(c.acct)
}

func (c *call) clearQuotaV2() (any, error) {
	// The page says JSON; SDKs of 2023 send the two in the query.
	appid, secret := c.query.Get("appid"), c.query.Get("appsecret")
	if appid == "" && secret == "" {
		o, err := decode(c.body)
		if err != nil {
			return nil, err
		}
		appid, secret = o.text("appid"), o.text("appsecret")
	}
	a, err := c.identify(appid, secret)
	if err != nil {
		return nil, err
	}
	c.acct = a
	return nil, c.clearAll(a)
}

func (c *call) clearAll(a *Account) error {
	clears := a.usage("clear_quota a month", month(c.now))
	if clears.Count >= monthlyClears {
		return fail(48006)
	}
	clears.Count++
	for _, u := range a.Usage {
		if u != clears {
			u.Count, u.inside = 0, 0
		}
	}
	return nil
}

func (c *call) quotaPath(o object) (*route, error) {
	path := o.text("cgi_path")
	switch {
	case path == "":
		return nil, fail(41011)
	case !strings.HasPrefix(path, "/"): // with a host, or without the slash
		return nil, fail(76003)
	case strings.HasPrefix(path, "/sns/"): // by the note of the page
		return nil, fail(76022)
	case c.routes[path] == nil:
		return nil, fail(76021)
	}
	return c.routes[path], nil
}

// unlimited is the limit that is shown of calls that have none here. What
// WeChat shows of them is not on record; a remainder of 0 would stop clients.
const unlimited = 10_000_000

func (c *call) getQuota(o object) (any, error) {
	r, err := c.quotaPath(o)
	if err != nil {
		return nil, err
	}
	type quota struct {
		DailyLimit int `json:"daily_limit"`
		Used       int `json:"used"`
		Remain     int `json:"remain"`
	}
	type rate struct {
		CallCount     int `json:"call_count"`
		RefreshSecond int `json:"refresh_second"`
	}
	answer := struct {
		ErrCode   int    `json:"errcode"`
		ErrMsg    string `json:"errmsg"`
		Quota     quota  `json:"quota"`
		RateLimit *rate  `json:"rate_limit,omitempty"`
	}{ErrMsg: "ok"}
	used := c.acct.usage(r.path, day(c.now)).Count
	limit := c.acct.limit(r)
	if limit == 0 {
		limit = unlimited
	}
	answer.Quota = quota{limit, used, max(0, limit-used)}
	if r.minute > 0 {
		answer.RateLimit = &rate{r.minute, 60}
	}
	return answer, nil
}

func (c *call) clearOneQuota(o object) (any, error) {
	r, err := c.quotaPath(o)
	if err != nil {
		return nil, err
	}
	c.acct.usage(r.path, day(c.now)).Count = 0
	return nil, nil
}

// ridLife is how long WeChat knows a rid.
const ridLife = 7 * 24 * time.Hour

func (c *call) getRid(o object) (any, error) {
	rid := o.text("rid")
	if _, ok := catalog.ParseRid(rid); !ok {
		return nil, fail(76002)
	}
	entries := c.log.find(Match{Kind: KindAPI})
	i := slices.IndexFunc(entries, func(e Entry) bool { return e.Rid == rid })
	switch {
	case i < 0:
		return nil, fail(76001)
	case entries[i].AppID != c.acct.AppID:
		return nil, fail(76003)
	case c.now.Sub(entries[i].Time) > ridLife:
		return nil, fail(76004)
	}
	e := entries[i]
	type request struct {
		InvokeTime   int64  `json:"invoke_time"`
		CostInMS     int64  `json:"cost_in_ms"`
		RequestURL   string `json:"request_url"`
		RequestBody  string `json:"request_body"`
		ResponseBody string `json:"response_body"`
		ClientIP     string `json:"client_ip"`
	}
	return struct {
		ErrCode int     `json:"errcode"`
		ErrMsg  string  `json:"errmsg"`
		Request request `json:"request"`
	}{0, "ok", request{e.Time.Unix(), int64(e.MS), e.Query, e.Body, e.Response, e.Remote}}, nil
}
