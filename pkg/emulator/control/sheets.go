package control

import (
	"net/http"

	"github.com/wxdev/wxdev/pkg/emulator"
)

// What the sheets of a phone offer: codes to scan, places to be, files to send.

func (h *handler) getQRCodes(req *http.Request) (qrCodesAnswer, error) {
	list, err := h.emulator.ScanCodes(req.URL.Query().Get("appid"), h.emulator.BaseURL(req))
	return qrCodesAnswer{list}, orNotFound(err)
}

func (h *handler) getPlaces(req *http.Request) (placesAnswer, error) {
	lang, err := h.lang(req)
	return placesAnswer{emulator.SamplePlaces(lang)}, err
}

func (h *handler) getMediaFiles(req *http.Request) (mediaAnswer, error) {
	q := req.URL.Query()
	list, err := h.emulator.MediaFiles(q.Get("appid"), q.Get("type"), h.emulator.BaseURL(req))
	return mediaAnswer{list}, orNotFound(err)
}

func (h *handler) postMedia(req *http.Request) (mediaIDAnswer, error) {
	q := req.URL.Query()
	m, err := h.emulator.UploadOwn(q.Get("appid"), q.Get("type"), q.Get("filename"), readBody(req))
	if err != nil {
		return mediaIDAnswer{}, orNotFound(err)
	}
	return mediaIDAnswer{m.ID, m.Type, h.emulator.BaseURL(req) + emulator.MediaPath + m.ID}, nil
}
