package run

import (
	"cmp"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// honoured are variables that say where calls are to go, or whom to trust, to who
// reads them. The value extends what the user has in it; an empty one leaves it out.
type honoured struct {
	names []string
	value func(k *Kit, old string) (string, error)
}

// runtimes is the table of what each runtime honours. What was measured, and
// with which versions, is in the README; runtimes_test.go has a program for
// each line of it.
var runtimes = []honoured{
	// Python, Go, PHP's curl, curl, Ruby, Node's request and axios. Of the two
	// cases Python takes the lower one, Go the upper one.
	{[]string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"}, proxyValue},
	{[]string{"NO_PROXY", "no_proxy"}, noProxyValue},

	// Go, OpenSSL and what is built on it: Python's urllib and http.client,
	// PHP's streams, Ruby, curl.
	{[]string{"SSL_CERT_FILE"}, bundleValue},
	{[]string{"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"}, requestsValue}, // Python's requests; curl

	{[]string{"NODE_EXTRA_CA_CERTS"}, nodeTrustValue},
	{[]string{"NODE_OPTIONS"}, nodeValue},
	{[]string{"NODE_USE_ENV_PROXY"}, nodeProxyValue},
	{[]string{"PHP_INI_SCAN_DIR"}, phpValue}, // PHP's curl trusts what an ini file says, and nothing else
	{[]string{"JAVA_TOOL_OPTIONS"}, javaValue},
}

func proxyValue(k *Kit, _ string) (string, error) { return k.proxy, nil }

func noProxyValue(k *Kit, old string) (string, error) {
	if old == "" { // of the other case, perhaps
		old = k.get("NO_PROXY") + "," + k.get("no_proxy")
	}
	return cleaned(old), nil
}

func bundleValue(k *Kit, old string) (string, error) { return k.bundle(old) }

// requestsValue: requests takes curl's variable where its own is not set.
func requestsValue(k *Kit, old string) (string, error) {
	if old == "" {
		old = k.get("CURL_CA_BUNDLE")
	}
	if old == "" {
		old = k.get("SSL_CERT_FILE")
	}
	return k.bundle(old)
}

// nodeTrustValue: the variable adds to what Node trusts.
func nodeTrustValue(k *Kit, old string) (string, error) {
	if before := trusted(old); before != nil {
		return k.write("node.pem", append(append(before, '\n'), k.r.authority.pem()...))
	}
	return k.write("ca.pem", k.r.authority.pem())
}

func nodeValue(k *Kit, old string) (string, error) {
	if k.tls == 0 { // the program is on another machine
		return old, nil
	}
	file, err := k.nodeHook()
	if strings.ContainsAny(file, " \t\"\\") {
		file = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(file) + `"`
	}
	return strings.TrimSpace(old + " --require " + file), err
}

// nodeProxyValue is for Node from 22 on where the hook cannot be had.
func nodeProxyValue(k *Kit, old string) (string, error) {
	if k.tls == 0 {
		return "1", nil
	}
	return old, nil
}

// phpValue names a folder besides those that PHP has compiled in, or the user's.
// Its ini file is read last: what the user's say is in it, with ours.
func phpValue(k *Kit, old string) (string, error) {
	var text strings.Builder
	theirs := phpSettings(old, phpTrust)
	for i, setting := range phpTrust {
		bundle, err := k.bundle(cmp.Or(theirs[i], k.get("SSL_CERT_FILE")))
		if err != nil {
			return "", err
		}
		text.WriteString(setting + " = \"" + bundle + "\"\n")
	}
	file, err := k.write(filepath.Join("php", "wxdev.ini"), []byte(text.String()))
	return old + string(os.PathListSeparator) + filepath.Dir(file), err
}

func javaValue(k *Kit, old string) (string, error) {
	store, err := javaStore(old, k.r.LookupEnv, k.r.authority.cert)
	if err != nil {
		return "", err
	}
	file, err := k.write("trusted.p12", store)
	if err != nil {
		return "", err
	}
	u, err := url.Parse(k.proxy)
	if err != nil {
		return "", err
	}
	options := []string{
		"-Dhttps.proxyHost=" + u.Hostname(), "-Dhttps.proxyPort=" + u.Port(),
		"-Dhttp.proxyHost=" + u.Hostname(), "-Dhttp.proxyPort=" + u.Port(),
		"-Dhttp.nonProxyHosts=" + javaDirect(javaOption(old, "http.nonProxyHosts")),
		"-Djavax.net.ssl.trustStore=" + file, "-Djavax.net.ssl.trustStorePassword=" + storePassword, "-Djavax.net.ssl.trustStoreType=PKCS12",
	}
	for i, o := range options {
		if strings.ContainsAny(o, " \t") {
			options[i] = `"` + o + `"`
		}
	}
	return strings.TrimSpace(old + " " + strings.Join(options, " ")), nil // of two that are the same, the last one counts
}

// javaDirect are the hosts without a proxy: Java's own, and of the user's those
// that none of ours are among.
func javaDirect(old string) string {
	direct := []string{"localhost", "127.*", "[::1]"}
	for entry := range strings.SplitSeq(old, "|") {
		if entry != "" && !javaExcludes(entry) && !slices.Contains(direct, entry) {
			direct = append(direct, entry)
		}
	}
	return strings.Join(direct, "|")
}

func javaExcludes(entry string) bool {
	for _, h := range hosts {
		if ok, err := filepath.Match(strings.ToLower(entry), h); ok || err != nil || entry == "*" {
			return true
		}
	}
	return false
}
