package emulator

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/wxdev/wxdev/pkg/wire"
)

// callbackIPs are the addresses of this machine: pushes come from it, and the
// API is on it.
func (c *call) callbackIPs() (any, error) {
	return rawJSON(`{"ip_list":["127.0.0.1"]}`), nil
}

// checkWait is how long callback/check tries.
const checkWait = 2 * time.Second

type dnsJSON struct {
	IP       string `json:"ip"`
	Operator string `json:"real_operator"`
}

type pingJSON struct {
	IP   string `json:"ip"`
	From string `json:"from_operator"`
	Loss string `json:"package_loss"`
	Time string `json:"time"`
}

// checkCallback looks up the account's server and connects to it once, as
// WeChat pings it once: the loss is 0% or 100%.
func (c *call) checkCallback(o object) (any, error) {
	c.mu.Lock()
	server := c.server(c.acct).URL
	c.mu.Unlock()
	action, operator := o.text("action"), o.text("check_operator")
	switch action {
	case "dns", "ping", "all":
	default:
		return nil, fail(40202)
	}
	switch operator {
	case "CHINANET", "UNICOM", "CAP", "DEFAULT":
	case "":
		operator = "DEFAULT"
	default:
		return nil, fail(40203)
	}
	u, err := wire.CheckURL(server)
	if err != nil {
		return nil, fail(40201)
	}
	ctx, cancel := context.WithTimeout(c.req.Context(), checkWait)
	defer cancel()
	var answer struct {
		DNS  []dnsJSON  `json:"dns,omitempty"`
		Ping []pingJSON `json:"ping,omitempty"`
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	for _, ip := range lookup(ctx, u.Hostname()) {
		if action != "ping" {
			answer.DNS = append(answer.DNS, dnsJSON{ip, operator})
		}
		if action != "dns" {
			answer.Ping = append(answer.Ping, ping(ctx, ip, port, operator))
		}
	}
	return answer, nil
}

func lookup(ctx context.Context, host string) []string {
	if ip, err := netip.ParseAddr(host); err == nil {
		return []string{ip.String()}
	}
	ips, err := net.DefaultResolver.LookupHost(ctx, host)
	if err != nil {
		return nil
	}
	return ips[:min(len(ips), 8)]
}

func ping(ctx context.Context, ip, port, operator string) pingJSON {
	p := pingJSON{IP: ip, From: operator, Loss: "100%", Time: "0.000ms"}
	start := time.Now()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(ip, port))
	if err != nil {
		return p
	}
	conn.Close()
	p.Loss, p.Time = "0%", fmt.Sprintf("%.3fms", float64(time.Since(start).Microseconds())/1000)
	return p
}
