package answer

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/internal/source"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/wire"
)

// PlaceOf is where in all that came a finding of an id and variant shows that is
// about the status or a header; nil for one that is not.
func PlaceOf(id, variant string, ex *wire.Exchange) *finding.Place {
	if ex == nil || ex.Response == nil {
		return nil
	}
	switch id + " " + variant {
	case "V44 other-2xx", "V44 reply-2xx":
		return expecting(statusPlace(ex), "200")
	case "M19 error-status", "M29 refused":
		return statusPlace(ex)
	case "V25 length":
		return expecting(headerPlace(ex, "Content-Length"), strconv.Itoa(len(ex.Response.Body)))
	case "V41 compressed":
		return headerPlace(ex, "Content-Encoding")
	case "V20 chunked":
		return headerPlace(ex, "Transfer-Encoding")
	case "M18 post-redirected":
		return headerPlace(ex, "Location")
	}
	if id == "V08" && variant != "in-page" {
		return headerPlace(ex, "Location")
	}
	return nil
}

func expecting(p *finding.Place, text string) *finding.Place {
	if p != nil {
		p.Expected = text
	}
	return p
}

// Received is a place in what came, by its bytes.
func Received(ex *wire.Exchange, offset, length int) *finding.Place {
	line, column := source.Position(ex.Received, offset)
	return &finding.Place{In: finding.InReceived, Offset: offset, Length: length, Line: line, Column: column}
}

// statusPlace is that of the code in the status line.
func statusPlace(ex *wire.Exchange) *finding.Place {
	line, _, _ := bytes.Cut(ex.Received, []byte("\n"))
	code := strconv.Itoa(ex.Response.Status)
	if i := bytes.Index(line, []byte(" "+code)); i >= 0 {
		return Received(ex, i+1, len(code))
	}
	return nil
}

// headerPlace is that of the value of the first header of a name.
func headerPlace(ex *wire.Exchange, name string) *finding.Place {
	at := 0
	for line := range bytes.Lines(ex.Received) {
		text := strings.TrimRight(string(line), "\r\n")
		if text == "" {
			return nil // the body begins
		}
		if field, value, ok := strings.Cut(text, ":"); ok && strings.EqualFold(strings.TrimSpace(field), name) {
			value = strings.TrimSpace(value)
			return Received(ex, at+strings.LastIndex(text, value), len(value))
		}
		at += len(line)
	}
	return nil
}
