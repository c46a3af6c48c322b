package main

import (
	"errors"

	"github.com/wxdev/wxdev/pkg/api"
	"github.com/wxdev/wxdev/pkg/finding"
)

// schemaVersion is in every --json object. Fields are added, never renamed.
const schemaVersion = 1

// outcome is what every --json object begins with.
type outcome struct {
	SchemaVersion int           `json:"schema_version"`
	OK            bool          `json:"ok"`              // the exit code is 0
	Error         *failureJSON  `json:"error,omitempty"` // why it could not be done; what there is so far stands beside it
	Findings      []findingJSON `json:"findings"`        // what was found, the cause first
}

// failureJSON is an error for programs.
type failureJSON struct {
	ID      string   `json:"id,omitempty"`      // what kind of error it is, in any language and release
	Code    int      `json:"errcode,omitempty"` // of the API
	Rid     string   `json:"rid,omitempty"`     // of the API's answer
	Message string   `json:"message"`
	Hints   []string `json:"hints,omitempty"`
}

func newOutcome(ok bool, found ...findingJSON) outcome {
	if found == nil {
		found = []findingJSON{}
	}
	return outcome{SchemaVersion: schemaVersion, OK: ok, Findings: found}
}

// failure is an error for programs.
func (g *globals) failure(err error) *failureJSON {
	f := &failureJSON{Message: g.errorText(err), Hints: hintsOf(g.Lang(), err)}
	f.ID = errorID(err)
	var failed *api.Error
	if errors.As(err, &failed) {
		f.Code, f.Rid = failed.Code, failed.Rid
	}
	return f
}

// errorID is the id of the text that tells of an error, or of the reason in it;
// an error of the API has its errcode.
func errorID(err error) string {
	if said := (*problem)(nil); errors.As(err, &said) {
		return said.id.Name()
	}
	if why := (*finding.Reason)(nil); errors.As(err, &why) {
		return "reason." + string(why.ID)
	}
	if why := finding.System(err); why != nil {
		return "reason." + string(why.ID)
	}
	return ""
}
