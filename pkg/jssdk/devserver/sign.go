package devserver

import (
	"net/http"
	"strconv"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/jssdk"
)

// maxURL is how long the URL of a page may be.
const maxURL = 8 << 10

// sign answers /sign.
func (s *Server) sign(w http.ResponseWriter, r *http.Request) {
	page := jssdk.CleanURL(r.URL.Query().Get("url"))
	if page == "" || len(page) > maxURL {
		fail(w, http.StatusBadRequest, words.Get()[s.language(r)].noURL)
		return
	}
	ticket, ok := s.ticket(w, r, "sign", page)
	if !ok {
		return
	}
	nonce, err := jssdk.NewNonce(s.Rand)
	if err != nil {
		s.log(Event{What: "sign", URL: page, Err: err})
		fail(w, http.StatusInternalServerError, words.Get()[s.language(r)].noNonce)
		return
	}
	now := time.Now
	if s.Now != nil {
		now = s.Now
	}
	apis := s.APIs
	if apis == nil {
		apis = jssdk.APIs()
	}
	s.log(Event{What: "sign", URL: page})
	reply(w, http.StatusOK, jssdk.NewConfig(s.AppID, ticket, page, nonce, strconv.FormatInt(now().Unix(), 10), apis...))
}

// ticket gets the ticket, or answers that there is none. Why is for whoever
// runs the server: an error of the API may tell more than a page should know.
func (s *Server) ticket(w http.ResponseWriter, r *http.Request, what, url string) (string, bool) {
	t, err := s.Ticket(r.Context())
	if err == nil && t == "" {
		err = finding.Because(reason.TicketEmpty)
	}
	if err != nil {
		s.log(Event{What: what, URL: url, Err: err})
		fail(w, http.StatusBadGateway, words.Get()[s.language(r)].noTicket)
	}
	return t, err == nil
}
