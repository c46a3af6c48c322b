package devserver

import (
	"encoding/json"
	"net/http"
)

// Call is a function of the SDK that a page called. All of it comes from the page.
type Call struct {
	Name    string          // "scanQRCode"
	Args    json.RawMessage // its options as a JSON object, without the functions
	URL     string          // of the page
	Refused string          // why it was not let do it: "permission denied"; what is answered then is of no use
}

// callRequest is what the stand-in sends.
type callRequest struct {
	Call    string          `json:"call"`
	Args    json.RawMessage `json:"args"`
	URL     string          `json:"url"`
	Refused string          `json:"refused"`
}

// call answers /call.
func (s *Server) call(w http.ResponseWriter, r *http.Request) {
	say := words.Get()[s.language(r)]
	var q callRequest
	if !readJSON(w, r, &q, say.notCall) {
		return
	}
	if !knownAPI(q.Call) || len(q.URL) > maxURL || len(q.Refused) > 200 {
		fail(w, http.StatusBadRequest, say.notCall)
		return
	}
	res := Result{}
	if s.Answer != nil {
		res = s.Answer(r.Context(), Call{Name: q.Call, Args: q.Args, URL: q.URL, Refused: q.Refused})
	}
	said := res.Message(q.Call, say.NotHere)
	if q.Refused != "" {
		said = q.Call + ":" + q.Refused
	}
	s.log(Event{What: "call", URL: q.URL, Call: q.Call, Said: said})
	reply(w, http.StatusOK, res.answer(q.Call, say.NotHere))
}
