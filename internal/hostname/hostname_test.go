package hostname

import (
	"net/netip"
	"testing"
)

func TestPrivate(t *testing.T) {
	for ip, want := range map[string]bool{
		"127.0.0.1": true, "127.9.9.9": true, "::1": true, "0.0.0.0": true, "::": true,
		"10.1.2.3": true, "172.16.0.1": true, "172.31.255.255": true, "192.168.1.5": true, "fd00::1": true,
		"169.254.1.1": true, "fe80::1": true, "fe80::1%eth0": true,
		"100.64.1.2": true, "100.127.255.255": true,
		"::ffff:192.168.1.5": true, "::ffff:127.0.0.1": true, "::ffff:100.64.1.2": true,

		"203.0.113.7": false, "198.51.100.9": false, "2001:db8::7": false, "::ffff:203.0.113.7": false,
		"172.15.255.255": false, "172.32.0.0": false, "100.63.255.255": false, "100.128.0.0": false, "224.0.0.1": false,
	} {
		if got := Private(netip.MustParseAddr(ip)); got != want {
			t.Errorf("%s: %t", ip, got)
		}
	}
	if Private(netip.Addr{}) {
		t.Error("no address is private")
	}
}

// TestHosts has each host as it is in a URL: is it local, is it loopback?
func TestHosts(t *testing.T) {
	for _, c := range []struct {
		host            string
		local, loopback bool
	}{
		{"127.0.0.1", true, true},
		{"127.0.0.2", true, true},
		{"::1", true, true},
		{"0.0.0.0", true, true},
		{"::", true, true},
		{"::ffff:127.0.0.1", true, true},
		{"localhost", true, true},
		{"LOCALHOST", true, true},
		{"wx.localhost", true, true},
		{"", true, true}, // of a listener
		{"192.168.1.5", true, false},
		{"10.0.0.1", true, false},
		{"100.64.1.2", true, false},
		{"fd00::1", true, false},
		{"backend", true, false},
		{"134744072", false, false},
		{"0x8080808", false, false},
		{"010.8.8.8", false, false},
		{"8.8", false, false},
		{"backend2", true, false},
		{"localhost.", true, false},
		{"evillocalhost", true, false},
		{"app.internal", true, false},
		{"host.docker.internal", true, false},
		{"App.Internal.", true, false},
		{"wx.local", true, false},
		{"wx.test", true, false},
		{"wx.lan", true, false},
		{"nas.home", true, false},
		{"203.0.113.7", false, false},
		{"2001:db8::7", false, false},
		{"wx.example.com", false, false},
		{"WX.Example.COM.", false, false},
		{"localhost.evil.example", false, false},
		{"127.0.0.1.evil.example", false, false},
		{"test.example", false, false},
		{"evilinternal.example", false, false},
		{"wx.mylocal", false, false},
	} {
		if got := Local(c.host); got != c.local {
			t.Errorf("Local(%q) = %t", c.host, got)
		}
		if got := Loopback(c.host); got != c.loopback {
			t.Errorf("Loopback(%q) = %t", c.host, got)
		}
	}
}

// TestHostHeaders is the guard against DNS rebinding: a line may get stricter,
// and never the other way without a reason.
func TestHostHeaders(t *testing.T) {
	for _, c := range []struct {
		header                string
		pinned, unregistrable bool
	}{
		{"127.0.0.1", true, true},
		{"127.0.0.1:8900", true, true},
		{"192.168.1.7:8900", true, true},
		{"203.0.113.7:8900", true, true}, // who sends it has connected to it
		{"[::1]", true, true},
		{"[::1]:8900", true, true},
		{"[fe80::1%eth0]:8900", true, true},
		{"localhost", true, true},
		{"localhost:8900", true, true},
		{"LOCALHOST", true, true},
		{"wx.localhost:8900", true, true},
		{"devbox", true, true}, // own
		{"devbox:8900", true, true},
		{"DevBox:8900", true, true},

		{"emulator:8900", false, true}, // a service of Docker Compose
		{"evillocalhost", false, true},
		{"", false, true},
		{":8900", false, true},
		{"host.docker.internal", false, true},
		{"wx.local:8900", false, true},
		{"WX.TEST", false, true},

		{"evil.example", false, false},
		{"evil.example:8900", false, false},
		{"evil.example.com:8900", false, false},
		{"localhost.evil.example", false, false},
		{"127.0.0.1.evil.example", false, false},
		{"127.0.0.1.evil.example:8900", false, false},
		{"devbox.evil.example", false, false},
		{"internal.evil.example", false, false},
		{"evillocal.example", false, false},
		{"evil.example.", false, false},
		{"localhost.", false, false},
		{"evil.lan", false, false}, // nobody keeps it from being sold
		{"evil.home", false, false},
		{"2130706433.evil.example", false, false},
		{"127.1.", false, false},
		{"127.0.0.1.", false, false},
		{"0x7f.1", false, false},
		{"evil.example@127.0.0.1", false, false},
		{"127.0.0.1:8900:evil.example", false, false},
		{"127.0.0.1 evil.example", false, false},
	} {
		if got := Pinned(c.header, "devbox"); got != c.pinned {
			t.Errorf("Pinned(%q) = %t", c.header, got)
		}
		if got := Unregistrable(c.header); got != c.unregistrable {
			t.Errorf("Unregistrable(%q) = %t", c.header, got)
		}
	}
	if !Unregistrable("Emulator.Example.com:8900", "emulator.example.com") || Unregistrable("emulator.example.com.evil.example", "emulator.example.com") {
		t.Error("not only the own name is let in")
	}
	if Pinned("devbox") {
		t.Error("devbox is a name of nobody's")
	}
}
