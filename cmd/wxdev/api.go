package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/atomicfile"
	"github.com/wxdev/wxdev/internal/source"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/internal/wxjson"
	"github.com/wxdev/wxdev/pkg/api"
	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/menu"
)

const (
	maxAnswer = 64 << 20  // videos can be got
	maxList   = 256 << 20 // of all pages: eight million OpenIDs
	maxUpload = 64 << 20
)

type apiOptions struct {
	caller
	method string
	path   string
	query  []string
	body   string
	form   []string
	field  string
	all    bool
	pretty bool
	output string
	yes    bool
	json   bool
	signed bool

	maxList int // bytes of all pages
}

func newAPI(g *globals) *cobra.Command {
	o := &apiOptions{caller: caller{globals: g}, maxList: maxList}
	cmd := &cobra.Command{
		Use:  "api <method> <path> [flags]",
		Args: exactly(words.APIArgMethod, words.APIArgPath),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			return completeCall(args), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.method, o.path = strings.ToUpper(args[0]), args[1]
			if o.output == "-" { // where it goes anyhow
				o.output = ""
			}
			r, err := o.request()
			if err != nil {
				return err
			}
			if err := o.connect(cmd); err != nil {
				return err
			}
			if o.signed {
				if r.Signed, err = o.signingKeys(); err != nil {
					return err
				}
			}
			if o.changes() {
				if err := o.allowed(o.yes); err != nil {
					return err
				}
			}
			return runAPI(cmd.Context(), o, r)
		},
	}
	addCaller(cmd, &o.caller)
	f := cmd.Flags()
	f.StringArrayVarP(&o.query, "query", "f", nil, "")
	f.StringVar(&o.body, "body", "", "")
	f.StringArrayVarP(&o.form, "form", "F", nil, "")
	f.StringVar(&o.field, "field", "", "")
	f.BoolVar(&o.all, "all", false, "")
	f.BoolVar(&o.pretty, "pretty", false, "")
	f.StringVarP(&o.output, "output", "o", "", "")
	f.BoolVarP(&o.yes, "yes", "y", false, "")
	f.BoolVar(&o.json, "json", false, "")
	f.BoolVar(&o.signed, "signed", false, "")
	for _, name := range []string{"query", "field"} {
		fixedValues(cmd, name)
	}
	return cmd
}

// knownCalls complete the path. Any other path may be typed.
var knownCalls = []string{
	"GET /cgi-bin/getcallbackip", "GET /cgi-bin/get_api_domain_ip", "GET /cgi-bin/user/info", "GET /cgi-bin/user/get",
	"GET /cgi-bin/tags/get", "GET /cgi-bin/menu/get", "GET /cgi-bin/get_current_selfmenu_info",
	"GET /cgi-bin/get_current_autoreply_info", "GET /cgi-bin/media/get", "GET /cgi-bin/ticket/getticket",
	"GET /sns/jscode2session",
	"POST /cgi-bin/callback/check", "POST /cgi-bin/clear_quota", "POST /cgi-bin/openapi/quota/get",
	"POST /cgi-bin/openapi/rid/get", "POST /cgi-bin/message/custom/send", "POST /cgi-bin/message/custom/typing",
	"POST /cgi-bin/message/template/send", "POST /cgi-bin/message/subscribe/send", "POST /cgi-bin/message/subscribe/bizsend",
	"POST /cgi-bin/qrcode/create", "POST /cgi-bin/media/upload", "POST /cgi-bin/menu/create", "POST /cgi-bin/tags/create",
	"POST /cgi-bin/material/batchget_material", "POST /cgi-bin/material/add_material", "GET /cgi-bin/material/get_materialcount",
	"POST /cgi-bin/draft/add", "POST /cgi-bin/draft/get", "POST /cgi-bin/draft/batchget", "GET /cgi-bin/draft/count",
	"POST /cgi-bin/freepublish/submit", "POST /cgi-bin/freepublish/get", "POST /cgi-bin/freepublish/batchget",
	"POST /cgi-bin/message/mass/sendall", "POST /cgi-bin/message/mass/preview", "POST /cgi-bin/message/mass/get",
	"GET /cgi-bin/template/get_industry", "GET /cgi-bin/customservice/getkflist", "POST /wxa/business/getuserphonenumber", "POST /cgi-bin/user/info/batchget",
}

func completeCall(args []string) []string {
	if len(args) == 0 {
		return []string{"GET", "POST"}
	}
	var paths []string
	for _, call := range knownCalls {
		method, path, _ := strings.Cut(call, " ")
		if len(args) == 1 && method == strings.ToUpper(args[0]) {
			paths = append(paths, path)
		}
	}
	return paths
}

// request makes the call that the command line describes, and reads its files.
func (o *apiOptions) request() (api.Request, error) {
	r := api.Request{Method: o.method, Path: o.path, Query: url.Values{}, MaxBody: maxAnswer}
	if err := o.checkCall(); err != nil {
		return r, err
	}
	for _, q := range o.query {
		name, value, ok := strings.Cut(q, "=")
		if !ok || name == "" {
			return r, usage(words.ErrTakesPair, "flag", "-f", "given", quoted(q), "form", "name=value")
		}
		r.Query.Add(name, value)
	}
	r.Auth = authOf(r)
	switch {
	case o.body != "" && len(o.form) > 0:
		return r, usage(words.APIErrTwoBodies)
	case o.body != "":
		body, err := o.readBody()
		r.Body = body
		if err == nil && r.Auth == api.WithToken {
			o.warnOfEscapes(body)
		}
		return r, err
	case len(o.form) > 0:
		return r, o.readForm(&r)
	}
	return r, nil
}

// methods are those of HTTP that an API may have; WeChat's has the first two.
var methods = []string{"GET", "POST", "HEAD", "PUT", "PATCH", "DELETE"}

func (o *apiOptions) checkCall() error {
	switch {
	case !slices.Contains(methods, o.method):
		return withHint(usage(words.APIErrMethod, "given", quoted(o.method)), hint(words.APIHintExample))
	case strings.HasPrefix(o.path, "http://") || strings.HasPrefix(o.path, "https://"):
		return withHint(usage(words.APIErrURL), hint(words.APIHintURL))
	case !strings.HasPrefix(o.path, "/"):
		return withHint(usage(words.APIErrSlash, "path", quoted(o.path)), hint(words.APIHintExample))
	case strings.ContainsFunc(o.path, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '#' }):
		return usage(words.APIErrPath, "path", quoted(o.path))
	case o.method == "GET" && (o.body != "" || len(o.form) > 0):
		return withHint(usage(words.APIErrGetBody), hint(words.APIHintGetBody))
	case o.all && o.output != "" || o.all && len(o.form) > 0:
		return usage(words.APIErrAll)
	case o.signed && (o.method != "POST" || len(o.form) > 0):
		return withHint(usage(words.APIErrSignedPost), hint(words.APIHintSignedPost))
	case o.field != "" && o.output != "":
		return usage(words.ErrNoPair, "a", "--field", "b", "-o")
	}
	return nil
}

// authOf says how a call proves who makes it. Those that carry a proof of
// their own get nothing added.
func authOf(r api.Request) api.Auth {
	path, query, _ := strings.Cut(r.Path, "?")
	given, err := url.ParseQuery(query)
	switch {
	case r.Query.Has("access_token"), r.Query.Has("secret"), err == nil && (given.Has("access_token") || given.Has("secret")):
		return api.WithNothing
	case slices.Contains([]string{"/cgi-bin/token", "/cgi-bin/stable_token", "/cgi-bin/clear_quota/v2"}, path):
		return api.WithNothing
	case strings.HasPrefix(path, emulator.ControlPrefix):
		return api.WithNothing
	case path == "/sns/jscode2session", path == "/sns/oauth2/access_token":
		return api.WithSecret
	}
	return api.WithToken
}

// readBody reads --body and finds what the API would answer with 47001, or
// take for other text.
func (o *apiOptions) readBody() ([]byte, error) {
	body, name := []byte(o.body), finding.Fact(literal("--body"))
	if first := strings.TrimLeft(o.body, " \t\r\n"); !strings.HasPrefix(first, "{") && !strings.HasPrefix(first, "[") {
		var err error
		if body, err = readInput(o.env, o.body, maxUpload); err != nil {
			return nil, err
		}
		name = inputName(o.body)
	}
	if bytes.HasPrefix(body, []byte(source.BOM)) {
		return nil, withHint(usage(words.APIErrBOM, "file", name), hint(words.APIHintBOM))
	}
	var coding *source.EncodingError
	if errors.As(source.Check(body), &coding) && coding.Fault != source.NUL { // which is a mistake in the JSON
		save := words.APIHintUTF8
		if coding.Fault == source.UTF16 {
			save = words.APIHintUTF16
		}
		line, column := source.Position(body, coding.Offset)
		return nil, withHint(usage(words.APIErrUTF8, "file", name, "line", line, "column", column), hint(save))
	}
	return body, checkJSON(name, body)
}

// warnOfEscapes tells that a body has \u escapes that WeChat does not read.
func (o *apiOptions) warnOfEscapes(body []byte) {
	if first, n := wxjson.WideEscapes(body); n > 0 {
		o.warn(withHint(failed(words.APIErrEscapes, "escape", first, "count", n), hint(words.APIHintEscapes)))
	}
}

// checkJSON says where a text stops being JSON.
func checkJSON(name finding.Fact, content []byte) error {
	err := json.Unmarshal(content, new(json.RawMessage))
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		line, column := source.Position(content, int(syntax.Offset)-1) // it counts the bytes it has read
		return usage(words.APIErrJSON, "file", name, "line", line, "column", column, "error", finding.Verbatim(syntax.Error()))
	}
	return err
}

// readForm reads the files of -F.
func (o *apiOptions) readForm(r *api.Request) error {
	var parts []api.File
	for _, item := range o.form {
		name, value, ok := strings.Cut(item, "=")
		if !ok || name == "" {
			return usage(words.ErrTakesPair, "flag", "-F", "given", quoted(item), "form", hint(words.CommonOr, "a", "name=@file", "b", "name=value"))
		}
		path, isFile := strings.CutPrefix(value, "@")
		if !isFile {
			parts = append(parts, api.File{Field: name, Content: []byte(value)})
			continue
		}
		content, err := readInput(o.env, path, maxUpload)
		if err != nil {
			return err
		}
		parts = append(parts, api.File{
			Field: name, Name: filepath.Base(path), Type: mime.TypeByExtension(filepath.Ext(path)), Content: content,
		})
	}
	return r.Form(parts...)
}

// bodiless adds to the error of a POST without a body where -f has put its
// values: gh and curl send them as the body.
func (o *apiOptions) bodiless(r api.Request, err error) error {
	var e *api.Error
	if errors.As(err, &e) && r.Body == nil && r.Method == "POST" && len(o.query) > 0 &&
		(e.Code == 44002 || e.Code == 47001) {
		return withHint(err, hint(words.APIHintBodiless))
	}
	return err
}

// menuFault adds to the refusal of a menu what is wrong with the body that was
// sent: "invalid button size" is said of whatever has no buttons.
func (o *apiOptions) menuFault(r api.Request, err error) error {
	path, _, _ := strings.Cut(r.Path, "?")
	var e *api.Error
	if !errors.As(err, &e) || e.Code == 0 || path != string(menu.Create) && path != string(menu.AddConditional) {
		return err
	}
	for _, p := range menu.CheckBody(r.Body) {
		if p.Severity == finding.Error {
			title, evidence, fix := catalog.Describe(o.Lang(), p.Finding)
			return withHint(err, literal(p.ID+" "+title+o.say(words.CommonColon)+evidence), literal(fix))
		}
	}
	return err
}

func runAPI(ctx context.Context, o *apiOptions, r api.Request) error {
	bar := newProgress(o.env)
	defer bar.Close()
	bar.Say(r.Method + " " + text.Line(r.Path))
	var body []byte
	if o.all {
		all, err := o.pages(ctx, r, bar)
		if err != nil {
			return o.explained(err)
		}
		body = all
	} else {
		resp, err := o.client.Do(ctx, r)
		if err != nil {
			return o.signedFault(r, o.bodiless(r, o.menuFault(r, o.explained(err))))
		}
		body = resp.Body
	}
	bar.Clear()
	if o.changes() && !o.json {
		fmt.Fprintln(o.env.Err, o.say(words.APICalled, "call", o.method+" "+text.Line(o.path), "account", o.accountName()))
	}
	if o.output != "" {
		if err := atomicfile.Write(o.output, body, 0o666); err != nil {
			return failed(words.ErrWrite, "file", quoted(o.output), "error", cause(err))
		}
	}
	switch {
	case o.json:
		return o.printJSON(body)
	case o.output != "":
		return nil
	}
	return o.print(body)
}

// changes reports whether the call may change the account. WeChat has calls
// that only read and are POSTs; from the outside they look the same.
func (o *apiOptions) changes() bool { return o.method != "GET" && o.method != "HEAD" }
