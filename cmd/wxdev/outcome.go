package main

import (
	"errors"

	"github.com/wxdev/wxdev/pkg/api"
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
	var failed *api.Error
	if errors.As(err, &failed) {
		f.Code, f.Rid = failed.Code, failed.Rid
	}
	return f
}
