package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/product"
	"github.com/wxdev/wxdev/pkg/signature"
)

// maxLine is how long a line of a log may be.
const maxLine = 1 << 20

type checkOptions struct {
	*globals
	Encrypt string
	JSON    bool
	Verbose bool
	Report  string

	wecom bool                                  // the requests are WeCom's
	parse func(string) (signature.Query, error) // reads a request
}

// checkReport is what check --json prints.
type checkReport struct {
	outcome

	Results []checkResult `json:"results"`
	Skipped int           `json:"skipped"` // lines without a signature
}

// checkResult is the verdict on one signature.
type checkResult struct {
	Line      int           `json:"line"` // of the log, or which argument
	OK        bool          `json:"ok"`
	Parameter string        `json:"parameter"` // signature or msg_signature
	Signature string        `json:"signature"`
	Expected  string        `json:"expected,omitempty"`
	Timestamp string        `json:"timestamp"`
	Nonce     string        `json:"nonce"`
	Error     string        `json:"error,omitempty"` // the line has a signature but cannot be checked
	Findings  []findingJSON `json:"findings"`
}

func newCheck(g *globals) *cobra.Command {
	o := &checkOptions{globals: g}
	cmd := &cobra.Command{
		Use:  "check [URL | QUERY | LOG LINE | -]...",
		Args: cobra.ArbitraryArgs,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error { return runCheck(o, cmd, args) },
	}
	addSettings(cmd, "product", "token", "appid", "secret", "aes-key")
	f := cmd.Flags()
	f.StringVar(&o.Encrypt, "encrypt", "", "")
	f.BoolVar(&o.JSON, "json", false, "")
	f.BoolVarP(&o.Verbose, "verbose", "v", false, "")
	fixedValues(cmd, "encrypt")
	addReport(cmd, &o.Report)
	return cmd
}

func runCheck(o *checkOptions, cmd *cobra.Command, args []string) error {
	fromStdin := len(args) == 0 || slices.Contains(args, "-")
	switch {
	case fromStdin && len(args) > 1:
		return usage(words.CheckErrDash)
	case fromStdin && o.Encrypt != "":
		return usage(words.CheckErrEncryptURL)
	case o.Encrypt != "" && len(args) > 1:
		return usage(words.CheckErrEncryptMany, "n", len(args))
	case len(args) == 0 && o.env.InTTY:
		return usage(words.CheckErrNothing)
	}
	if slices.ContainsFunc(args, func(a string) bool { return strings.Contains(strings.TrimSpace(a), "\n") }) {
		return withHint(usage(words.CheckErrLines), hint(words.CheckHintLines))
	}
	conf, err := o.load(cmd)
	if err != nil {
		return err
	}
	rules, err := readProduct(conf)
	if err != nil {
		return err
	}
	o.parse = signature.ParseRequest
	if o.wecom = rules != nil && rules.Product == product.WeCom; o.wecom {
		o.parse = signature.ParseWeComRequest
	}
	queries := make([]signature.Query, len(args))
	for i, arg := range args {
		var err error
		if queries[i], err = o.parse(arg); err != nil && !fromStdin {
			if !strings.Contains(arg, "&") {
				return withHint(usageError{err}, hint(words.CheckHintQuote))
			}
			return usageError{err}
		}
		if o.Encrypt != "" && queries[i].MsgSignature == "" {
			return usage(words.CheckErrNoMsgSignature)
		}
	}
	c, err := o.newChecker(cmd)
	if err != nil {
		return err
	}
	if fromStdin {
		if err := c.stdin(); err != nil {
			if len(c.report.Results) > 0 && cmd.Context().Err() != nil {
				c.report.OK, c.report.Error = false, c.failure(failed(words.CommonInterrupted))
				return cmp.Or(c.write(), err)
			}
			return err
		}
	} else {
		c.many = len(queries) > 1
		for i, q := range queries {
			if err := c.query(i+1, q); err != nil {
				return err
			}
		}
	}
	return c.finish()
}

// checker judges one signature after the other, and reports each at once.
type checker struct {
	*checkOptions
	known  signature.Request // the token, and what may be in its place
	paint  palette
	many   bool // say which line it is
	report checkReport

	targets []reportTarget
	cases   []reportCase // kept for the targets alone
}

func (o *checkOptions) newChecker(cmd *cobra.Command) (*checker, error) {
	conf, err := o.load(cmd)
	if err != nil {
		return nil, err
	}
	if err := conf.Require(config.Token); err != nil {
		return nil, err
	}
	targets, err := parseReport(o.Report)
	if err != nil {
		return nil, err
	}
	c := &checker{
		checkOptions: o, paint: o.Colors(o.env.OutTTY), targets: targets,
		report: checkReport{outcome: newOutcome(true), Results: []checkResult{}},
	}
	for _, setting := range []struct {
		key config.Key
		to  *string
	}{
		{config.Token, &c.known.Token},
		{config.AppID, &c.known.AppID},
		{config.Secret, &c.known.Secret},
		{config.AESKey, &c.known.AESKey},
	} {
		v, err := conf.Get(setting.key)
		// What the config says of the others may be wrong here, on a machine
		// that has only the log; what a flag says may not.
		if err != nil && (setting.key == config.Token || strings.HasPrefix(v.From, "--")) {
			return nil, err
		}
		*setting.to = v.Text
	}
	c.known.Other = otherTokens(conf)
	if o.Encrypt == "-" {
		o.Encrypt, err = readEncrypt(o.env.In)
	}
	return c, err
}

// stdin checks the lines of a log as they come in.
func (c *checker) stdin() error {
	c.many = true
	n := 0
	var failed error
	err := eachLine(c.env.In, func(line string) bool {
		n++
		failed = c.line(n, line)
		return failed == nil
	})
	return errors.Join(err, failed)
}

// eachLine hands over r's lines, one that is too long cut a byte after what
// is allowed, until keep says no more.
func eachLine(r io.Reader, keep func(string) bool) error {
	in := bufio.NewReaderSize(r, 64<<10)
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part[:min(len(part), maxLine+1-len(line))]...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && !errors.Is(err, io.EOF):
			return failed(words.ErrRead, "file", inputName("-"), "error", cause(err))
		}
		if len(line) > 0 && !keep(string(line)) || err != nil {
			return nil
		}
		line = line[:0]
	}
}

func (c *checker) line(n int, text string) error {
	switch {
	case strings.TrimSpace(text) == "":
		return nil
	case len(strings.TrimSuffix(text, "\n")) > maxLine: // it was cut
		fmt.Fprintln(c.env.Err, "wxdev: "+c.say(words.CheckLongLine, "n", strconv.Itoa(n)))
		c.report.Skipped++
		return nil
	}
	q, err := c.parse(text)
	switch {
	case errors.Is(err, signature.ErrNoSignature) && !strings.Contains(text, "signature="):
		c.report.Skipped++
		return nil
	case err != nil:
		return c.add(checkResult{Line: n, Parameter: "signature", Error: c.errorText(err)}, nil)
	}
	return c.query(n, q)
}

// query judges the signature, and the msg_signature where there is a text to
// judge it by.
func (c *checker) query(n int, q signature.Query) error {
	r := q.Request(c.known.Token)
	r.AppID, r.Secret, r.AESKey, r.Other = c.known.AppID, c.known.Secret, c.known.AESKey, c.known.Other
	if c.wecom {
		return c.weCom(n, q, r)
	}
	if err := c.judge(n, "signature", q.Signature, signature.Access(r.Token, r.Timestamp, r.Nonce), r); err != nil {
		return err
	}
	if c.Encrypt == "" {
		return nil
	}
	r.Encrypt = c.Encrypt
	return c.judge(n, "msg_signature", q.MsgSignature, signature.Message(r.Token, r.Timestamp, r.Nonce, r.Encrypt), r)
}

// weCom judges a request of WeCom's: of a verification the echostr is what is
// signed, of a message what --encrypt says.
func (c *checker) weCom(n int, q signature.Query, r signature.Request) error {
	r.Encrypt, r.Echostr = cmp.Or(c.Encrypt, q.Echostr), ""
	if r.Encrypt == "" {
		return c.add(checkResult{
			Line: n, Parameter: "msg_signature", Signature: clip(q.MsgSignature), Timestamp: clip(q.Timestamp), Nonce: clip(q.Nonce),
			Error: c.say(words.CheckNeedsEncrypt),
		}, nil)
	}
	mended := strings.ReplaceAll(r.Encrypt, " ", "+")
	if want := signature.Message(r.Token, r.Timestamp, r.Nonce, mended); mended != r.Encrypt && signature.Equal(q.MsgSignature, want) {
		return c.add(checkResult{
			Line: n, Parameter: "msg_signature", Signature: clip(q.MsgSignature), Expected: want, Timestamp: clip(q.Timestamp), Nonce: clip(q.Nonce),
		}, []signature.Mistake{{Finding: finding.Finding{ID: "W02", Variant: "blank"}}})
	}
	return c.judge(n, "msg_signature", q.MsgSignature, signature.Message(r.Token, r.Timestamp, r.Nonce, r.Encrypt), r)
}

func (c *checker) judge(n int, parameter, given, want string, r signature.Request) error {
	result := checkResult{
		Line: n, OK: signature.Equal(given, want), Parameter: parameter,
		Signature: clip(given), Expected: want, Timestamp: clip(r.Timestamp), Nonce: clip(r.Nonce),
	}
	if result.OK {
		return c.add(result, nil)
	}
	mistakes := signature.Explain(given, r)
	if mistakes == nil {
		result.Error = c.misshapen(parameter, given, want)
	}
	return c.add(result, mistakes)
}

// add keeps the result for --json, or prints it now.
func (c *checker) add(r checkResult, mistakes []signature.Mistake) error {
	c.report.OK = c.report.OK && r.OK
	r.Findings = c.findings(r, mistakes)
	if c.targets != nil {
		rc := reportCase{Name: fmt.Sprintf("line %d %s", r.Line, r.Parameter), Findings: r.Findings}
		if r.Error != "" {
			rc.Findings = []findingJSON{{Severity: finding.Error, Title: r.Error}}
		}
		c.cases = append(c.cases, rc)
	}
	if c.JSON {
		c.report.Results = append(c.report.Results, r)
		c.report.Findings = append(c.report.Findings, r.Findings...)
		return nil
	}
	c.report.Results = append(c.report.Results[:0], r) // only whether there was one
	_, err := io.WriteString(c.env.Out, c.verdict(r, mistakes))
	return err
}

// finish tells what was skipped, and what the answer is.
func (c *checker) finish() error {
	if len(c.report.Results) == 0 {
		return failed(words.CheckErrNoLine)
	}
	if c.report.Skipped > 0 {
		fmt.Fprintln(c.env.Err, "wxdev: "+c.say(words.CheckSkipped, "n", strconv.Itoa(c.report.Skipped)))
	}
	if err := c.write(); err != nil || c.report.OK {
		return err
	}
	return errNo
}

// write writes what was judged, for programs.
func (c *checker) write() error {
	if c.JSON {
		if err := writeJSON(c.env.Out, c.report); err != nil {
			return err
		}
	}
	return c.writeReports(c.targets, "wxdev check", c.cases, false)
}
