package run

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TestStragglers: what has left the group, as a daemon does, ends with the
// program, when it ends and when it is stopped; what is another run's does not.
func TestStragglers(t *testing.T) {
	if _, err := exec.LookPath("setsid"); err != nil {
		t.Skip("no setsid")
	}
	const daemon = `setsid sh -c 'trap "" TERM HUP; echo $$; while :; do sleep 0.05; done' & `
	for name, script := range map[string]string{"ends": daemon + "sleep 0.3", "is stopped": daemon + "sleep 1000"} {
		folder := t.TempDir()
		out, other := &buffer{}, &buffer{}
		theirs, err := Start(Command{Args: []string{"sleep", "1000"}, Env: append(os.Environ(), "SSL_CERT_FILE="+folder+"2/x"), Stdout: other})
		if err != nil {
			t.Fatal(err)
		}
		c, err := Start(Command{
			Args: []string{"sh", "-c", script}, Env: append(os.Environ(), "SSL_CERT_FILE="+folder+"/x"), Stdout: out, Folder: folder,
		})
		if err != nil {
			t.Fatal(err)
		}
		until(t, "it does not start", func() bool { return strings.Contains(out.String(), "\n") })
		if name == "is stopped" {
			c.Stop(200 * time.Millisecond)
		}
		<-c.Done()
		gone(t, out.String())
		if over := theirs.state != nil; over {
			t.Errorf("%s: another run's program ended", name)
		}
		theirs.Stop(0)
	}
}
