package run

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/stacks"
)

// programs are one for each way in which a runtime calls WeChat. Each makes the
// call of its first line, prints what came, and knows nothing of wxdev.
var programs = []struct {
	name  string
	needs []string // of package stacks
	file  string
	text  string
	run   []string // FILE is the file, DIR its folder
	past  bool     // no variable reaches it: it needs --hosts
}{
	{"Python requests", []string{"requests"}, "a.py", `
import requests
print(requests.get("https://api.weixin.qq.com/cgi-bin/token").text)`, []string{"REQUESTS", "FILE"}, false},
	{"Python requests, a session", []string{"requests"}, "a.py", `
import requests
s = requests.Session()
print(s.post("https://api.weixin.qq.com/cgi-bin/token", json={"a": 1}).text)`, []string{"REQUESTS", "FILE"}, false},
	{"Python urllib", []string{"python"}, "a.py", `
import urllib.request
print(urllib.request.urlopen("https://api.weixin.qq.com/cgi-bin/token").read().decode())`, []string{"PYTHON", "FILE"}, false},
	{"Python http.client", []string{"python"}, "a.py", `
import http.client
c = http.client.HTTPSConnection("api.weixin.qq.com")
c.request("GET", "/cgi-bin/token")
print(c.getresponse().read().decode())`, []string{"PYTHON", "FILE"}, true},
	{"Node https", []string{"node"}, "a.js", `
require('https').get('https://api.weixin.qq.com/cgi-bin/token', (r) => r.on('data', (d) => console.log(String(d))))`, []string{"node", "FILE"}, false},
	{"Node https, its own agent", []string{"node"}, "a.mjs", `
import https from 'node:https'
const agent = new https.Agent({ keepAlive: true, maxSockets: 1 })
https.get({ hostname: 'api.weixin.qq.com', path: '/cgi-bin/token', agent }, (r) => r.on('data', (d) => { console.log(String(d)); agent.destroy() }))`, []string{"node", "FILE"}, false},
	{"Node fetch", []string{"node"}, "a.mjs", `
console.log(await (await fetch('https://api.weixin.qq.com/cgi-bin/token')).text())`, []string{"node", "FILE"}, false},
	{"Node http2", []string{"node"}, "a.mjs", `
import { connect } from 'node:http2'
const c = connect('https://api.weixin.qq.com')
const s = c.request({ ':path': '/cgi-bin/token' })
s.on('data', (d) => console.log(String(d))).on('end', () => c.close())`, []string{"node", "FILE"}, false},
	{"Node tls", []string{"node"}, "a.mjs", `
import { connect } from 'node:tls'
const c = connect(443, 'api.weixin.qq.com', () => c.write('GET /cgi-bin/token HTTP/1.0\r\nHost: api.weixin.qq.com\r\n\r\n'))
c.on('data', (d) => console.log(String(d)))`, []string{"node", "FILE"}, false},
	{"PHP curl", []string{"php", "php-curl"}, "a.php", `<?php
$c = curl_init("https://api.weixin.qq.com/cgi-bin/token");
curl_setopt($c, CURLOPT_RETURNTRANSFER, true);
$r = curl_exec($c);
echo $r === false ? curl_error($c) : $r;`, []string{"php", "FILE"}, false},
	{"PHP streams", []string{"php"}, "a.php", `<?php
echo file_get_contents("https://api.weixin.qq.com/cgi-bin/token");`, []string{"php", "FILE"}, true},
	{"PHP Guzzle", []string{"php", "php-curl", "php clients"}, "a.php", `<?php
require 'GuzzleHttp/autoload.php';
echo (new GuzzleHttp\Client())->get("https://api.weixin.qq.com/cgi-bin/token")->getBody();`, []string{"php", "FILE"}, false},
	{"PHP Symfony", []string{"php", "php-curl", "php clients"}, "a.php", `<?php
require 'Symfony/Component/HttpClient/autoload.php';
echo Symfony\Component\HttpClient\HttpClient::create()->request("GET", "https://api.weixin.qq.com/cgi-bin/token")->getContent();`, []string{"php", "FILE"}, false},
	{
		"Java URLConnection",
		[]string{"java"},
		"A.java", java("", `System.out.println(new String(new java.net.URL(url).openStream().readAllBytes()));`),
		[]string{"java", "-Xshare:auto", "FILE"},
		false,
	},
	{
		"Java HttpClient",
		[]string{"java"},
		"A.java", java("import java.net.http.*;", `
  System.out.println(HttpClient.newHttpClient().send(HttpRequest.newBuilder(java.net.URI.create(url)).build(), HttpResponse.BodyHandlers.ofString()).body());`),
		[]string{"java", "-Xshare:auto", "FILE"},
		false,
	},
	{
		"Java OkHttp",
		[]string{"java", "java clients"},
		"A.java", java("import okhttp3.*;", `
  System.out.println(new OkHttpClient().newCall(new Request.Builder().url(url).build()).execute().body().string());`),
		[]string{"java", "-Xshare:auto", "-cp", stacks.JavaClients(), "FILE"},
		false,
	},
	{
		"Java Apache HttpClient 4, the default",
		[]string{"java", "java clients"},
		"A.java", apache("createDefault"),
		[]string{"java", "-Xshare:auto", "-cp", stacks.JavaClients(), "FILE"},
		true,
	},
	{
		"Java Apache HttpClient 4, createSystem",
		[]string{"java", "java clients"},
		"A.java", apache("createSystem"),
		[]string{"java", "-Xshare:auto", "-cp", stacks.JavaClients(), "FILE"},
		false,
	},
	{"Go, the default client", []string{"go"}, "a.go", goProgram("http.DefaultClient"), []string{"go", "run", "FILE"}, false},
	{"Go, a transport of its own", []string{"go"}, "a.go", goProgram("&http.Client{Transport: &http.Transport{}}"), []string{"go", "run", "FILE"}, true},
	{"Ruby", []string{"ruby"}, "a.rb", `
require 'net/http'
puts Net::HTTP.get(URI('https://api.weixin.qq.com/cgi-bin/token'))`, []string{"ruby", "FILE"}, false},
	{"curl", []string{"curl"}, "a", ``, []string{"curl", "-sS", "https://api.weixin.qq.com/cgi-bin/token"}, false},
}

// java is a program that does something with each url. It starts slowly.
func java(imports, body string) string {
	return imports + `
public class A { public static void main(String[] a) throws Exception {
  for (String url : new String[]{"https://api.weixin.qq.com/cgi-bin/token", "http://api.weixin.qq.com/cgi-bin/token"}) {
  ` + body + `
  }
  System.exit(0);
}}`
}

func apache(how string) string {
	return java("import org.apache.http.client.methods.HttpGet; import org.apache.http.impl.client.HttpClients; import org.apache.http.util.EntityUtils;",
		`System.out.println(EntityUtils.toString(HttpClients.`+how+`().execute(new HttpGet(url)).getEntity()));`)
}

// goProgram is one that calls by a client. It is built slowly.
func goProgram(client string) string {
	return `package main
import ("fmt"; "io"; "net/http")
func main() {
	c := ` + client + `
	for _, url := range []string{"https://api.weixin.qq.com/cgi-bin/token", "http://api.weixin.qq.com/cgi-bin/token"} {
		r, err := c.Get(url)
		if err != nil { panic(err) }
		b, _ := io.ReadAll(r.Body)
		fmt.Println(string(b))
	}
}`
}

// Each program is there a second time, without encryption, but for those that
// do both: some code has http://. HTTP/2 is never that.
func init() {
	plain := strings.NewReplacer("https", "http", "HTTPS", "HTTP", "443", "80", "node:tls", "node:net")
	for _, p := range programs {
		if p.name == "Node http2" || strings.Contains(p.text, "http://") {
			continue
		}
		p.name, p.text, p.run = p.name+", http", plain.Replace(p.text), slices.Clone(p.run)
		for i := range p.run {
			p.run[i] = plain.Replace(p.run[i])
		}
		programs = append(programs, p)
	}
}

// redirectedAll reports whether each call of a program was answered by the
// emulator.
func redirectedAll(n int, out string) bool {
	return strings.Count(out, `"emulated":true`) == 1+strings.Count(programs[n].text, `"http://`)*strings.Count(programs[n].text, `"https://`)
}

// commandOf writes a program, and returns how to run it, and its folder.
func commandOf(t *testing.T, n int) (args []string, dir string) {
	t.Helper()
	p := programs[n]
	dir = t.TempDir()
	file := filepath.Join(dir, p.file)
	if err := os.WriteFile(file, []byte(strings.TrimLeft(p.text, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.NewReplacer("FILE", file, "DIR", dir, "PYTHON", stacks.Python(), "REQUESTS", stacks.PythonWith("requests")).Replace(strings.Join(p.run, "\x00")), "\x00"), dir
}

// runProgram runs one with an environment, and returns what it printed.
func runProgram(t *testing.T, n int, env []string) string {
	t.Helper()
	args, dir := commandOf(t, n)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env, cmd.Dir = env, dir
	timer := time.AfterFunc(100*time.Second, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	out, _ := cmd.CombinedOutput() // what matters is whether the call arrived
	return string(out)
}

// TestNode: each way of calling that is common, in each version.
func TestNode(t *testing.T) {
	stacks.Need(t, "npm run")
	folder := stacks.Testdata("run/node")
	r := newRedirect(t, Options{Offline: true})
	env := r.kit(t).Env(os.Environ())
	for _, version := range []string{"20", "22", "24"} {
		for _, way := range []string{"core", "fetch", "axios", "request"} {
			for _, scheme := range []string{"https", "http"} {
				cmd := exec.Command(filepath.Join(folder, "node_modules/node"+version+"/bin/node"), "calls.cjs", way, scheme)
				cmd.Dir, cmd.Env = folder, env
				if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), `"emulated":true`) {
					t.Errorf("Node %s, %s: %v: %s", version, way, err, out)
				}
			}
		}
	}
}

// TestNodeOffline: Node uses no proxy, so its hook refuses what --offline does, on
// whatever port.
func TestNodeOffline(t *testing.T) {
	stacks.Need(t, "node")
	for host, code := range map[string]string{
		"a.example": "fetch('https://a.example/').catch(() => {})",
		"b.example": "fetch('http://b.example:8080/').catch(() => {})",
		"c.example": "require('http').get('http://c.example:8080/').on('error', () => {})",
		"d.example": "require('net').connect(80, 'd.example').on('error', () => {}).end('GET / HTTP/1.0\\r\\nHost: d.example\\r\\n\\r\\n')",
	} {
		r := newRedirect(t, Options{Offline: true})
		cmd := exec.Command("node", "-e", code)
		cmd.Env = r.kit(t).Env(os.Environ())
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", host, err, out)
		}
		r.hears(t, "refused "+host)
	}
}

// TestRuntimes: each cell of the table in the README.
func TestRuntimes(t *testing.T) {
	for n, p := range programs {
		t.Run(p.name, func(t *testing.T) {
			stacks.Need(t, p.needs...)
			if p.past {
				t.Skip("it needs --hosts")
			}
			r := newRedirect(t, Options{Offline: true})
			out := runProgram(t, n, r.kit(t).Env(os.Environ()))
			if !redirectedAll(n, out) || !strings.Contains(r.seen(), "/cgi-bin/token") {
				t.Errorf("it got %q, the emulator %q", out, r.seen())
			}
			if !strings.Contains(out, `"host":"`+strings.TrimPrefix(r.url, "http://")) {
				t.Errorf("the emulator would name another host than its own: %q", out)
			}
		})
	}
}
