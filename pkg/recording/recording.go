// Package recording keeps exchanges with a server as files, one each, to be
// read by people and delivered again.
//
// A [Recorder] writes them, [Parse] reads one, [List] and [Find] look into a
// folder, and FromRecordings of package scenario makes a test of them:
//
//	r, err := recording.New("recordings", token, aesKey)
//	path, err := r.Save(&recording.Record{Time: now, Type: "text", Message: "<xml>…"})
//
// A file is JSON, readable by its owner alone, and its name begins with the
// local time, so that a folder is in order:
//
//	20261121-010203.123-0001-text.json
//
// The name without its ending is the recording's id.
//
// No file contains a secret. Signatures are left out, since they are made from
// the token: whoever delivers the message again makes new ones. So are query
// parameters and headers that are not known to be harmless, the codes and
// tickets in third-party platforms' pushes, and the secrets that a Recorder is
// told of; these and the request's own parameters also wherever they occur in a
// message or a server's answer. An OpenID is a user's personal data, and is
// kept: a message without its sender cannot be delivered.
//
// # Compatibility
//
// The README says what a release may change. The file format is among what
// scripts rely on. Every file has a schema_version: a release that only adds
// fields keeps the number, and this package reads files of every version up to
// its own.
package recording

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wxdev/wxdev/internal/source"
	"github.com/wxdev/wxdev/internal/tomldoc"
	"github.com/wxdev/wxdev/internal/wxjson"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// SchemaVersion is the version of the files written here.
const SchemaVersion = 1

// MaxFile is how large a file may be: a message and an answer of 1 MiB each,
// and what JSON makes of their bytes.
const MaxFile = 16 << 20

// Verification is the Type of the request with an echostr. It has no Message.
const Verification = "verification"

// Record is one request and its answer, as a file keeps them.
type Record struct {
	SchemaVersion int       `json:"schema_version"`
	Time          time.Time `json:"time"`
	Type          string    `json:"type"`               // the message's, as text or click; "message" for one without a type
	Mode          string    `json:"mode,omitempty"`     // how it came: plain, compat or safe
	Repeated      bool      `json:"repeated,omitempty"` // the message had come before
	Request       Request   `json:"request"`
	Message       Text      `json:"message,omitempty"` // as it was before any encryption
	Answer        Answer    `json:"answer"`
}

// Request is what came around a message.
type Request struct {
	Line   string   `json:"line"`
	Header []string `json:"header,omitempty"`
}

// Answer is what went back.
type Answer struct {
	Status    int      `json:"status,omitempty"`
	Header    []string `json:"header,omitempty"` // of a server behind a proxy
	Body      Text     `json:"body,omitempty"`   // before any encryption
	TookMS    float64  `json:"took_ms"`
	Forwarded bool     `json:"forwarded,omitempty"` // it is another server's answer
	Error     string   `json:"error,omitempty"`     // why the request was refused, or why the server behind the proxy did not answer

	Findings []finding.Finding `json:"findings,omitempty"` // what was wrong with it, as 'wxdev explain' knows it
}

// Text is a body. In the file it is a string, or where its bytes are not
// UTF-8, an object with its base64.
type Text string

type encodedText struct {
	Base64 []byte `json:"base64"`
}

// MarshalJSON implements [json.Marshaler].
func (t Text) MarshalJSON() ([]byte, error) {
	if !utf8.ValidString(string(t)) {
		return json.Marshal(encodedText{[]byte(t)})
	}
	return wxjson.Marshal(string(t))
}

// UnmarshalJSON implements [json.Unmarshaler].
func (t *Text) UnmarshalJSON(data []byte) error {
	if bytes.HasPrefix(data, []byte("{")) {
		var e encodedText
		if err := json.Unmarshal(data, &e); err != nil {
			var bad base64.CorruptInputError
			if errors.As(err, &bad) {
				return finding.Because(reason.InvalidBase64)
			}
			return finding.Because(reason.BodyOfNoKind)
		}
		*t = Text(e.Base64)
		return nil
	}
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return finding.Because(reason.BodyOfNoKind)
	}
	*t = Text(s)
	return nil
}

// Append writes the record as the text of a file. It removes no secrets; a
// [Recorder] does.
func (x *Record) Append(dst []byte) ([]byte, error) {
	c := *x
	c.SchemaVersion = SchemaVersion
	out, err := wxjson.MarshalIndent(&c)
	if err != nil {
		return nil, finding.Because(reason.RecordingNotWritten, "error", err)
	}
	return append(dst, wxjson.Visible(out)...), nil
}

// Error is a mistake in a file, at a place in it.
type Error struct {
	Line, Column int          // from 1; columns count characters, as editors do
	Msg          finding.Fact // without the place
}

// Error implements error, in English.
func (e *Error) Error() string { return e.In(finding.English) }

// In implements [finding.Fact]. The place is written alike in every language.
func (e *Error) In(lang finding.Lang) string {
	return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Msg.In(lang))
}

// Parse reads the text of a file. The error is an [*Error]. Fields that it
// does not know are skipped: a newer version may have added them.
func Parse(data []byte) (*Record, error) {
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	wrong := func(at int, why finding.Fact) error {
		line, column := source.Position(data, at)
		return &Error{Line: line, Column: column, Msg: why}
	}
	fail := func(at int, id reason.ID, pairs ...any) error { return wrong(at, finding.Because(id, pairs...)) }
	if len(data) > MaxFile {
		return nil, fail(0, reason.RecordingTooLarge, "limit", MaxFile)
	}
	var coding *source.EncodingError
	if errors.As(source.Check(data), &coding) {
		return nil, fail(coding.Offset, tomldoc.WhyNoText(coding.Fault))
	}
	var x Record
	dec := json.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(&x); err != nil {
		return nil, wrong(explain(err, data, int(dec.InputOffset())))
	}
	if rest := bytes.TrimLeft(data[dec.InputOffset():], " \t\r\n"); len(rest) > 0 {
		return nil, fail(len(data)-len(rest), reason.AfterRecording)
	}
	switch {
	case x.SchemaVersion == 0:
		return nil, fail(0, reason.RecordingNoVersion)
	case x.SchemaVersion < 0 || x.SchemaVersion > SchemaVersion:
		return nil, fail(0, reason.RecordingNewer, "version", x.SchemaVersion, "limit", SchemaVersion)
	case !slices.Contains([]string{"", "plain", "compat", "safe"}, x.Mode):
		return nil, fail(0, reason.RecordingMode, "value", finding.Quote{Text: x.Mode, Limit: 40})
	}
	return &x, nil
}

// explain puts a decoder's error into words, and finds its place.
func explain(err error, data []byte, read int) (at int, why finding.Fact) {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	var when *time.ParseError
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return 0, finding.Because(reason.RecordingEmpty)
	case errors.As(err, &syntax) && strings.HasPrefix(syntax.Error(), "unexpected end"), strings.Contains(err.Error(), "unexpected EOF"):
		return len(data), finding.Because(reason.RecordingCut)
	case errors.As(err, &syntax):
		return int(syntax.Offset) - 1, finding.Because(reason.NotJSON, "text", finding.Verbatim(syntax.Error()))
	case errors.As(err, &kind) && kind.Field == "":
		return 0, finding.Because(reason.RecordingNotObject, "kind", kind.Value)
	case errors.As(err, &kind):
		return int(kind.Offset) - 1, finding.Because(reason.FieldOfOtherKind, "field", kind.Field, "kind", kind.Value)
	case errors.As(err, &when):
		return read, finding.Because(reason.TimeMalformed, "example", "2026-11-21T01:02:03+08:00")
	}
	return read, finding.Failure(err) // of Text
}
