// Package guard protects a server on the developer's machine from the pages
// that are open in the developer's browser. There are two dangers, and the Host
// header, which package hostname judges, is the third:
//
//	Foreign(request)  does a page of another site ask?
//	Page(header, "")  nobody frames our pages, and they load nothing
//
// A program that is no browser sends none of the headers that Foreign looks at,
// and is let in.
package guard

import (
	"net/http"
	"strings"
)

// Foreign reports whether a browser asks for a page of another site. Of a
// request without an Origin, which an image, a script, a link or a form with
// GET sends, Sec-Fetch-Site tells; "none" is what a person typed.
func Foreign(r *http.Request) bool {
	if origin := r.Header.Get("Origin"); origin != "" {
		return !strings.EqualFold(origin, "http://"+r.Host) && !strings.EqualFold(origin, "https://"+r.Host)
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
		return false
	}
	return true
}

// Page sets the headers of an answer that a browser may show: it loads and runs
// only what the policy, directives of a Content-Security-Policy, allows it.
func Page(h http.Header, policy string) {
	const nothing = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
	if policy != "" {
		policy = "; " + policy
	}
	h.Set("Content-Security-Policy", nothing+policy)
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin") // with no-referrer a browser posts our own forms with Origin: null
}
