package emulator

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/apisign"
)

// Route is one call that is emulated.
type Route struct {
	Method string `json:"method"` // GET or POST
	Path   string `json:"path"`
	Daily  int    `json:"daily,omitempty"` // how often it may be called a day; 0 is without a limit
	Open   bool   `json:"open,omitempty"`  // it takes no access_token
	Does   string `json:"does"`            // in a few words
}

// route is a row of the table of calls.
type route struct {
	path      string
	method    string
	open      bool // no access_token
	component bool // the platform's in place of an account's
	daily     int  // calls a day; 0 is no limit
	minute    int  // calls a minute
	plain     bool // its JSON comes as text/plain
	slow      bool // it uses the network: its handler takes the lock itself
	upload    bool // its body is a file
	does      string

	handle func(*call) (any, error)
	form   func(*call) (any, error) // what a page's form posts to a GET
}

// routeTable is every call there is. The limits are those of the pages where
// they name any; mini programs and verified accounts have more of some.
func routeTable() []route {
	return slices.Concat(
		tokenRoutes(), menuRoutes(), messageRoutes(), userRoutes(), tagRoutes(), codeRoutes(), mediaRoutes(),
		materialRoutes(), endedRoutes(), draftRoutes(), publishRoutes(), massRoutes(), componentRoutes(), serviceRoutes(), accountRoutes(), snsRoutes(), phoneRoutes(), securityRoutes(),
	)
}

// Routes lists the calls that are emulated, by chapter.
func Routes() []Route {
	var list []Route
	for _, r := range routeTable() {
		list = append(list, Route{Method: r.method, Path: r.path, Daily: r.daily, Open: r.open, Does: r.does})
	}
	return list
}

// call is one request to the API.
type call struct {
	*Emulator
	route    *route
	req      *http.Request
	query    params
	body     []byte
	now      time.Time
	acct     *Account // whose token it is; nil as long as none is known
	given    string   // the access_token
	faulty   bool     // a fault on demand decides the answer
	platform string   // the AppID of the third-party platform, if it is a call of its

	sealed   *apisign.Keys // of a signed call that was taken: the answer is sealed with them
	signed   string        // the URL that was signed
	unsigned bool          // it was refused for its signature or encryption

	about string    // the OpenID of the user that it is about, if it is about one
	cause int64     // the push that it probably answers
	lines []lineRef // that it added to chats
	said  string    // the body, if it did
}

const (
	maxJSON   = 1 << 20
	maxUpload = 11 << 20 // the largest file, and the form around it

	uploadTime = time.Minute // for a file to arrive
)

// serveAPI answers one call: a fault on demand first, then the checks in
// WeChat's order, then the handler.
func (e *Emulator) serveAPI(w http.ResponseWriter, req *http.Request) {
	started := time.Now()
	c := &call{Emulator: e, req: req, route: e.routes[req.URL.Path], query: params(req.URL.RawQuery)}
	if c.route == nil {
		c.route = securityRoute(req.URL.Path)
	}
	a := c.answerSafely(w)
	e.logCall(c, &a, started)
	a.send(w)
}

// answerSafely is answer, but for a handler that panics: that is an answer too,
// with status 500, and the log says where it was. Without it the connection
// would break off, which a client takes for a fault of the network.
func (c *call) answerSafely(w http.ResponseWriter) (a answer) {
	defer func() {
		if p := recover(); p != nil {
			a = c.refuse(http.StatusInternalServerError, fail(-1))
			a.panicked = panicked(p)
		}
	}()
	return c.answer(w)
}

func (c *call) answer(w http.ResponseWriter) answer {
	limit := int64(maxJSON)
	if c.route != nil && c.route.upload {
		limit = maxUpload
		select {
		case c.uploads <- struct{}{}:
			defer func() { <-c.uploads }()
		case <-c.req.Context().Done():
			return answer{drop: true}
		}
		// Nobody keeps the others waiting. A recorder in a test has no deadlines.
		conn := http.NewResponseController(w)
		_ = conn.SetReadDeadline(time.Now().Add(uploadTime))
		defer func() { _ = conn.SetReadDeadline(time.Time{}) }()
	}
	var err error
	if c.req.ContentLength != 0 {
		c.body, err = io.ReadAll(http.MaxBytesReader(w, c.req.Body, limit))
	}
	if a, decided := c.failOnDemand(); decided {
		return a
	}
	if c.route != nil && c.route.slow {
		c.now = c.Now()
	} else {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.now = c.Emulator.now()
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return c.refuse(http.StatusRequestEntityTooLarge, failf(45001, "the body is larger than %d bytes", limit))
	case err != nil:
		return c.refuse(http.StatusBadRequest, failf(47001, "the body could not be read"))
	case c.route == nil:
		return c.refuse(http.StatusOK, failf(40066, "%s", c.unknown()))
	}
	if err := c.checkMethod(); err != nil {
		return c.refuse(http.StatusOK, err)
	}
	if !c.route.open {
		if err := c.authorize(); err != nil {
			return c.refuse(http.StatusOK, err)
		}
	}
	if err := c.unsealed(); err != nil {
		return c.refuse(http.StatusOK, err)
	}
	handle := c.route.handle
	if c.req.Method == http.MethodPost && c.route.form != nil {
		handle = c.route.form
	}
	value, err := handle(c)
	if err != nil {
		return c.seal(c.refuse(http.StatusOK, err))
	}
	return c.seal(c.accept(value))
}

// unsealed is unseal under the lock, which slow calls do not hold.
func (c *call) unsealed() error {
	if c.route.slow {
		c.mu.Lock()
		defer c.mu.Unlock()
	}
	return c.unseal()
}

func (c *call) checkMethod() error {
	switch method := c.req.Method; {
	case method == c.route.method, method == http.MethodHead && c.route.method == http.MethodGet,
		method == http.MethodPost && c.route.form != nil:
		return nil
	case c.route.method == http.MethodGet:
		return fail(43001)
	}
	return fail(43002)
}

// authorize checks the token, the account's permission and its quota, in
// this order.
func (c *call) authorize() error {
	if c.route.slow {
		c.mu.Lock()
		defer c.mu.Unlock()
	}
	if c.route.component {
		return c.checkComponentToken() // how often such calls may be made is unknown
	}
	if err := c.checkToken(); err != nil {
		return err
	}
	if c.acct.denied(c.route.path) {
		return fail(48001)
	}
	return c.use(c.acct)
}

// unknown says that a path is not emulated, and which one is.
func (c *call) unknown() string {
	path := c.req.URL.Path
	if len(path) > 200 {
		path = path[:200] + "…"
	}
	msg := "invalid url: the wxdev emulator does not answer " + c.req.Method + " " + path
	var paths []string
	for p := range c.routes {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	if best := text.Nearest(path, paths); best != "" {
		msg += ", did you mean " + best + "?"
	} else if path == "/" || strings.HasPrefix(path, "/_") {
		msg += "; its control API is under " + ControlPrefix
	}
	return msg
}
