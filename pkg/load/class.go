package load

import (
	"errors"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/wire"
)

// Class is what went wrong with a delivery, in a word for scripts.
type Class string

// The classes there are.
const (
	ErrDNS       Class = "dns"
	ErrLocal     Class = "local" // this machine has no port or descriptor left: the generator is the limit
	ErrRefused   Class = "refused"
	ErrNoRoute   Class = "no-route"
	ErrConnect   Class = "connect" // not connected, in time or for another reason
	ErrTLS       Class = "tls"
	ErrClosed    Class = "closed"    // without a byte
	ErrReset     Class = "reset"     // broken off without a whole head
	ErrTimeout   Class = "timeout"   // no whole answer in time
	ErrMalformed Class = "malformed" // not HTTP, or a head that is none
	ErrShort     Class = "short"     // the answer ended before what it promised
	ErrTooLarge  Class = "too-large" // over [wire.MaxBytes]
	ErrStatus2xx Class = "status-2xx"
	ErrStatus3xx Class = "status-3xx"
	ErrStatus4xx Class = "status-4xx"
	ErrStatus5xx Class = "status-5xx"
	ErrStatus    Class = "status" // another one
)

// Classes are all classes, in the order of a report: from the connection to the
// answer.
func Classes() []Class {
	return []Class{
		ErrLocal, ErrDNS, ErrNoRoute, ErrRefused, ErrConnect, ErrTLS, ErrClosed, ErrReset, ErrTimeout,
		ErrMalformed, ErrShort, ErrTooLarge, ErrStatus2xx, ErrStatus3xx, ErrStatus4xx, ErrStatus5xx, ErrStatus,
	}
}

var failures = lazy.Value[map[wire.Kind]Class]{Make: func() map[wire.Kind]Class {
	return map[wire.Kind]Class{
		wire.DNS: ErrDNS, wire.Refused: ErrRefused, wire.NoRoute: ErrNoRoute, wire.Dial: ErrConnect,
		wire.TLSFault: ErrTLS, wire.Closed: ErrClosed, wire.Reset: ErrReset, wire.Timeout: ErrTimeout,
		wire.NotHTTP: ErrMalformed, wire.BadHead: ErrMalformed,
	}
}}

// classOf is what was wrong with an exchange that WeChat does not accept.
func classOf(ex *wire.Exchange) Class {
	if ex.Response == nil {
		if isLocal(ex.Err) {
			return ErrLocal
		}
		if c, ok := failures.Get()[ex.Failure()]; ok {
			return c
		}
		return ErrReset
	}
	switch ex.Response.Status / 100 {
	case 3:
		return ErrStatus3xx
	case 4:
		return ErrStatus4xx
	case 5:
		return ErrStatus5xx
	case 2:
		if ex.Response.Status != 200 {
			return ErrStatus2xx
		}
		switch ex.End {
		case wire.EndTimeout:
			return ErrTimeout
		case wire.EndLimit:
			return ErrTooLarge
		}
		return ErrShort
	}
	return ErrStatus
}

// isLocal reports whether an error is of this machine, which has run out of
// something.
func isLocal(err error) bool {
	var r *finding.Reason
	return errors.As(err, &r) && (r.ID == reason.TooManyFiles || r.ID == reason.AddressNotHere)
}
