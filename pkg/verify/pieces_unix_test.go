//go:build unix

package verify_test

import (
	"io"
	"net"
	"slices"
	"testing"

	"github.com/wxdev/wxdev/internal/stacks"
)

// TestPiecesInNode: `body += chunk` is how most of them read.
func TestPiecesInNode(t *testing.T) {
	stacks.Need(t, "node")
	for _, whole := range []string{"", "1"} {
		p := &paced{}
		taken, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { taken.Close() })
		go p.told(taken)
		_, port, _ := net.SplitHostPort(taken.Addr().String())
		addr := stacks.Serve(t, stacks.Testdata("servers/paced"), []string{"node", "pieces.mjs"}, "TOKEN="+token, "TAKEN="+port, "WHOLE="+whole)
		o := messageOptions(t, "http://"+addr+"/wechat", "plain")
		o.Only, o.Sender.Dial = []string{"M33"}, p.dial
		r := run(t, o)
		if got := serious(r); whole == "" && !slices.Equal(got, []string{"M33 decoded"}) || whole != "" && len(got) > 0 {
			t.Errorf("WHOLE=%q: found %q", whole, got)
		}
	}
}

// told is told by a server of another process which client's piece it has taken.
func (p *paced) told(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		port, _ := io.ReadAll(conn)
		conn.Close()
		select {
		case p.of("127.0.0.1:" + string(port)) <- struct{}{}:
		default:
		}
	}
}
