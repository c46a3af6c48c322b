package emulator

import (
	"slices"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
)

// ScanCode is a QR code that can be scanned now.
type ScanCode struct {
	Ticket  string    `json:"ticket"`
	ID      string    `json:"id"`               // the end of its url
	URL     string    `json:"url"`              // what is in the picture
	Scene   string    `json:"scene"`            // what an event carries of it
	Expires time.Time `json:"expires,omitzero"` // left out: never
	Left    int64     `json:"left_s,omitempty"` // seconds, at least 1; left out: it does not expire
}

// ScanCodes returns the QR codes of an account that have not expired, the newest
// first, and of the first account if appid is empty. base is what their URLs
// begin with. The error is [ErrNotFound].
func (e *Emulator) ScanCodes(appid, base string) ([]ScanCode, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	a := e.account(appid)
	if a == nil {
		return nil, errNoAccount(appid)
	}
	now, list := e.now(), []ScanCode{}
	for _, q := range slices.Backward(a.QRCodes) {
		if q.over(now) {
			continue
		}
		c := ScanCode{Ticket: q.Ticket, ID: q.ID, URL: base + QRCodePath + q.ID, Scene: q.Scene(), Expires: q.Expires}
		if !q.Expires.IsZero() {
			c.Left = int64((q.Expires.Sub(now) + time.Second - 1) / time.Second)
		}
		list = append(list, c)
	}
	return list, nil
}

// over reports whether a code has expired.
func (q *QRCode) over(now time.Time) bool { return !q.Expires.IsZero() && !now.Before(q.Expires) }

// SamplePlace is somewhere a user of the emulator can be.
type SamplePlace struct {
	Name    string  `json:"name"`
	Address string  `json:"address"`
	Lat     float64 `json:"lat"`
	Lng     float64 `json:"lng"`
	Scale   int     `json:"scale"` // of the map
}

// SamplePlaces are three places that everybody knows. Their coordinates are those
// of maps in China (GCJ-02), which differ from a GPS receiver by some hundred metres.
func SamplePlaces(lang finding.Lang) []SamplePlace {
	if lang == finding.Chinese {
		return []SamplePlace{
			{"广州塔", "广州市海珠区阅江西路222号", 23.1066, 113.3245, 16},
			{"东方明珠", "上海市浦东新区世纪大道1号", 31.2397, 121.4998, 16},
			{"天安门", "北京市东城区长安街", 39.9087, 116.3975, 16},
		}
	}
	return []SamplePlace{
		{"Canton Tower", "222 Yuejiang West Road, Haizhu, Guangzhou", 23.1066, 113.3245, 16},
		{"Oriental Pearl Tower", "1 Century Avenue, Pudong, Shanghai", 31.2397, 121.4998, 16},
		{"Tiananmen", "Chang'an Avenue, Dongcheng, Beijing", 39.9087, 116.3975, 16},
	}
}

// MediaInfo is a media file without its bytes.
type MediaInfo struct {
	ID        string    `json:"id"` // the media_id
	Type      string    `json:"type"`
	Filename  string    `json:"filename"`
	Size      int       `json:"size"`
	Created   time.Time `json:"created"`
	Permanent bool      `json:"permanent,omitempty"`
	URL       string    `json:"url"` // where this emulator has the file
}

// MediaFiles returns the files of an account that have not expired, the newest
// first, and of the first account if appid is empty; of one type unless kind is
// empty. base is what their URLs begin with. The error is [ErrNotFound].
func (e *Emulator) MediaFiles(appid, kind, base string) ([]MediaInfo, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	a := e.account(appid)
	if a == nil {
		return nil, errNoAccount(appid)
	}
	now, list := e.now(), []MediaInfo{}
	for _, m := range slices.Backward(a.Media) {
		if m.live(now) && (kind == "" || m.Type == kind) {
			list = append(list, MediaInfo{m.ID, m.Type, m.Filename, len(m.Data), m.Created, m.Permanent, base + MediaPath + m.ID})
		}
	}
	return list, nil
}

// live reports whether a file has not expired.
func (m *Media) live(now time.Time) bool { return m.Permanent || now.Sub(m.Created) < mediaLife }
