package api

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"maps"
	"net/http"

	"github.com/wxdev/wxdev/pkg/apisign"
	"github.com/wxdev/wxdev/pkg/finding"
)

// sent is a call as it goes out.
type sent struct {
	req    *http.Request
	body   []byte
	sealed *apisign.Sealed // nil when it is not signed
}

// seal encrypts the parameters of a call and signs it, with the time of this
// try. The URL that is signed is WeChat's, whatever relay or emulator the base
// is.
func (c *Client) seal(r Request, s *sent) error {
	address := apisign.Target(s.req.URL.String()) + "?" + s.req.URL.RawQuery
	sealed, err := r.Signed.Seal(address, r.Body, c.o.Now(), rand.Reader)
	if err != nil {
		return c.failure(r.op(), finding.Failure(err), err)
	}
	s.sealed, s.body = sealed, sealed.Body
	s.req.Body, s.req.ContentLength = io.NopCloser(bytes.NewReader(s.body)), int64(len(s.body))
	s.req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(s.body)), nil }
	maps.Copy(s.req.Header, sealed.Header)
	return nil
}

// open verifies and decrypts the answer of a signed call. A refusal of the
// platform's is plain: it is for judge to read. Anything else that is not
// signed is not to be trusted.
func (c *Client) open(r Request, s *apisign.Sealed, resp *Response) (*Response, error) {
	if v, ok := readVerdict(resp.Body); ok && v.code != 0 && !apisign.IsEnvelope(resp.Body) || resp.Status != http.StatusOK {
		return resp, nil
	}
	o, err := r.Signed.Open(s.URLPath, resp.Header, resp.Body)
	if err != nil {
		return resp, c.failure(r.op(), finding.Failure(err), err)
	}
	if o.Renew {
		var renew apisign.Fault
		renew.Mistake = apisign.Deprecated(o.Serial, resp.Header)
		c.notify(&renew)
	}
	opened := *resp
	opened.Body = o.Body
	return &opened, nil
}

// Untrusted finds why an answer was not verified or did not open.
func Untrusted(err error) (*apisign.Fault, bool) {
	var f *apisign.Fault
	return f, errors.As(err, &f)
}
