package answer

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/wire"
)

// pageStacks are the stacks of [frameworkOf]'s names, called as the samples of
// package catalog are. A platform that runs any language has none.
var pageStacks = lazy.Value[map[string]string]{Make: func() map[string]string {
	return map[string]string{
		"Django": "Python (Django)", "Flask": "Python (Flask)", "FastAPI (Starlette)": "Python (FastAPI)",
		"Tornado": "Python", "Bottle": "Python", "aiohttp": "Python", "Falcon": "Python", "gunicorn": "Python", "uWSGI": "Python (uWSGI)", "Python": "Python",
		"Ruby on Rails": "Ruby (Rails)", "Sinatra": "Ruby",
		"Laravel": "PHP (Laravel)", "ThinkPHP": "PHP (ThinkPHP)", "Yii": "PHP (Yii2)", "WordPress": "PHP (WordPress)",
		"Symfony": "PHP", "CodeIgniter": "PHP", "Hyperf": "PHP", "webman": "PHP", "PHP": "PHP",
		"Spring Boot": "Java (Spring)",
		"Tomcat":      "Java", "Jetty": "Java", "WebLogic": "Java", "Quarkus": "Java", "Java": "Java",
		"ASP.NET Core": "C# (ASP.NET Core)", "ASP.NET": "C#",
		"NestJS": "Node (NestJS)", "Express": "Node (Express)", "Next.js": "Node (Next.js)",
		"Fastify": "Node (Fastify)", "hapi": "Node", "Egg.js": "Node", "Node.js": "Node",
		"Echo": "Go", "Go": "Go", "Rust": "Rust",
	}
}}

// headStacks are known by a header, here in lower case as "name: value". The
// more special ones come first.
var headStacks = []struct{ stack, pattern string }{
	{"PHP (Laravel)", `(?m)^set-cookie: laravel[_-]session=`},
	{"PHP (ThinkPHP)", `(?m)^x-powered-by: .*thinkphp|^set-cookie: (?:thinkphp_show_page_trace|think_lang)=`},
	{"PHP (WordPress)", `(?m)^x-powered-by: .*wp engine|^x-pingback: .*xmlrpc\.php|^link: .*/wp-json/`},
	{"PHP", `(?m)^x-powered-by: .*php|^server: .*(?:\bphp/\d|swoole|workerman)|^set-cookie: (?:phpsessid|ci_session|symfony)=|^x-debug-token:|^x-generator: drupal`},

	{"Python (Flask)", `(?m)^server: werkzeug`},
	{"Python (Django)", `(?m)^set-cookie: csrftoken=|^x-powered-by: .*django`},
	{"Python", `(?m)^server: .*(?:gunicorn|uvicorn|hypercorn|daphne|waitress|tornado|cherrypy|\bc?python/\d|mod_wsgi)`},

	{"Node (Next.js)", `(?m)^x-powered-by: .*next\.js`},
	{"Node (Express)", `(?m)^x-powered-by: express|^set-cookie: connect\.sid=`},
	{"Node (Koa)", `(?m)^x-powered-by: koa|^set-cookie: koa[.:]sess=`},
	{"Node", `(?m)^x-powered-by: .*(?:sails|nuxt|feathers|\bnode\b)|^set-cookie: egg_sess=`},

	{"Java (Spring)", `(?m)^x-application-context:`},
	{"Java", `(?m)^x-powered-by: .*(?:servlet|jsp|jsf|undertow|jboss)|^server: .*(?:apache-coyote|tomcat|jetty|glassfish|wildfly|payara|weblogic|websphere|undertow)|^set-cookie: jsessionid=`},

	{"C# (ASP.NET Core)", `(?m)^server: kestrel|^set-cookie: \.aspnetcore\.`},
	{"C#", `(?m)^x-aspnet(?:mvc)?-version:|^x-powered-by: .*asp\.net|^set-cookie: asp\.net_sessionid=`},

	{"Ruby (Rails)", `(?m)^x-runtime: \d+\.\d+$`},
	{"Ruby", `(?m)^server: .*(?:webrick|puma|\bruby/\d)`},
	{"Go", `(?m)^server: fasthttp|^set-cookie: beegosessionid=`},
}

var headPatterns = lazy.Value[[]*regexp.Regexp]{Make: func() []*regexp.Regexp {
	all := make([]*regexp.Regexp, len(headStacks))
	for i, s := range headStacks {
		all[i] = regexp.MustCompile(s.pattern)
	}
	return all
}}

// Stack names the language, and the framework where it shows, of the server that
// gave an answer: "PHP", "Python (Flask)", as the samples of package catalog
// are called. It goes by the headers and, where it is an error, the page; "" is
// an answer that shows neither.
func Stack(ex *finding.Exchange) string {
	if ex == nil {
		return ""
	}
	res := wire.ReadResponse(ex.Received)
	if res == nil {
		return ""
	}
	page := ""
	if res.Status >= 400 || ErrorAt(res.Decoded) >= 0 { // others may quote anything
		page = pageStacks.Get()[frameworkOf(res)]
	}
	head := headStack(res)
	if page == "" || strings.HasPrefix(head, page+" (") { // which knows the framework, too
		return head
	}
	return page
}

func headStack(res *wire.Response) string {
	head := header(res.Header)
	for i, re := range headPatterns.Get() {
		if re.MatchString(head) {
			return headStacks[i].stack
		}
	}
	if goError(res) {
		return "Go"
	}
	return ""
}

// goError reports whether an answer is one of Go's http.Error, which sends these
// headers and no other, and ends its text with a line end.
// https://pkg.go.dev/net/http#Error
func goError(res *wire.Response) bool {
	for _, f := range res.Header {
		switch strings.ToLower(f.Name) {
		case "content-type", "x-content-type-options", "date", "content-length", "connection", "allow":
		default:
			return false
		}
	}
	return res.Status >= 400 && res.Get("Content-Type") == "text/plain; charset=utf-8" &&
		res.Get("X-Content-Type-Options") == "nosniff" && bytes.HasSuffix(res.Decoded, []byte("\n"))
}
