package tokenstore

import (
	"encoding/json"
	"errors"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

const (
	documentVersion = 1
	maxDocument     = 1 << 20
)

// document is the text of a cache file.
type document struct {
	Version int               `json:"version"`
	Base    string            `json:"api_base"`
	AppID   string            `json:"appid"`
	Kept    map[string]Record `json:"kept"`
}

func newDocument(key Key) document {
	return document{Version: documentVersion, Base: key.Base, AppID: key.AppID, Kept: map[string]Record{}}
}

// ErrReplaced is in the warning about a cache file that cannot be used and is
// written again.
var ErrReplaced = errors.New("it is replaced")

// parseDocument reads a cache file. If it is damaged, another account's or
// another version's, it returns an error, which shows nothing of it.
func parseDocument(data []byte, key Key) (document, error) {
	var doc document
	switch err := json.Unmarshal(data, &doc); {
	case len(data) > maxDocument:
		return document{}, finding.Because(reason.CacheTooLarge, "limit", maxDocument>>10)
	case err != nil:
		return document{}, finding.Because(reason.CacheDamaged)
	case doc.Version != documentVersion:
		return document{}, finding.Because(reason.CacheOtherVersion, "version", doc.Version, "want", documentVersion)
	case doc.Base != key.Base || doc.AppID != key.AppID:
		return document{}, finding.Because(reason.CacheOtherAccount)
	}
	if doc.Kept == nil {
		doc.Kept = map[string]Record{}
	}
	return doc, nil
}

func (d document) marshal() ([]byte, error) {
	data, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return nil, finding.Because(reason.NotWrittenJSON, "error", err)
	}
	return append(data, '\n'), nil
}
