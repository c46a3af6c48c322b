// Package mcp offers tools to a coding agent over a pair of streams: the part of
// the Model Context Protocol that a server of tools needs, one JSON object a line.
//
//	s := &mcp.Server{Name: "wxdev", Version: "1.2.3", Tools: tools}
//	err := s.Serve(ctx, os.Stdin, os.Stdout)
//
// It is written by hand because it is a handful of messages: initialize, ping,
// tools/list, tools/call and the notifications. Calls of tools are answered one
// after the other, also those that wait when the input ends; a ping is answered while
// one runs, and a call that the client takes back has its context canceled.
//
// What the client sends is hostile: a line has at most 4 MiB, at most 64 calls
// wait, and what is no request gets the error that JSON-RPC has for it. Text that
// goes out is JSON in which no character leaves as it is that a terminal acts on or
// does not show. A result has at most [MaxText] bytes of text: of one that has more the
// beginning goes out, with a line that says so, and no object.
//
// The page: https://modelcontextprotocol.io/specification/2025-06-18
package mcp

import (
	"context"
	"encoding/json"
)

// Versions are the protocol versions that are spoken, the newest first. A client
// that asks for another gets the newest, and decides whether to go on.
var Versions = []string{"2025-06-18", "2025-03-26", "2024-11-05"}

// MaxText is the longest text of a result, which is all that most models can take at once.
const MaxText = 128 << 10

// Server is what a client is offered. Its fields are not changed while it serves.
type Server struct {
	Name, Version string
	Instructions  string // how the tools belong together, for the model
	Tools         []Tool
	Cut           func(shown, size int) string // what stands below a text of size bytes that was cut; may be nil
	Missing       map[string]string            // why a tool is not there, by its name, for who calls it
}

// Tool is something that can be called.
type Tool struct {
	Name        string
	Description string
	Input       Schema
	Changes     bool // it may change something outside, a server's state for one

	// Call does it. Arguments hold no name that Input has not. An error is for
	// the model to read, which may mend its call; its text is fit to print.
	Call func(ctx context.Context, arguments map[string]json.RawMessage) (Result, error)
}

// Schema is the JSON Schema of a tool's arguments, of the kind there is here.
type Schema struct {
	Type       string              `json:"type"` // always object
	Properties map[string]Property `json:"properties"`
	Required   []string            `json:"required,omitempty"`
	Additional bool                `json:"additionalProperties"` // always false
	Missing    map[string]string   `json:"-"`                    // why an argument is not there, by its name, for who gives it
}

// Property is one argument.
type Property struct {
	Type        string    `json:"type"` // string, boolean, integer or array
	Description string    `json:"description"`
	Items       *Property `json:"items,omitempty"` // of an array
	Enum        []string  `json:"enum,omitempty"`
}

// Result is what a call came to.
type Result struct {
	Text   string          // for the model
	Object json.RawMessage // the same as an object; nil when there is none
	Failed bool            // it could not be done
}

// message is any message that comes in.
type message struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"` // none of a notification
	Method  string          `json:"method"`
	Params  json.RawMessage `json:"params"`
}

// answer is what goes out.
type answer struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Result  any             `json:"result,omitempty"`
	Error   *problem        `json:"error,omitempty"`
}

// problem is an error of the protocol, with a code of JSON-RPC.
type problem struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

const (
	parseError     = -32700
	invalidRequest = -32600
	noMethod       = -32601
	invalidParams  = -32602
	busyError      = -32000 // of servers' own
)
