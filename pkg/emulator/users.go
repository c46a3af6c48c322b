package emulator

import (
	"cmp"
	"slices"
	"time"
	"unicode/utf8"
)

func userRoutes() []route {
	return []route{
		{method: "GET", path: "/cgi-bin/user/info", daily: 5_000_000, handle: (*call).userInfo, does: "one user; only subscribe and openid of one who does not follow"},
		{method: "POST", path: "/cgi-bin/user/info/batchget", daily: 500_000, handle: body((*call).userInfos), does: "up to 100 users"},
		{method: "POST", path: "/cgi-bin/user/info/updateremark", daily: 10_000, handle: body((*call).updateRemark), does: "the remark on a user"},
		{method: "GET", path: "/cgi-bin/user/get", daily: 500, handle: (*call).listUsers, does: "the followers, 10000 a page"},
	}
}

// userJSON is a user as user/info answers. Since the end of 2021 names,
// pictures and places come empty; what the seed says of them is for
// /sns/userinfo.
type userJSON struct {
	Subscribe      int     `json:"subscribe"`
	OpenID         string  `json:"openid"`
	Nickname       string  `json:"nickname"`
	Sex            int     `json:"sex"`
	Language       string  `json:"language"`
	City           string  `json:"city"`
	Province       string  `json:"province"`
	Country        string  `json:"country"`
	HeadImgURL     string  `json:"headimgurl"`
	SubscribeTime  int64   `json:"subscribe_time"`
	UnionID        string  `json:"unionid,omitempty"`
	Remark         string  `json:"remark"`
	GroupID        int64   `json:"groupid"`
	TagIDs         []int64 `json:"tagid_list"`
	SubscribeScene string  `json:"subscribe_scene"`
	QRScene        int64   `json:"qr_scene"`
	QRSceneStr     string  `json:"qr_scene_str"`
}

// nonFollowerJSON is one who does not follow.
type nonFollowerJSON struct {
	Subscribe int    `json:"subscribe"`
	OpenID    string `json:"openid"`
	UnionID   string `json:"unionid,omitempty"`
}

// longAgo is since when those follow of whom nobody said it: New Year 2020.
const longAgo = 1_577_808_000

func (u *User) info(lang string) any {
	if u.Unsubscribed {
		return nonFollowerJSON{OpenID: u.OpenID, UnionID: u.UnionID}
	}
	if lang == "" {
		lang = "zh_CN"
	}
	j := userJSON{
		Subscribe: 1, OpenID: u.OpenID, Language: lang, SubscribeTime: u.SubscribeTime.Unix(),
		UnionID: u.UnionID, Remark: u.Remark, TagIDs: u.TagIDs, SubscribeScene: u.SubscribeScene,
		QRScene: u.QRScene, QRSceneStr: u.QRSceneStr,
	}
	if u.SubscribeTime.IsZero() { // of a seed that does not say: clients store a date
		j.SubscribeTime = longAgo
	}
	j.SubscribeScene = cmp.Or(j.SubscribeScene, "ADD_SCENE_OTHERS")
	if n := len(j.TagIDs); n > 0 {
		j.GroupID = j.TagIDs[n-1]
	} else {
		j.TagIDs = []int64{} // null otherwise, of one who never had a tag
	}
	return j
}

// user finds a user by OpenID.
func (a *Account) user(openid string) *User { return a.derived.users[openid] }

// userOf finds the user whose OpenID a field of a body is.
func (c *call) userOf(o object, field string) (*User, error) {
	return found(c.acct.user(o.text(field)), 40003)
}

// addUser makes a user known; a follower unless unsubscribed.
func (a *Account) addUser(openid, name string, unsubscribed bool) *User {
	u := &User{OpenID: openid, Name: name, Unsubscribed: unsubscribed}
	a.Users = append(a.Users, u)
	a.derived.users[openid] = u
	return u
}

func (u *User) follow(now time.Time, scene string) {
	u.Unsubscribed, u.SubscribeTime, u.SubscribeScene = false, now, scene
	u.QRScene, u.QRSceneStr = 0, ""
}

// followers are those who follow, in the order in which they became known.
func (a *Account) followers() []string {
	var ids []string
	for _, u := range a.Users {
		if !u.Unsubscribed {
			ids = append(ids, u.OpenID)
		}
	}
	return ids
}

func (c *call) userInfo() (any, error) {
	openid := c.query.Get("openid")
	if openid == "" {
		return nil, fail(41009)
	}
	u, err := found(c.acct.user(openid), 40003)
	if err != nil {
		return nil, err
	}
	return u.info(c.query.Get("lang")), nil
}

const maxBatch = 100

func (c *call) userInfos(o object) (any, error) {
	wanted := o.list("user_list")
	if len(wanted) == 0 || len(wanted) > maxBatch {
		return nil, fail(40032)
	}
	list := []any{}
	for _, v := range wanted {
		one, _ := v.(map[string]any)
		u, err := c.userOf(one, "openid")
		if err != nil {
			return nil, err
		}
		list = append(list, u.info(object(one).text("lang")))
	}
	return map[string]any{"user_info_list": list}, nil
}

func (c *call) updateRemark(o object) (any, error) {
	u, err := c.userOf(o, "openid")
	if err != nil {
		return nil, err
	}
	if utf8.RuneCountInString(o.text("remark")) > 30 {
		return nil, fail(40092)
	}
	u.Remark = o.text("remark")
	c.emitUser(c.acct.AppID, u.OpenID)
	return nil, nil
}

// pageOfUsers is how many OpenIDs one answer has.
const pageOfUsers = 10_000

type openIDs struct {
	OpenID []string `json:"openid"`
}

// page returns the OpenIDs after next; data is absent when there are none.
func page(ids []string, next string) (data *openIDs, last string, err error) {
	if next != "" {
		i := slices.Index(ids, next)
		if i < 0 {
			return nil, "", fail(40003)
		}
		ids = ids[i+1:]
	}
	ids = ids[:min(len(ids), pageOfUsers)]
	if len(ids) == 0 {
		return nil, "", nil
	}
	return &openIDs{ids}, ids[len(ids)-1], nil
}

func (c *call) listUsers() (any, error) {
	all := c.acct.followers()
	data, next, err := page(all, c.query.Get("next_openid"))
	if err != nil {
		return nil, err
	}
	answer := struct {
		Total int      `json:"total"`
		Count int      `json:"count"`
		Data  *openIDs `json:"data,omitempty"`
		Next  string   `json:"next_openid"`
	}{Total: len(all), Data: data, Next: next}
	if data != nil {
		answer.Count = len(data.OpenID)
	}
	return answer, nil
}
