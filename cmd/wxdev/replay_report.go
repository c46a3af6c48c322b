package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/wxdev/wxdev/internal/atomicfile"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/recording"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/scenario"
)

// read reads the recordings that are named, or all of the folder.
func (o *replayOptions) read(names []string) error {
	if len(names) == 0 {
		ids, err := recording.List(o.dir)
		if err != nil {
			return o.noFolder(err)
		}
		if len(ids) == 0 {
			return failed(words.ReplayErrEmpty, "folder", quoted(o.dir))
		}
		for _, id := range ids {
			names = append(names, filepath.Join(o.dir, id+".json"))
		}
	}
	for _, name := range names {
		x, err := o.open(name)
		if err != nil {
			return err
		}
		o.list = append(o.list, x)
	}
	return nil
}

// open reads the recording called name: a file, an id, or - for stdin.
func (o *replayOptions) open(name string) (recorded, error) {
	if name == "-" {
		x, err := recording.Read("stdin", o.env.In)
		return recorded{"stdin", x}, err
	}
	path, err := o.find(name)
	if err != nil {
		return recorded{}, err
	}
	x, err := recording.Load(path)
	return recorded{recording.ID(path), x}, err
}

// find is the path of the recording called name.
func (o *replayOptions) find(name string) (string, error) {
	info, err := os.Stat(name)
	isFile := err == nil && !info.IsDir() || strings.HasSuffix(name, ".json") || strings.ContainsAny(name, `/\`)
	if isFile {
		return name, nil
	}
	path, err := recording.Find(o.dir, name)
	var missing *recording.NotFoundError
	switch {
	case errors.As(err, &missing) && len(missing.Matches) > 0:
		return "", withHint(err, hint(words.ReplayHintMatch, "name", text.Line(missing.Matches[0])))
	case errors.As(err, &missing) && missing.Nearest != "":
		return "", withHint(err, didYouMean(text.Line(missing.Nearest)))
	case errors.As(err, &missing) && strings.HasSuffix(name, ".toml"):
		return "", withHint(err, hint(words.ReplayHintEquals, "name", text.Line(name)))
	case errors.As(err, &missing):
		return "", withHint(err, hint(words.ReplayHintIds))
	case err != nil:
		return "", o.noFolder(err)
	}
	return path, nil
}

func (o *replayOptions) noFolder(err error) error {
	return withHint(failed(words.ReplayErrFolder, "folder", quoted(o.dir), "error", cause(err)), hint(words.ReplayHintFolder))
}

// sameReply reports whether the user sees what was seen when the message was
// recorded.
func sameReply(x *recording.Record, d *push.Delivery) bool {
	was, _ := reply.Parse([]byte(x.Answer.Body))
	now := d.Reply
	if now == nil {
		return false
	}
	return was.Silent() && now.Silent() || was.String() == now.String()
}

// print writes what came of a recording, as send does.
func (o *replayOptions) print(one delivered, n int) {
	w, p := o.env.Out, o.Colors(o.env.OutTTY)
	if len(o.list) > 1 {
		if n > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintln(w, p.Dim(text.Line(one.name)))
	}
	printDelivery(w, o.globals, one.Delivery)
	if !one.same {
		fmt.Fprintf(w, "%s\n%s\n", o.say(words.ReplayOtherReply), indent(o.recordedReply(one.Record), "  "))
	}
	printFindings(w, o.globals, one.findings)
}

// recordedReply is what was answered, in the words that send has for it.
func (o *replayOptions) recordedReply(x *recording.Record) string {
	if x.Answer.Error != "" {
		return text.Line(x.Answer.Error) // as it was recorded
	}
	r, _ := reply.Parse([]byte(x.Answer.Body))
	if x.Answer.Status != 200 {
		return fmt.Sprintf("%d %s", x.Answer.Status, o.fact(o.Lang(), r))
	}
	return o.fact(o.Lang(), r)
}

// replayJSON is what replay --json prints.
type replayJSON struct {
	outcome

	Replays []replayedOne `json:"replays"`
}

type replayedOne struct {
	Recording string   `json:"recording"`
	SameReply bool     `json:"same_reply"`
	Delivery  sendJSON `json:"delivery"`
}

func replayDocument(all []delivered, ok bool) replayJSON {
	doc := replayJSON{outcome: newOutcome(ok)}
	for _, one := range all {
		doc.Findings = append(doc.Findings, one.findings...)
		doc.Replays = append(doc.Replays, replayedOne{one.name, one.same, sendDocument(one.Delivery, one.findings)})
	}
	return doc
}

// runToScenario writes the recordings as a scenario.
func runToScenario(o *replayOptions) error {
	var list []*recording.Record
	for _, x := range o.list {
		list = append(list, x.Record)
	}
	made, left := scenario.FromRecordings(list, scenario.Comments{
		Head:     o.say(words.FileRecordedHead),
		Findings: func(ids []string) string { return o.say(words.FileRecordedFindings, "ids", o.globals.list(ids)) },
	})
	for _, l := range left {
		fmt.Fprintln(o.env.Err, o.say(words.ReplayLeft, "name", text.Line(o.list[l.Index].name), "why", l.Why.In(o.Lang())))
	}
	if made == nil {
		return failed(words.ReplayErrNoStep)
	}
	file := made.Append(nil)
	switch {
	case len(file) > scenario.MaxFile:
		return withHint(failed(words.ReplayErrLarge, "limit", scenario.MaxFile>>10), hint(words.ReplayHintLarge))
	case o.scenario == "-":
		_, err := o.env.Out.Write(file)
		return err
	}
	if _, err := os.Lstat(o.scenario); err == nil {
		return withHint(failed(words.InitErrExists, "file", quoted(o.scenario)), hint(words.ReplayHintExists))
	}
	if err := atomicfile.Write(o.scenario, file, 0o666); err != nil {
		return failed(words.ErrWrite, "file", quoted(o.scenario), "error", cause(err))
	}
	return nil
}
