// Package stacks is for tests that run other programs than their own: servers
// in PHP, Python, Node, Java and behind nginx, clients from npm, Redis,
// Chromium, a terminal (tmux), package managers. testdata/servers/setup.sh (`make deps`) installs all of them.
//
// [Need] names what a test cannot do without. `go test -short` skips such a
// test. Otherwise it is skipped where something is missing, and fails there in
// CI, which must run everything. [Serve] and [Redis] start a server that ends
// with the test.
package stacks

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Need skips a test with -short, and where one of the programs is missing. In
// CI, where the environment has CI=true, what is missing makes it fail.
func Need(t testing.TB, programs ...string) {
	t.Helper()
	if testing.Short() {
		t.Skipf("-short runs nothing that needs %s", strings.Join(programs, ", "))
	}
	for _, name := range programs {
		has, known := installed[name]
		if !known {
			t.Fatalf("stacks does not know %q", name)
		}
		if has() {
			continue
		}
		if os.Getenv("CI") == "true" {
			t.Fatalf("no %s: run `make deps`", name)
		}
		t.Skipf("no %s: `make deps` installs it, or says how", name)
	}
}

// installed is what setup.sh installs.
var installed = map[string]func() bool{
	"go":             func() bool { return find("go") != "" },
	"php":            func() bool { return find("php") != "" },
	"php-xml":        sync.OnceValue(hasSimpleXML),
	"python":         func() bool { return find("python3") != "" },
	"requests":       func() bool { return PythonWith("requests") != "" },
	"flask+requests": func() bool { return PythonWith("flask, requests") != "" },
	"flask":          sync.OnceValue(func() bool { return hasFlask(Python()) }),
	"node":           func() bool { return find("node") != "" },
	"npm packages": func() bool {
		return find("node") != "" && has(Testdata("servers/node/node_modules/.package-lock.json"))
	},
	"npm clients": func() bool {
		return find("node") != "" && has(Testdata("clients/node/node_modules/.package-lock.json"))
	},
	"npm taplo": func() bool {
		return find("node") != "" && has(Testdata("editors/node_modules/.package-lock.json"))
	},
	"npm testcontainers": func() bool {
		return find("node") != "" && has(Testdata("../examples/testcontainers/node/node_modules/.package-lock.json"))
	},
	"npm run": func() bool {
		return has(Testdata("run/node/node_modules/.package-lock.json"))
	},
	"silenceper":   sync.OnceValue(hasSilenceper),
	"vegeta":       hasLoadTools,
	"k6":           hasLoadTools,
	"vegeta-lib":   hasVegetaExample,
	"java":         func() bool { return find("java") != "" && find("javac") != "" },
	"java clients": func() bool { return !slices.ContainsFunc(javaClients, func(jar string) bool { return !has(jar) }) },
	"php clients":  sync.OnceValue(hasPHPClients),
	"php-curl":     sync.OnceValue(hasPHPCurl),
	"ruby":         func() bool { return find("ruby") != "" },
	"openssl":      func() bool { return find("openssl") != "" },
	"curl":         func() bool { return find("curl") != "" },
	"nginx":        func() bool { return find("nginx", "/usr/sbin/nginx") != "" },
	"redis-server": func() bool { return find("redis-server") != "" },
	"chromium":     func() bool { return Chromium() != "" },
	"tmux":         func() bool { return find("tmux") != "" },
	"npm":          func() bool { return find("node") != "" && find("npm") != "" },
	"dpkg":         func() bool { return find("dpkg") != "" },
	"rpm":          func() bool { return find("rpm") != "" },
	"qemu-arm64":   func() bool { return QEMU() != "" },
	"dist":         sync.OnceValue(func() bool { return hasModules("../tools/dist", ".") }),
}

// Python is the one with Flask: the system's, which has the system's packages,
// where there are several. setup.sh looks at the same two.
var Python = sync.OnceValue(func() string {
	for _, name := range []string{"/usr/bin/python3", "python3"} {
		if hasFlask(name) {
			return name
		}
	}
	return "python3"
})

// PythonWith is the one of the two that has a module, "" if neither.
func PythonWith(module string) string {
	for _, name := range []string{"/usr/bin/python3", "python3"} {
		if exec.Command(name, "-c", "import "+module).Run() == nil {
			return name
		}
	}
	return ""
}

// Chromium is the path of a browser, empty where there is none.
func Chromium() string {
	return find("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome")
}

// QEMU is the path of what runs programs for Linux on arm64, empty where there
// is none.
func QEMU() string { return find("qemu-aarch64-static", "qemu-aarch64") }

// Testdata is the path of a file in the repository's testdata/, from whatever
// package.
func Testdata(name string) string {
	dir := "."
	for !has(filepath.Join(dir, "go.mod")) && len(dir) < 100 {
		dir = filepath.Join(dir, "..")
	}
	path, err := filepath.Abs(filepath.Join(dir, "testdata", name))
	if err != nil {
		panic(err) // no working folder
	}
	return path
}

// find returns the path of the first of the names that can be run.
func find(names ...string) string {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

func has(file string) bool { _, err := os.Stat(file); return err == nil }

func hasFlask(python string) bool { return exec.Command(python, "-c", "import flask").Run() == nil }

// hasSimpleXML: Debian has it in a package of its own.
func hasSimpleXML() bool {
	modules, err := exec.Command("php", "-m").Output()
	return err == nil && bytes.Contains(modules, []byte("SimpleXML"))
}

// hasPHPCurl: it is a package of its own, too.
func hasPHPCurl() bool {
	modules, err := exec.Command("php", "-m").Output()
	return err == nil && bytes.Contains(modules, []byte("curl"))
}

// hasPHPClients: where Debian has them, PHP finds them by their names.
func hasPHPClients() bool {
	return exec.Command("php", "-r", "require 'GuzzleHttp/autoload.php'; require 'Symfony/Component/HttpClient/autoload.php';").Run() == nil
}

// javaClients are OkHttp and Apache HttpClient 4 with what they need, as Debian
// has them.
var javaClients = []string{
	"/usr/share/java/okhttp.jar", "/usr/share/java/okio.jar",
	"/usr/share/java/httpclient.jar", "/usr/share/java/httpcore.jar", "/usr/share/java/commons-logging.jar", "/usr/share/java/commons-codec.jar",
}

// JavaClients is the class path of what Need calls "java clients".
func JavaClients() string { return strings.Join(javaClients, string(os.PathListSeparator)) }

// hasSilenceper: the SDK and what it requires are in the module cache.
func hasSilenceper() bool { return hasModules("silenceper", "./...") }
