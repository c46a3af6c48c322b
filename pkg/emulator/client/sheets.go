package client

import (
	"bytes"
	"context"
	"net/http"
	"time"
)

// Account is an account of the emulator, without its secrets.
type Account struct {
	AppID        string
	Name         string // the AppID of one that has none
	OriginalID   string `json:"original_id"`
	URL          string // of its server
	ServerOrigin string `json:"server_origin"` // scheme, host and port of the URL
	Mode         string // plain, compat or safe
	Format       string // xml or json
	HasMenu      bool   `json:"has_menu"`
	Users        int
	Followers    int
	PushLimits   PushLimits `json:"push_limits"`
	Tokens       []TokenAge // the newest of each kind
}

// PushLimits are how a message is delivered.
type PushLimits struct {
	TimeoutMS int64 `json:"timeout_ms"` // of one delivery
	Attempts  int   // deliveries in all when they fail
}

// TokenAge says how old a token is, in seconds.
type TokenAge struct {
	Kind    string // token or stable_token
	Age     int64  `json:"age_s"`
	Expires int64  `json:"expires_s"` // in how many seconds; 0 of one that is over
}

// Accounts returns the accounts. The first one is meant where no AppID is given.
func (c *Client) Accounts(ctx context.Context) ([]Account, error) {
	var answer struct{ Accounts []Account }
	err := c.call(ctx, http.MethodGet, "accounts", nil, &answer)
	return answer.Accounts, err
}

// QRCode is a QR code that can be scanned now.
type QRCode struct {
	Ticket  string
	ID      string    // the end of its URL
	URL     string    // what is in the picture
	Scene   string    // what an event carries of it
	Expires time.Time // zero: never
	Left    int64     `json:"left_s"` // seconds; 0 of one that does not expire
}

// QRCodes returns the QR codes of an account that can be scanned now, the
// newest first; of the first account if appid is empty.
func (c *Client) QRCodes(ctx context.Context, appid string) ([]QRCode, error) {
	var answer struct{ QRCodes []QRCode }
	err := c.call(ctx, http.MethodGet, "qrcodes"+query("appid", appid), nil, &answer)
	return answer.QRCodes, err
}

// Place is somewhere a user can be; the action location takes lat, lng, label and
// scale.
type Place struct {
	Name, Address string
	Lat, Lng      float64
	Scale         int
}

// Places returns three places that everybody knows.
func (c *Client) Places(ctx context.Context) ([]Place, error) {
	var answer struct{ Places []Place }
	err := c.call(ctx, http.MethodGet, "places"+query("lang", string(c.Lang)), nil, &answer)
	return answer.Places, err
}

// Media is a media file without its bytes.
type Media struct {
	ID        string // the media_id
	Type      string // image, voice, video, thumb or article
	Filename  string
	Size      int
	Created   time.Time
	Permanent bool
	URL       string // where the emulator has the file
}

// MediaFiles returns the files of an account that have not expired, the newest
// first: of one type unless kind is empty, of the first account if appid is.
func (c *Client) MediaFiles(ctx context.Context, appid, kind string) ([]Media, error) {
	var answer struct{ Media []Media }
	err := c.call(ctx, http.MethodGet, "media"+query("appid", appid, "type", kind), nil, &answer)
	return answer.Media, err
}

// Upload makes a temporary media of a user's own file, such as a picture that
// they send; kind is image, voice, video or thumb, and if it is empty what the
// file's bytes say. It has at most 10 MiB, a voice 2 MiB and a thumb 64 KiB. Of
// the Media that is returned ID, Type and URL are set.
func (c *Client) Upload(ctx context.Context, appid, kind, filename string, data []byte) (*Media, error) {
	var answer struct {
		MediaID   string `json:"media_id"`
		Type, URL string
	}
	path := "media" + query("appid", appid, "type", kind, "filename", filename)
	if err := c.send(ctx, http.MethodPost, path, bytes.NewReader(data), &answer); err != nil {
		return nil, err
	}
	return &Media{ID: answer.MediaID, Type: answer.Type, URL: answer.URL}, nil
}
