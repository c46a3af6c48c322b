package run

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/internal/stacks"
)

// TestOwnHosts: what no variable reaches is reached by a hosts file that only
// the program has. Its network is that of everybody.
func TestOwnHosts(t *testing.T) {
	if err := CanHosts(); err != nil {
		t.Skipf("this user may not: %v", err)
	}
	r := newRedirect(t, Options{Offline: true})
	for _, port := range HostsPorts {
		l, err := net.Listen("tcp", net.JoinHostPort(HostsIP, port))
		if err != nil {
			t.Skipf("this user may not: %v", err)
		}
		defer l.Close()
		go func() { _ = r.ServeHosts(l) }()
	}
	k := r.kit(t)
	hosts, err := k.HostsFile()
	if err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile("/etc/hosts")
	if err != nil {
		t.Fatal(err)
	}
	out := &buffer{}
	c, err := Start(Command{Args: []string{"sh", "-c", "cat /etc/hosts; exit 5"}, Env: os.Environ(), Stdout: out, Stderr: out, Hosts: hosts})
	if err != nil {
		t.Fatal(err)
	}
	<-c.Done()
	if code, _ := c.Code(); code != 5 || !strings.Contains(out.String(), "127.87.88.89 api.weixin.qq.com\n") || !strings.Contains(out.String(), strings.TrimSpace(string(before))) {
		t.Errorf("code %d, its hosts:\n%s", code, out)
	}
	if after, err := os.ReadFile("/etc/hosts"); err != nil || string(after) != string(before) {
		t.Errorf("our own hosts are changed: %v\n%s", err, after)
	}
	for n, p := range programs {
		t.Run(p.name, func(t *testing.T) {
			stacks.Need(t, p.needs...)
			args, dir := commandOf(t, n)
			out := &buffer{}
			env := append(os.Environ(), "SSL_CERT_FILE="+filepath.Join(k.Dir, "trusted.pem"))
			for _, v := range k.Variables() {
				if !strings.Contains(strings.ToLower(v.Name), "proxy") && (v.Name != "NODE_OPTIONS") && v.Name != "JAVA_TOOL_OPTIONS" || p.past {
					env = append(env, v.Name+"="+v.Value)
				}
			}
			if p.needs[0] == "java" {
				env = append(env, "JAVA_TOOL_OPTIONS=-Djavax.net.ssl.trustStoreType=PKCS12 -Djavax.net.ssl.trustStorePassword=changeit -Djavax.net.ssl.trustStore="+filepath.Join(k.Dir, "trusted.p12"))
			}
			c, err := Start(Command{Args: args, Env: append(env, "PWD="+dir), Stdout: out, Stderr: out, Hosts: hosts})
			if err != nil {
				t.Fatal(err)
			}
			<-c.Done()
			if !redirectedAll(n, out.String()) {
				t.Errorf("it got %s", out)
			}
		})
	}
}
