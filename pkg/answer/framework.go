package answer

import (
	"regexp"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/wire"
)

// frameworks are known by what their error pages have and no answer of a
// handler has. The more special ones come first: a page of Laravel has PHP's
// words, too.
var frameworks = []struct{ name, pattern string }{
	{"Django", `(?i)you're seeing this error because you have <code>debug = true|django version:|<h1>(?:server error \(500\)|bad request \(400\))</h1>|csrf verification failed\. request aborted|django\.core\.|django/core/handlers`},
	{"Flask", `(?i)werkzeug debugger|the server encountered an internal error and was unable to complete your request\. either the server is overloaded|flask/app\.py|werkzeug\.exceptions`},
	{"FastAPI (Starlette)", `(?i)starlette debugger|starlette/(?:middleware|routing)|fastapi/routing`},
	{"Tornado", `(?i)<html><title>5\d\d: [^<]*</title><body>5\d\d: |tornado/web\.py`},
	{"Bottle", `(?i)<h1>error: 5\d\d [^<]*</h1>\s*<p>sorry, the requested url`},
	{"aiohttp", `(?i)server got itself in trouble|aiohttp/web_(?:protocol|app)\.py`},
	{"Falcon", `^\{"title": "5\d\d [A-Z][^"]*"\}$`},
	{"gunicorn", `(?i)<h1><p>internal server error</p></h1>`},
	{"uWSGI", `(?i)uwsgi error|python application not found`},
	{"Ruby on Rails", `(?i)action controller: exception caught|we're sorry, but something went wrong|actioncontroller::|activerecord::|actionview::|extracted source \(around line`},
	{"Sinatra", `(?i)sinatra/(?:base|show_?exceptions)|sinatra::(?:base|showexceptions)|<code>show_exceptions</code>`},
	{"Phusion Passenger", `(?i)phusion passenger`},
	{"Laravel", `(?i)illuminate[\\/]+|laravel|whoops, looks like something went wrong|^\s*\{\s*"message": "server error"\s*\}|facade[\\/]+ignition`},
	{"Symfony", `(?i)symfony exception|symfony[\\/]+component|sf-reset|oops! an error occurred`},
	{"ThinkPHP", `(?i)think[\\]+exception|thinkphp|topthink|页面错误！请稍后再试`},
	{"Yii", `(?i)yii[\\]+(?:base|web|db)`},
	{"CodeIgniter", `(?i)a php error was encountered|codeigniter[\\]+`},
	{"Hyperf", `(?i)hyperf[\\]+`},
	{"webman", `(?i)(?:webman|workerman)[\\]+`},
	{"WordPress", `(?i)there has been a critical error on this website|此站点遇到了致命错误|error establishing a database connection|wp-die-message`},
	{"PHP", `(?i)<b>(?:fatal error|parse error|warning|notice|deprecated)</b>:|php (?:fatal|parse) error:|(?:fatal|parse) error: .{0,300} on line \d+|no input file specified\.`},
	{"Spring Boot", `(?i)whitelabel error page|^\s*\{"timestamp":[^{}]*"status":\s*5\d\d,[^{}]*"error":|org\.springframework\.`},
	{"Tomcat", `(?i)<h1>http status 5\d\d|apache tomcat/|org\.apache\.(?:catalina|jasper)`},
	{"Jetty", `(?i)<h2>http error 5\d\d|powered by jetty|org\.eclipse\.jetty`},
	{"WebLogic", `(?i)error 500--internal server error`},
	{"Quarkus", `(?i)quarkus|resteasy`},
	{"Java", `\bjava\.(?:lang|util|io|net)\.\w+(?:Exception|Error)\b|\bat [\w.$]+\(\w+\.java:\d+\)|javax?\.servlet\.`},
	{"ASP.NET Core", `(?i)microsoft\.aspnetcore\.|an unhandled exception occurred while processing the request|tools\.ietf\.org/html/rfc\d+#section-15\.6\.1`},
	{"ASP.NET", `(?i)server error in '/|system\.web\.|asp\.net is configured`},
	{"IIS", `(?i)iis detailed error|iis \d+\.\d+ detailed|http error 500\.\d+`},
	{"NestJS", `^\s*\{"statusCode":5\d\d,"message":"Internal server error"|^\s*\{"message":.{1,300},"error":"[^"]*","statusCode":[45]\d\d\}\s*$`},
	{"hapi", `^\s*\{"statusCode":5\d\d,"error":"[^"]*","message":"An internal server error occurred"\}`},
	{"Fastify", `^\s*\{"statusCode":5\d\d,(?:"code":"[^"]*",)?"error":"|^\s*\{"statusCode":4\d\d,"code":"FST_`},
	{"Egg.js", `(?i)egg-onerror|node_modules[\\/]+egg`},
	{"Next.js", `(?i)__next_error__|"page":"/_error"`},
	{"Express", `(?i)<title>error</title>\s*</head>\s*<body>\s*<pre>|node_modules[\\/]+express`},
	{"Node.js", `\bat [^\n]{1,200}\(?(?:node:[\w/]+|[^\s()]+\.[cm]?[jt]s):\d+:\d+\)?`},
	{"Echo", `^\{"message":"Internal Server Error"\}\s*$|^\{\s*"error": ".{1,300}",\s*"message": "Internal Server Error"\s*\}\s*$`},
	{"Go", `goroutine \d+ \[|runtime error: (?:invalid memory|index out of range|slice bounds|integer divide)|assignment to entry in nil map`},
	{"Rust", `thread '[^']+' panicked at|panicked at [\w/]+\.rs`},
	{"Phoenix", `(?i)phoenix\.\w+error|plug\.conn`},
	{"Vercel", `(?i)function_invocation_(?:failed|timeout)|this serverless function has crashed`},
	{"Cloudflare Workers", `(?i)worker threw exception|error code: 1101`},
	{"Tencent SCF", `(?i)^\s*\{"errorcode":-?\d+,"errormessage":`},
	{"AWS Lambda", `(?i)^\s*\{"errormessage":|"errortype":"[\w.]+"`},
	{"Python", `Traceback \(most recent call last\)`},
}

var frameworkPatterns = lazy.Value[[]*regexp.Regexp]{Make: func() []*regexp.Regexp {
	all := make([]*regexp.Regexp, len(frameworks))
	for i, f := range frameworks {
		all[i] = regexp.MustCompile(f.pattern)
	}
	return all
}}

// frameworkOf names the framework, language or platform whose error page an
// answer is, or "".
func frameworkOf(res *wire.Response) string {
	body := beginning(res)
	body = body[:min(len(body), patternLimit)]
	for i, re := range frameworkPatterns.Get() {
		if re.Match(body) {
			return frameworks[i].name
		}
	}
	return ""
}

// byFramework knows the error pages of frameworks: those with an error status,
// and to a GET those that PHP and others send with status 200.
func (l *look) byFramework() (Verdict, bool) {
	printed := l.get && l.res.Status == 200 && ErrorAt(l.body) >= 0
	if l.res.Status < 500 && !printed {
		return Verdict{}, false
	}
	name := frameworkOf(l.res)
	if name == "" {
		return Verdict{}, false
	}
	return l.say(l.one(outcome{"V43", "framework"}, outcome{"M19", "framework"}), "", "framework", name)
}
