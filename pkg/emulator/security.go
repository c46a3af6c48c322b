package emulator

import (
	cryptorand "crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/apisign"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// Security is API安全, signed and encrypted calls, and what is not known of it: see
// https://developers.weixin.qq.com/miniprogram/dev/server/getting_started/api_signature
// (read 2026-11-30) and package apisign.
type Security struct {
	// Mode says which calls must be signed: "intracity", those of 同城配送, which
	// always must, or "all", the switch in the console being on.
	Mode string `json:"mode"`
	// Plain says what becomes of a plain call with the switch on: "refuse" with
	// 40232, or "allow". Users have told of both.
	Plain string `json:"plain"`
	// Skew is how far the time of a call may be off, in both directions. WeChat's is
	// not known.
	Skew Duration `json:"skew"`
	// Serial refuses a signed call without Wechatmp-Serial with 40230. What raises
	// it at WeChat's is not known.
	Serial bool `json:"serial"`
	// Fault spoils the answers: "rotate" signs with a new certificate and the old
	// one, "new-certificate" with a new one alone, "drop-signature" with none, "late"
	// with a time of 301 s ago.
	Fault string `json:"fault"`
}

// SecurityKeys are the keys of an emulator's account, as a client needs them, in
// PEM.
type SecurityKeys struct {
	AppID         string `json:"appid"`
	SymmetricKey  string `json:"symmetric_key"`
	SymmetricSN   string `json:"symmetric_sn"`
	PrivateKey    string `json:"private_key,omitempty"` // not of keys that were given without it
	PrivateSN     string `json:"private_sn"`
	Certificate   string `json:"certificate"`
	CertificateSN string `json:"certificate_sn"`
}

var securityChoices = [...]struct {
	name string
	of   func(*Security) *string
	all  []string
}{
	{"mode", func(s *Security) *string { return &s.Mode }, []string{"intracity", "all"}},
	{"plain", func(s *Security) *string { return &s.Plain }, []string{"refuse", "allow"}},
	{"fault", func(s *Security) *string { return &s.Fault }, []string{"", "rotate", "new-certificate", "drop-signature", "late"}},
}

func standardSecurity() Security {
	return Security{Mode: "intracity", Plain: "refuse", Skew: Duration(300 * time.Second)}
}

// SetSecurity changes what signed calls must be.
func (e *Emulator) SetSecurity(s Security) error {
	for _, c := range securityChoices {
		if v := *c.of(&s); !slices.Contains(c.all, v) {
			return finding.Because(reason.IsButTakes, "value", c.name+" "+v, "values", finding.AnyOf(c.all))
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.security = s
	return nil
}

// Security is what signed calls must be.
func (e *Emulator) Security() Security {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.security
}

// SecurityKeys are the keys of signed calls: those of the Config, or some that
// are made when they are first asked for.
func (e *Emulator) SecurityKeys() (SecurityKeys, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	k, err := e.securityKeys()
	if err != nil {
		return SecurityKeys{}, err
	}
	s := SecurityKeys{AppID: k.AppID, SymmetricKey: k.Symmetric, SymmetricSN: k.SymmetricSN, PrivateSN: k.AsymmetricSN, CertificateSN: k.Certificates[0].SN}
	if k.Private != nil {
		s.PrivateKey = apisign.PrivatePEM(k.Private)
	}
	if c := k.Certificates[0].X509; c != nil {
		s.Certificate = apisign.CertificatePEM(c)
	}
	return s, nil
}

// securityKeys completes the keys with what nobody has given. The caller holds
// the lock.
func (e *Emulator) securityKeys() (*apisign.Keys, error) {
	if e.keys != nil {
		return e.keys, nil
	}
	k, now := e.cfg.Security, e.now()
	if k == nil {
		made, err := apisign.Make(e.state.Accounts[0].AppID, now)
		e.keys = &made
		return e.keys, err
	}
	own := *k
	if len(own.Certificates) == 0 || own.Certificates[0].Private == nil {
		c, err := apisign.MakeCertificate(own.AppID, now)
		if err != nil {
			return nil, err
		}
		own.Certificates = []apisign.Certificate{c}
	}
	e.keys = &own
	return e.keys, nil
}

// signable are the calls that may be signed, as an SDK's list has them (2024-08),
// but for those of intracity.
var signable = lazy.Value[map[string]bool]{Make: func() map[string]bool {
	all := map[string]bool{}
	for _, group := range []string{
		"/cgi-bin/ clear_quota openapi/quota/get openapi/rid/get wxaapp/createwxaqrcode message/custom/send message/wxopen/updatablemsg/send message/subscribe/send soter/verify_signature express/business/account/getall express/business/delivery/getall express/business/printer/getall",
		"/wxa/ getpluginopenpid business/checkencryptedmsg business/getuserencryptkey business/getuserphonenumber getwxacode getwxacodeunlimit msg_sec_check media_check_async getuserriskrank business/performance/boot getwxadevinfo devplugin plugin servicemarket",
		"/wxaapi/ newtmpl/addtemplate newtmpl/deltemplate log/get_performance log/jserr_detail log/jserr_list",
	} {
		names := strings.Fields(group)
		for _, name := range names[1:] {
			all[names[0]+name] = true
		}
	}
	return all
}}

const intracity = "/cgi-bin/express/intracity/"

// isSigned reports whether somebody meant to sign the call.
func isSigned(h http.Header) bool {
	return h.Get(apisign.HeaderSignature) != "" || h.Get(apisign.HeaderAppID) != "" || h.Get(apisign.HeaderTimestamp) != ""
}

// securityRoute is the route of a call that is not emulated and may be signed: it
// is judged by its signature, and then answers as the others that are not
// emulated do.
func securityRoute(path string) *route {
	if !strings.HasPrefix(path, intracity) && !signable.Get()[path] {
		return nil
	}
	return &route{path: path, method: http.MethodPost, handle: func(c *call) (any, error) { return nil, failf(40066, "%s", c.unknown()) }}
}

func securityRoutes() []route {
	return []route{{method: "POST", path: "/wxa/getuserriskrank", handle: riskRank, does: "the risk rank of a user, always 0: for trying signed calls"}}
}

// riskRank answers as the page's example of signed calls does.
func riskRank(*call) (any, error) {
	return struct {
		ErrCode  int    `json:"errcode"`
		ErrMsg   string `json:"errmsg"`
		RiskRank int    `json:"risk_rank"`
		ID       int64  `json:"unoin_id"`
	}{0, "getuserriskrank succ", 0, 2258658297}, nil
}

// unseal verifies a signed call and puts its parameters into the place of the
// envelope, or refuses one that is plain and must not be.
func (c *call) unseal() error {
	if c.route.open {
		return nil
	}
	if !isSigned(c.req.Header) {
		return c.plainCall()
	}
	k, err := c.securityKeys()
	if err != nil {
		return err
	}
	own := "http://" + c.req.Host + c.req.URL.Path
	v, refused := k.Verify(c.asSent(), apisign.Rules{
		Skew: time.Duration(c.security.Skew), Serial: c.security.Serial, Account: c.acct.AppID,
		URLPaths: []string{own, "https://" + own[len("http://"):], c.cfg.PublicURL + c.req.URL.Path},
	}, c.now)
	if refused != nil {
		c.unsigned = true
		return failf(refused.Code, "%s", refused.Msg)
	}
	c.sealed, c.signed = k, v.URLPath
	c.body = v.Params
	c.addQuery(v.Params)
	return nil
}

// asSent is the call for package apisign.
func (c *call) asSent() apisign.Request {
	return apisign.Request{Method: c.req.Method, URL: "https://api.weixin.qq.com" + c.req.URL.RequestURI(), Header: c.req.Header, Body: c.body, At: c.now}
}

// plainCall refuses what must be signed.
func (c *call) plainCall() error {
	switch {
	case strings.HasPrefix(c.route.path, intracity):
		return failf(934011, `signature is needed, please refer document for help [https:\/\/developers.weixin.qq.com\/miniprogram\/dev\/OpenApiDoc\/getting_started\/api_signature.html]`)
	case c.security.Mode == "all" && c.security.Plain == "refuse" && signable.Get()[c.route.path]:
		msg, _ := apisign.WireText(40232)
		return failf(40232, "%s", msg)
	}
	return nil
}

// addQuery puts the texts among the parameters into the query, where calls look
// that take them there.
func (c *call) addQuery(p []byte) {
	o, err := parseObject(p)
	if err != nil {
		return
	}
	have, err := url.ParseQuery(string(c.query))
	if err != nil {
		return
	}
	for name := range o {
		if s := o.text(name); s != "" && !have.Has(name) {
			have.Set(name, s)
		}
	}
	c.query = params(have.Encode())
}

// seal signs and encrypts an answer. One that is no JSON stays as it is: what
// WeChat does with pictures is not known.
func (c *call) seal(a answer) answer {
	if c.sealed == nil || a.status != http.StatusOK || a.kind != jsonType {
		return a
	}
	if c.route.slow {
		c.mu.Lock()
		defer c.mu.Unlock()
	}
	k, now := *c.sealed, c.now
	switch c.security.Fault {
	case "late":
		now = now.Add(-301 * time.Second)
	case "rotate", "new-certificate":
		fresh, err := c.newCertificate()
		if err != nil {
			return c.refuse(http.StatusOK, err)
		}
		k.Certificates = []apisign.Certificate{fresh, k.Certificates[0]}
		if c.security.Fault == "new-certificate" {
			k.Certificates = k.Certificates[:1]
		}
	default:
		k.Certificates = k.Certificates[:1]
	}
	s, err := k.SealAnswer(c.signed, a.body, now, cryptorand.Reader)
	if err != nil {
		return c.refuse(http.StatusOK, err)
	}
	a.plain, a.body = a.body, s.Body
	for name, values := range s.Header {
		if name != "Content-Type" && (c.security.Fault != "drop-signature" || name != apisign.HeaderSignature) {
			a.header = append(a.header, [2]string{name, values[0]})
		}
	}
	return a
}

// newCertificate is the one that takes the place of the current one. It is made
// once.
func (e *Emulator) newCertificate() (apisign.Certificate, error) {
	if e.nextCertificate == nil {
		c, err := apisign.MakeCertificate(e.keys.AppID, e.now())
		if err != nil {
			return c, err
		}
		e.nextCertificate = &c
	}
	return *e.nextCertificate, nil
}

// mistakes are the findings in a call that was refused for its signature or its
// encryption. They are for the log: WeChat says nothing of them.
func (e *Emulator) mistakes(c *call) []string {
	if !c.unsigned {
		return nil
	}
	e.mu.Lock()
	k := *e.keys
	e.mu.Unlock()
	var ids []string
	for _, m := range apisign.Explain(c.asSent(), k).Mistakes {
		ids = append(ids, strings.TrimSpace(m.ID+" "+m.Variant))
	}
	return ids
}
