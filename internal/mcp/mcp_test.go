package mcp_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/wxdev/wxdev/internal/mcp"
)

// server has a tool that echoes, one that fails and one that waits to be taken back.
func server(waits chan<- struct{}) *mcp.Server {
	object := func(p map[string]mcp.Property, required ...string) mcp.Schema {
		return mcp.Schema{Type: "object", Properties: p, Required: required}
	}
	echo := object(map[string]mcp.Property{
		"text": {Type: "string"}, "n": {Type: "integer"}, "yes": {Type: "boolean"}, "all": {Type: "array", Items: &mcp.Property{Type: "string"}}, "one": {Type: "string", Enum: []string{"a", "b"}},
	}, "text")
	echo.Missing = map[string]string{"force": "not yet"}
	return &mcp.Server{Name: "test", Version: "1", Instructions: "say it", Missing: map[string]string{"sudo": "not here"}, Tools: []mcp.Tool{
		{Name: "echo", Description: "it", Input: echo, Call: func(_ context.Context, a map[string]json.RawMessage) (mcp.Result, error) {
			return mcp.Result{Text: string(a["text"]), Object: json.RawMessage(`{"text":` + string(a["text"]) + `}`)}, nil
		}},
		{Name: "fail", Changes: true, Input: object(map[string]mcp.Property{}), Call: func(context.Context, map[string]json.RawMessage) (mcp.Result, error) {
			return mcp.Result{}, errors.New("it broke")
		}},
		{Name: "wait", Input: object(map[string]mcp.Property{}), Call: func(ctx context.Context, _ map[string]json.RawMessage) (mcp.Result, error) {
			waits <- struct{}{}
			<-ctx.Done()
			waits <- struct{}{}
			return mcp.Result{Text: "late"}, nil
		}},
	}}
}

// The protocol's own Go SDK is a client: it initializes, lists and calls.
func TestOfficialClient(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	toServer, fromClient := io.Pipe()
	toClient, fromServer := io.Pipe()
	ended := make(chan error, 1)
	waits := make(chan struct{})
	go func() { ended <- server(waits).Serve(ctx, toServer, fromServer) }()
	client := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil)
	s, err := client.Connect(ctx, &sdk.IOTransport{Reader: toClient, Writer: fromClient}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.InitializeResult(); got.ServerInfo.Name != "test" || got.Instructions != "say it" {
		t.Errorf("it initializes as %+v", got)
	}
	tools, err := s.ListTools(ctx, nil)
	if err != nil || len(tools.Tools) != 3 || !tools.Tools[0].Annotations.ReadOnlyHint || tools.Tools[1].Annotations.ReadOnlyHint {
		t.Fatalf("the tools: %v, %v", tools, err)
	}
	got, err := s.CallTool(ctx, &sdk.CallToolParams{Name: "echo", Arguments: map[string]any{"text": "你好\x1b"}})
	if err != nil || got.IsError || got.Content[0].(*sdk.TextContent).Text != `"你好\u001b"` {
		t.Errorf("echo: %+v, %v", got, err)
	}
	if got, err = s.CallTool(ctx, &sdk.CallToolParams{Name: "fail"}); err != nil || !got.IsError || got.Content[0].(*sdk.TextContent).Text != "it broke" {
		t.Errorf("fail: %+v, %v", got, err)
	}
	if _, err = s.CallTool(ctx, &sdk.CallToolParams{Name: "none"}); err == nil || !strings.Contains(err.Error(), "echo, fail, wait") {
		t.Errorf("none: %v", err)
	}
	// a call that the client takes back ends, and a ping is answered meanwhile
	calling, take := context.WithCancel(ctx)
	gone := make(chan error, 1)
	go func() { _, err := s.CallTool(calling, &sdk.CallToolParams{Name: "wait"}); gone <- err }()
	<-waits
	if err := s.Ping(ctx, nil); err != nil {
		t.Error(err)
	}
	take()
	<-waits
	<-gone
	if got, err = s.CallTool(ctx, &sdk.CallToolParams{Name: "echo", Arguments: map[string]any{"text": "x"}}); err != nil || got.IsError {
		t.Errorf("after it: %+v, %v", got, err)
	}
	_ = s.Close()
	_ = fromClient.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// What is no right message gets the error that there is for it, and the next one
// is answered.
func TestWrongMessages(t *testing.T) {
	const ping = `{"jsonrpc":"2.0","id":"p","method":"ping"}`
	for name, test := range map[string]struct{ in, want string }{
		"no JSON":         {`{`, `"code":-32700`},
		"a batch":         {`[` + ping + `]`, `"code":-32600`},
		"no version":      {`{"id":1,"method":"ping"}`, `"code":-32600`},
		"an object's id":  {`{"jsonrpc":"2.0","id":{},"method":"ping"}`, `"code":-32600`},
		"no text":         {"{\"jsonrpc\":\"2.0\",\"id\":\"\xff\",\"method\":\"ping\"}", `"id":null,"error":{"code":-32700`},
		"unseen":          {"{\"jsonrpc\":\"2.0\",\"id\":\"\u202e\u009b\",\"method\":\"ping\"}", `"id":"\u202e\u009b"`},
		"a long name":     {call(`{"text":"x","` + strings.Repeat("y", 100_000) + `":1}`), strings.Repeat("y", 60) + `…\""`},
		"a missing tool":  {`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"sudo"}}`, `"text":"not here"`},
		"no argument yet": {call(`{"text":"x","force":true}`), `"text":"not yet"`},
		"no such method":  {`{"jsonrpc":"2.0","id":1,"method":"resources/list"}`, `"code":-32601`},
		"odd params":      {`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":[]}`, `"code":-32602`},
		"no tool":         {`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"rm"}}`, `"code":-32602`},
		"no argument":     {call(`{}`), `\"text\" is missing`},
		"another one":     {call(`{"text":"x","sudo":true}`), `there is no such argument`},
		"another type":    {call(`{"text":1}`), `\"text\" is to be of type string`},
		"null":            {call(`{"text":null}`), `\"text\" is to be of type string`},
		"a fraction":      {call(`{"text":"x","n":1.5}`), `\"n\" is to be of type integer`},
		"an odd list":     {call(`{"text":"x","all":["a",1]}`), `\"all\" is to be of type array`},
		"not of those":    {call(`{"text":"x","one":"c"}`), `\"one\" is to be one of a, b`},
		"too long":        {`{"jsonrpc":"2.0","id":1,"method":"` + strings.Repeat("x", 5<<20) + `"}`, `4 MiB`},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if err := server(nil).Serve(t.Context(), strings.NewReader(test.in+"\n"+ping+"\n"), &out); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(out.String(), test.want) || !strings.Contains(out.String(), `{"jsonrpc":"2.0","id":"p","result":{}}`) {
				t.Errorf("it answers %.500s", out.String())
			}
		})
	}
}

func call(arguments string) string {
	return `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":` + arguments + `}}`
}

// A text that is too long is cut between characters, and says so.
func TestLongText(t *testing.T) {
	s := server(nil)
	s.Cut = func(shown, size int) string { return fmt.Sprintf("cut at %d of %d", shown, size) }
	for n, cut := range map[int]bool{mcp.MaxText/3 - 1: false, mcp.MaxText: true} {
		var out bytes.Buffer
		if err := s.Serve(t.Context(), strings.NewReader(call(`{"text":"`+strings.Repeat("你", n)+`"}`)+"\n"), &out); err != nil {
			t.Fatal(err)
		}
		whole := strings.Contains(out.String(), `"structuredContent"`)
		said := strings.Contains(out.String(), fmt.Sprintf(`你\ncut at %d of %d"`, mcp.MaxText-1, 3*n+2))
		if whole == cut || said != cut || out.Len() > 3*mcp.MaxText || strings.Contains(out.String(), "\ufffd") {
			t.Errorf("%d: whole %t, said %t, %d bytes: …%s", n, whole, said, out.Len(), out.Bytes()[out.Len()-200:])
		}
	}
}

// Calls are answered in order, those too that wait when the input ends.
func TestCallsInTurn(t *testing.T) {
	var in, out bytes.Buffer
	for i := range 5 {
		in.WriteString(strings.Replace(call(`{"text":"x"}`), `"id":1`, `"id":`+string(rune('1'+i)), 1) + "\n")
	}
	if err := server(nil).Serve(t.Context(), &in, &out); err != nil {
		t.Fatal(err)
	}
	var ids string
	for line := range strings.Lines(out.String()) {
		var a struct{ ID json.Number }
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatal(err)
		}
		ids += a.ID.String()
	}
	if ids != "12345" {
		t.Errorf("they are answered in the order %s", ids)
	}
}

// A client that goes is an error of the output, and ends the server.
func TestClientThatGoes(t *testing.T) {
	r, w := io.Pipe()
	_ = r.Close()
	in, more := io.Pipe()
	defer more.Close()
	ended := make(chan error, 1)
	go func() { ended <- server(nil).Serve(t.Context(), in, w) }()
	_, _ = io.WriteString(more, `{"jsonrpc":"2.0","id":1,"method":"ping"}`+"\n")
	if err := <-ended; !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("it ends with %v", err)
	}
}

// Whatever comes in, what goes out is JSON, one object a line.
func FuzzServe(f *testing.F) {
	for _, seed := range []string{call(`{"text":"x"}`), `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2024-11-05"}}`, "\n\n[]\n{}", `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		if bytes.Contains(in, []byte("wait")) {
			t.Skip("it waits")
		}
		var out bytes.Buffer
		if err := server(nil).Serve(t.Context(), bytes.NewReader(in), &out); err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(out.Bytes()) {
			if !json.Valid(line) || line[0] != '{' {
				t.Errorf("it says %q", line)
			}
		}
	})
}
