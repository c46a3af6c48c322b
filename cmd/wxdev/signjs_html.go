package main

import (
	"html"
	"strings"

	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/finding"
)

// testPageText is a page that calls wx.config and says what came of it. It is
// put together by hand: linking html/template would cost 2 MB.
const testPageText = `<!doctype html>
<html lang="{lang}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>body { font: 16px/1.6 system-ui, sans-serif; margin: 1rem } p, dd { overflow-wrap: anywhere } dd { margin: 0 0 1rem }</style>
<h1>{title}</h1>
<dl>
<dt>{signed}</dt><dd id="signed">{url}</dd>
<dt>{here}</dt><dd id="here"></dd>
</dl>
<p id="state">{wait}</p>
<script>
var say = function (text) { document.getElementById('state').textContent = text; };
var here = location.href.split('#')[0];
document.getElementById('here').textContent = here + (here === document.getElementById('signed').textContent ? ' ✓' : ' ✗ {differs}');
</script>
<script src="https://res.wx.qq.com/open/js/jweixin-1.6.0.js" onerror="say('{unloaded}')"></script>
<script>
{config}var failed = false;
wx.error(function (res) { failed = true; say(res.errMsg); });
wx.ready(function () { if (!failed) say('config:ok'); });
</script>
</html>
`

// testPage is the page for a URL, with the script that configures it.
func testPage(lang finding.Lang, page, config string) string {
	say := sayIn(lang)
	return strings.NewReplacer(
		"{lang}", string(lang), "{url}", html.EscapeString(page), "{config}", config,
		"{title}", say(words.SignJSPageTitle),
		"{signed}", say(words.SignJSPageSigned),
		"{here}", say(words.SignJSPageHere),
		"{wait}", say(words.SignJSPageWait),
		"{differs}", say(words.SignJSPageDiffers),
		"{unloaded}", say(words.SignJSPageUnloaded),
	).Replace(testPageText)
}
