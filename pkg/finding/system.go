package finding

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"regexp/syntax"
	"strconv"
	"syscall"

	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// System is why the system, the network or TLS refused, without what was being
// done: the first cause in err's chain that is known, or nil. It wraps err.
func System(err error) *Reason {
	if err == nil {
		return nil
	}
	if r := cause(err); r != nil {
		return r.Wrap(err)
	}
	for _, inner := range wrapped(err) {
		if r := System(inner); r != nil {
			return r.Wrap(err)
		}
	}
	return nil
}

// cause is an error of the system's or the standard library's as a Reason,
// whatever it may wrap; nil if it is none.
func cause(err error) *Reason {
	switch e := err.(type) {
	case syscall.Errno:
		if id := errnoID(e); id != "" {
			return Because(id)
		}
		return nil
	case *net.DNSError:
		return dnsReason(e)
	case *syntax.Error:
		return patternReason(e)
	case base64.CorruptInputError:
		return Because(reason.NotBase64At, "offset", int64(e))
	case x509.UnknownAuthorityError:
		return Because(reason.CertificateUntrusted)
	case x509.HostnameError:
		return Because(reason.CertificateOtherName, "host", e.Host)
	case x509.CertificateInvalidError:
		if e.Reason == x509.Expired {
			return Because(reason.CertificateOutOfDate)
		}
		return nil
	case tls.RecordHeaderError:
		return Because(reason.NotTLS)
	}
	return sentinel(err)
}

// sentinel knows errors by themselves.
func sentinel(err error) *Reason {
	switch err {
	case fs.ErrNotExist:
		return Because(reason.NoSuchFile)
	case fs.ErrExist:
		return Because(reason.FileExists)
	case fs.ErrPermission:
		return Because(reason.PermissionDenied)
	case fs.ErrInvalid:
		return Because(reason.InvalidArgument)
	case fs.ErrClosed:
		return Because(reason.FileClosed)
	case net.ErrClosed:
		return Because(reason.ConnectionClosed)
	case os.ErrDeadlineExceeded:
		return Because(reason.NotConnectedInTime)
	case context.Canceled:
		return Because(reason.Canceled)
	case context.DeadlineExceeded:
		return Because(reason.DeadlineExceeded)
	case io.EOF:
		return Because(reason.EndOfInput)
	case io.ErrUnexpectedEOF:
		return Because(reason.UnexpectedEnd)
	case io.ErrShortWrite:
		return Because(reason.ShortWrite)
	case strconv.ErrRange:
		return Because(reason.NumberOutOfRange)
	case strconv.ErrSyntax:
		return Because(reason.NumberMalformed)
	}
	var timeout net.Error
	switch {
	case len(wrapped(err)) > 0:
	case errors.As(err, &timeout) && timeout.Timeout():
		return Because(reason.NotConnectedInTime)
	case errors.Is(err, context.Canceled): // package net's own
		return Because(reason.Canceled)
	}
	return nil
}

// wrapper is an error of the standard library's that says what was being done,
// with the reason in it; nil if it is none.
func wrapper(err error) *Reason {
	switch e := err.(type) {
	case *fs.PathError:
		return Because(pathOperation(e.Op), "op", e.Op, "path", e.Path, "error", e.Err)
	case *os.LinkError:
		return Because(linkOperation(e.Op), "op", e.Op, "from", e.Old, "to", e.New, "error", e.Err)
	case *os.SyscallError:
		return Because(reason.CallFailed, "call", e.Syscall, "error", e.Err)
	case *net.OpError:
		return netReason(e)
	case *net.DNSError:
		return Because(reason.LookupFailed, "host", e.Name, "error", dnsReason(e))
	case *url.Error:
		return Because(requestOperation(e.Op), "op", e.Op, "url", Quoted(e.URL), "error", e.Err)
	case *strconv.NumError:
		return Because(reason.NumberRefused, "value", Quoted(e.Num), "error", e.Err)
	case *tls.CertificateVerificationError:
		return Because(reason.CertificateRefused, "error", e.Err)
	}
	return nil
}

// pathOperation is what was done to a file, by the name that package os gives
// it.
func pathOperation(op string) reason.ID {
	switch op {
	case "open", "openat", "openfdat":
		return reason.PathOpen
	case "read", "readdirent", "readlink", "seek":
		return reason.PathRead
	case "write", "truncate", "sync", "close":
		return reason.PathWrite
	case "stat", "lstat", "fstatat":
		return reason.PathStat
	case "mkdir":
		return reason.PathMkdir
	case "remove", "unlink", "unlinkat":
		return reason.PathRemove
	case "chmod":
		return reason.PathChmod
	case "chdir":
		return reason.PathChdir
	}
	return reason.PathOther
}

func linkOperation(op string) reason.ID {
	if op == "rename" {
		return reason.LinkRename
	}
	return reason.LinkFailed
}

// requestOperation is what was done with a URL, by the name that packages
// net/http and net/url give it.
func requestOperation(op string) reason.ID {
	switch op {
	case "Get":
		return reason.RequestGet
	case "Post":
		return reason.RequestPost
	case "parse":
		return reason.RequestParse
	}
	return reason.RequestFailed
}

// netReason is what was done with a connection, and why it failed.
func netReason(e *net.OpError) *Reason {
	address := e.Net
	if e.Source != nil {
		address += " " + e.Source.String()
	}
	if e.Addr != nil {
		separator := " "
		if e.Source != nil {
			separator = "->"
		}
		address += separator + e.Addr.String()
	}
	id := reason.NetOther
	switch e.Op {
	case "listen":
		id = reason.NetListen
	case "dial":
		id = reason.NetDial
	case "read":
		id = reason.NetRead
	case "write":
		id = reason.NetWrite
	case "accept":
		id = reason.NetAccept
	case "close":
		id = reason.NetClose
	}
	return Because(id, "op", e.Op, "address", address, "error", e.Err)
}

// dnsReason is what a resolver said, without its own address.
func dnsReason(e *net.DNSError) *Reason {
	switch {
	case e.IsNotFound:
		return Because(reason.NoSuchHost).Wrap(e)
	case e.IsTimeout:
		return Because(reason.DNSTimeout).Wrap(e)
	case e.Err == "server misbehaving":
		return Because(reason.DNSMisbehaving).Wrap(e)
	}
	return Because(reason.LibrarySays, "text", Verbatim(e.Err)).Wrap(e)
}

// patternReason is why a regular expression is none.
func patternReason(e *syntax.Error) *Reason {
	id, ok := map[syntax.ErrorCode]reason.ID{
		syntax.ErrInvalidCharClass:      reason.PatternClass,
		syntax.ErrInvalidCharRange:      reason.PatternRange,
		syntax.ErrInvalidEscape:         reason.PatternEscape,
		syntax.ErrInvalidNamedCapture:   reason.PatternName,
		syntax.ErrInvalidPerlOp:         reason.PatternPerl,
		syntax.ErrInvalidRepeatOp:       reason.PatternRepeatTwice,
		syntax.ErrInvalidRepeatSize:     reason.PatternRepeatCount,
		syntax.ErrInvalidUTF8:           reason.PatternUTF8,
		syntax.ErrMissingBracket:        reason.PatternBracket,
		syntax.ErrMissingParen:          reason.PatternParen,
		syntax.ErrMissingRepeatArgument: reason.PatternRepeatNothing,
		syntax.ErrTrailingBackslash:     reason.PatternBackslash,
		syntax.ErrUnexpectedParen:       reason.PatternClosed,
		syntax.ErrNestingDepth:          reason.PatternDeep,
		syntax.ErrLarge:                 reason.PatternLarge,
	}[e.Code]
	if !ok {
		id = reason.PatternOther
	}
	return Because(id, "expression", "`"+e.Expr+"`")
}
