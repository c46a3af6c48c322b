package emulator

import (
	"encoding/base64"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// State is everything that an emulator remembers, as seeds and snapshots
// write it. A hand-written seed rarely has more than accounts with users,
// tags, templates and quotas.
type State struct {
	ClockOffset Duration   `toml:"clock_offset,omitempty" json:"clock_offset,omitempty"`
	Accounts    []*Account `toml:"account,omitempty" json:"account,omitempty"`
	Faults      []*Fault   `toml:"fault,omitempty" json:"fault,omitempty"`
	Component   *Component `toml:"component,omitempty" json:"-"` // the third-party platform, if there is one
}

// Account is an account of WeChat's. What is empty of its names has the
// defaults of this package.
type Account struct {
	AppID      string `toml:"appid" json:"appid"`
	Name       string `toml:"name,omitempty" json:"name,omitempty"` // what people call it; empty: its AppID
	Secret     string `toml:"secret,omitempty" json:"secret,omitempty"`
	Token      string `toml:"token,omitempty" json:"token,omitempty"`
	AESKey     string `toml:"aes_key,omitempty" json:"aes_key,omitempty"`
	OriginalID string `toml:"original_id,omitempty" json:"original_id,omitempty"`
	URL        string `toml:"url,omitempty" json:"url,omitempty"`       // of its server; empty: nothing is pushed
	Mode       string `toml:"mode,omitempty" json:"mode,omitempty"`     // plain, compat or safe
	Format     string `toml:"format,omitempty" json:"format,omitempty"` // xml or json

	IPWhitelist  []string       `toml:"ip_whitelist,omitempty" json:"ip_whitelist,omitempty"`   // who may fetch tokens; empty: everybody
	OAuthDomains []string       `toml:"oauth_domains,omitempty" json:"oauth_domains,omitempty"` // of redirect_uri; empty: any
	Denied       []string       `toml:"denied,omitempty" json:"denied,omitempty"`               // paths that answer 48001
	KFAccounts   []string       `toml:"kf_accounts,omitempty" json:"kf_accounts,omitempty"`     // name@account; empty: any
	MiniPrograms []string       `toml:"miniprograms,omitempty" json:"miniprograms,omitempty"`   // linked ones; empty: any
	Pages        []string       `toml:"pages,omitempty" json:"pages,omitempty"`                 // of the mini program; empty: any
	Industries   []string       `toml:"industries,omitempty" json:"industries,omitempty"`       // two, as in IT科技/电子技术
	Quota        map[string]int `toml:"quota,omitempty" json:"quota,omitempty"`                 // daily limits by path; 0 is none

	Tags      []*Tag      `toml:"tag,omitempty" json:"tag,omitempty"`
	Templates []*Template `toml:"template,omitempty" json:"template,omitempty"`
	Users     []*User     `toml:"user,omitempty" json:"user,omitempty"`
	Menu      string      `toml:"menu,multiline,omitempty" json:"menu,omitempty"` // a menu file, as package menu reads it
	MenuIDs   []int64     `toml:"menu_ids,omitempty" json:"menu_ids,omitempty"`   // of the default menu, then of the conditional ones
	LastID    int64       `toml:"last_id,omitempty" json:"last_id,omitempty"`     // of tags, menus and messages

	Tokens  []*Token  `toml:"token_issued,omitempty" json:"token_issued,omitempty"`
	Tickets []*Ticket `toml:"ticket,omitempty" json:"ticket,omitempty"`
	QRCodes []*QRCode `toml:"qrcode,omitempty" json:"qrcode,omitempty"`
	Media   []*Media  `toml:"media,omitempty" json:"media,omitempty"`
	Codes   []*Code   `toml:"code,omitempty" json:"code,omitempty"`
	Grants  []*Grant  `toml:"grant,omitempty" json:"grant,omitempty"`
	Usage   []*Usage  `toml:"usage,omitempty" json:"usage,omitempty"`
	Sent    []*Sent   `toml:"sent,omitempty" json:"sent,omitempty"`

	Drafts    []*Draft     `toml:"draft,omitempty" json:"draft,omitempty"`
	Published []*Published `toml:"published,omitempty" json:"published,omitempty"`
	Mass      []*Mass      `toml:"mass,omitempty" json:"mass,omitempty"`
	MassSpeed int          `toml:"mass_speed,omitempty" json:"mass_speed,omitempty"` // 0 to 4

	derived derived
}

// Tag is a user tag (标签).
type Tag struct {
	ID   int64  `toml:"id" json:"id"`
	Name string `toml:"name" json:"name"`
}

// Template is a template of messages. Its Content has the fields, as in
// "订单 {{thing1.DATA}}"; without one any field is taken.
type Template struct {
	ID        string `toml:"id" json:"id"`
	Title     string `toml:"title,omitempty" json:"title,omitempty"`
	Content   string `toml:"content,omitempty" json:"content,omitempty"`
	Subscribe bool   `toml:"subscribe,omitempty" json:"subscribe,omitempty"` // for subscription messages (订阅消息)
}

// User is a user of WeChat's, as one account sees them. One who is listed
// follows the account unless Unsubscribed says otherwise.
type User struct {
	OpenID       string `toml:"openid,omitempty" json:"openid,omitempty"` // empty: made from Name
	Name         string `toml:"name,omitempty" json:"name,omitempty"`     // what the control API calls them
	UnionID      string `toml:"unionid,omitempty" json:"unionid,omitempty"`
	Unsubscribed bool   `toml:"unsubscribed,omitempty" json:"unsubscribed,omitempty"`

	Nickname   string  `toml:"nickname,omitempty" json:"nickname,omitempty"`
	HeadImgURL string  `toml:"headimgurl,omitempty" json:"headimgurl,omitempty"`
	Sex        int     `toml:"sex,omitempty" json:"sex,omitempty"`
	Language   string  `toml:"language,omitempty" json:"language,omitempty"`
	Remark     string  `toml:"remark,omitempty" json:"remark,omitempty"`
	TagIDs     []int64 `toml:"tags,omitempty" json:"tags,omitempty"`         // the last one given counts in menus
	Platform   string  `toml:"platform,omitempty" json:"platform,omitempty"` // ios, android or other

	SubscribeTime  time.Time `toml:"subscribe_time,omitempty" json:"subscribe_time,omitzero"`
	SubscribeScene string    `toml:"subscribe_scene,omitempty" json:"subscribe_scene,omitempty"`
	QRScene        int64     `toml:"qr_scene,omitempty" json:"qr_scene,omitempty"`
	QRSceneStr     string    `toml:"qr_scene_str,omitempty" json:"qr_scene_str,omitempty"`

	Phone       string         `toml:"phone,omitempty" json:"phone,omitempty"` // as in 13800138000 or +1 2025550100
	SessionKey  string         `toml:"session_key,omitempty" json:"session_key,omitempty"`
	Accepted    map[string]int `toml:"accepted,omitempty" json:"accepted,omitempty"` // subscription messages left, by template
	Windows     []*Window      `toml:"window,omitempty" json:"window,omitempty"`
	LastMessage time.Time      `toml:"last_message,omitempty" json:"last_message,omitzero"` // either way
	TypingUntil time.Time      `toml:"typing_until,omitempty" json:"typing_until,omitzero"`
	MassTimes   []time.Time    `toml:"mass_times,omitempty" json:"mass_times,omitempty"` // of the mass messages of a month
	Chat        []*ChatItem    `toml:"chat,omitempty" json:"chat,omitempty"`
}

// Window is a time in which the server may send customer-service messages,
// opened by something the user did.
type Window struct {
	Kind  string    `toml:"kind" json:"kind"` // message, menu, follow, scan or session
	Until time.Time `toml:"until" json:"until"`
	Left  int       `toml:"left" json:"left"`
}

// ChatItem is one line of a user's chat with the account.
type ChatItem struct {
	ID    int64     `toml:"id,omitempty" json:"id"` // grows along all chats of a run of the emulator
	Time  time.Time `toml:"time" json:"time"`
	From  string    `toml:"from" json:"from"`                       // user, server or wechat
	Via   string    `toml:"via" json:"via"`                         // message, event, menu, reply, custom, template, subscribe, mass, fault
	Type  string    `toml:"type,omitempty" json:"type,omitempty"`   // text, image, news, CLICK …
	Text  string    `toml:"text,omitempty" json:"text,omitempty"`   // what it says, in short
	Title string    `toml:"title,omitempty" json:"title,omitempty"` // of the template, when it was filled in
	Body  string    `toml:"body,omitempty" json:"body,omitempty"`   // of what the server sent, as it was; of what the user sent, the message

	// What it is tied to, in this run of the emulator.
	Push    int64   `toml:"push,omitempty" json:"push,omitempty"`       // the push that told the server of it, or that it is the answer to
	Entry   int64   `toml:"entry,omitempty" json:"entry,omitempty"`     // the call that sent it
	MsgID   string  `toml:"msgid,omitempty" json:"msgid,omitempty"`     // of a user's message
	State   string  `toml:"state,omitempty" json:"state,omitempty"`     // of a user's line that was pushed: waiting, ok, nothing or fault
	MS      float64 `toml:"ms,omitempty" json:"ms,omitempty"`           // how long that took
	Answers int64   `toml:"answers,omitempty" json:"answers,omitempty"` // of a message that a call sent: the push that it probably answers
	LateMS  float64 `toml:"late_ms,omitempty" json:"late_ms,omitempty"` // how long after the start of that push it came

	Shown *Shown `toml:"-" json:"shown,omitempty"` // what the phone draws; made when it is read
}

// Token is an access_token.
type Token struct {
	Value   string    `toml:"value" json:"value"`
	Kind    string    `toml:"kind" json:"kind"` // token, stable_token, authorizer_access_token or component_access_token
	Created time.Time `toml:"created" json:"created"`
	Expires time.Time `toml:"expires" json:"expires"`
	Forced  bool      `toml:"forced,omitempty" json:"forced,omitempty"`   // by force_refresh
	Revoked bool      `toml:"revoked,omitempty" json:"revoked,omitempty"` // ends early, for a newer one
}

// Ticket is a jsapi_ticket or an api_ticket.
type Ticket struct {
	Type    string    `toml:"type" json:"type"`
	Value   string    `toml:"value" json:"value"`
	Expires time.Time `toml:"expires" json:"expires"`
}

// QRCode is a QR code with a scene.
type QRCode struct {
	Ticket   string    `toml:"ticket" json:"ticket"`
	ID       string    `toml:"id" json:"id"` // the end of its url
	SceneID  int64     `toml:"scene_id,omitempty" json:"scene_id,omitempty"`
	SceneStr string    `toml:"scene_str,omitempty" json:"scene_str,omitempty"`
	Expires  time.Time `toml:"expires,omitempty" json:"expires,omitzero"` // zero: never
}

// Media is a media file: a temporary one, or a permanent material.
type Media struct {
	ID       string    `toml:"id" json:"id"`
	Type     string    `toml:"type" json:"type"`
	Filename string    `toml:"filename" json:"filename"`
	Created  time.Time `toml:"created" json:"created"`
	Data     Blob      `toml:"data" json:"data"`

	Permanent    bool   `toml:"permanent,omitempty" json:"permanent,omitempty"`
	Title        string `toml:"title,omitempty" json:"title,omitempty"`               // of a permanent video
	Introduction string `toml:"introduction,omitempty" json:"introduction,omitempty"` // of one
}

// Draft is what is in the draft box: its articles in JSON, as they were sent.
type Draft struct {
	ID       string    `toml:"id" json:"id"`
	Created  time.Time `toml:"created" json:"created"`
	Updated  time.Time `toml:"updated" json:"updated"`
	Articles []string  `toml:"articles" json:"articles"`
}

// Published is a draft that was published.
type Published struct {
	ID        int64     `toml:"id" json:"id"`
	ArticleID string    `toml:"article_id" json:"article_id"`
	Time      time.Time `toml:"time" json:"time"`
	Articles  []string  `toml:"articles" json:"articles"`
	Deleted   []int     `toml:"deleted,omitempty" json:"deleted,omitempty"` // which of them, from 1
}

// Mass is a message that was sent to many.
type Mass struct {
	ID       int64     `toml:"id" json:"id"`
	DataID   int64     `toml:"data_id,omitempty" json:"data_id,omitempty"`
	Key      string    `toml:"clientmsgid,omitempty" json:"clientmsgid,omitempty"`
	Type     string    `toml:"type" json:"type"`
	Time     time.Time `toml:"time" json:"time"`
	Articles int       `toml:"articles,omitempty" json:"articles,omitempty"`
	ToAll    bool      `toml:"to_all,omitempty" json:"to_all,omitempty"`
	Deleted  bool      `toml:"deleted,omitempty" json:"deleted,omitempty"`
}

// Code is a login code of wx.login, or one of web authorisation.
type Code struct {
	Value   string    `toml:"value" json:"value"`
	OpenID  string    `toml:"openid" json:"openid"`
	Scope   string    `toml:"scope,omitempty" json:"scope,omitempty"` // empty: wx.login
	Expires time.Time `toml:"expires" json:"expires"`
	Used    bool      `toml:"used,omitempty" json:"used,omitempty"`
}

// Grant is what a user allowed a web page.
type Grant struct {
	AccessToken    string    `toml:"access_token" json:"access_token"`
	RefreshToken   string    `toml:"refresh_token" json:"refresh_token"`
	OpenID         string    `toml:"openid" json:"openid"`
	Scope          string    `toml:"scope" json:"scope"`
	Expires        time.Time `toml:"expires" json:"expires"`
	RefreshExpires time.Time `toml:"refresh_expires" json:"refresh_expires"`
}

// Usage counts the calls of one path.
type Usage struct {
	Path   string `toml:"path" json:"path"`
	Period string `toml:"period" json:"period"` // the day, or for clear_quota the month, in China
	Count  int    `toml:"count" json:"count"`

	seen   int64 // the day that Period is, counted from 1970
	minute int64
	inside int // calls in that minute
}

// Sent is a template message that was sent with a client_msg_id.
type Sent struct {
	OpenID string    `toml:"openid" json:"openid"`
	Key    string    `toml:"client_msg_id" json:"client_msg_id"`
	MsgID  int64     `toml:"msgid" json:"msgid"`
	Time   time.Time `toml:"time" json:"time"`
}

// Duration is a time.Duration that seeds and JSON write as "1m30s".
type Duration time.Duration

// MarshalText implements encoding.TextMarshaler.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil {
		return finding.Because(reason.NotDurationSuchAs, "value", named(string(text)))
	}
	*d = Duration(v)
	return nil
}

// Blob is bytes that seeds and JSON write in base64.
type Blob []byte

// MarshalText implements encoding.TextMarshaler.
func (b Blob) MarshalText() ([]byte, error) {
	return base64.StdEncoding.AppendEncode(nil, b), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (b *Blob) UnmarshalText(text []byte) error {
	v, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil {
		return finding.Because(reason.NotBase64, "error", err)
	}
	*b = v
	return nil
}
