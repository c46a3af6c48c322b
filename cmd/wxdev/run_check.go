package main

import (
	"cmp"
	"context"
	"errors"
	"regexp"
	"time"

	"github.com/wxdev/wxdev/internal/run"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/client"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/scenario"
	"github.com/wxdev/wxdev/pkg/verify"
)

// serverAccount is the account with which the server is pushed to: that of the
// emulator.
func (s *session) serverAccount() (*account, error) {
	given := s.o.emu.account()
	a := &account{
		url: given.URL, token: cmp.Or(given.Token, emulator.DefaultToken), appid: given.AppID,
		aesKey: cmp.Or(given.AESKey, emulator.DefaultAESKey),
		mode:   msgcrypt.Mode(cmp.Or(given.Mode, string(msgcrypt.Plain))), format: msgcrypt.Format(cmp.Or(given.Format, string(msgcrypt.XML))),
	}
	var err error
	a.codec, err = newCodec(a.aesKey, a.appid)
	return a, err
}

// runVerify verifies the server, and prints what is to be said of it.
func (s *session) runVerify(ctx context.Context, quiet bool) (taken, error) {
	var took taken
	a, err := s.serverAccount()
	if err != nil {
		return took, err
	}
	v := &verifyOptions{globals: s.own, json: s.o.json, quiet: quiet, within: &took}
	v.Options = verify.Options{
		URL: a.url, Token: a.token, Mode: string(a.mode), Format: string(a.format), AppID: a.appid, AESKey: a.aesKey,
		Secret: s.o.emu.account().Secret, Messages: s.o.messages, Now: s.o.env.Now, Rand: s.o.env.Rand,
		User: verify.TestUser(s.o.env.Rand),
	}
	v.Sender.Timeout = 5 * time.Second
	if s.o.messages {
		v.Sending = s.known()
	}
	if a.mode != msgcrypt.Plain {
		v.Codec = a.codec
	}
	err = runVerify(ctx, v)
	accepted := took.verify.Accepted != nil && *took.verify.Accepted
	s.accepted.Store(accepted)
	if errors.Is(err, errNo) && s.o.emu.given.Token == "" && !accepted {
		s.say(words.RunNoToken, "token", a.token)
	}
	return took, err
}

// checkOnce starts the server, verifies it, runs the scenarios, and ends it.
func (s *session) checkOnce(ctx context.Context) error {
	tests, err := s.tests()
	if err != nil {
		return err
	}
	all, err := tests.scenarios()
	if len(s.o.scenarios) > 0 && err != nil {
		return err
	}
	if err := s.vacant(ctx); err != nil {
		return err
	}
	child, err := s.start()
	if err != nil {
		return err
	}
	defer child.Stop(stopGrace)
	if err := s.announce(); err != nil {
		return err
	}
	doc := runJSON{outcome: newOutcome(false), Event: eventChecked}
	cases, outcome := s.checkServer(ctx, child, tests, all, &doc)
	if s.o.json {
		doc.OK = outcome == nil
		if outcome != nil && !errors.Is(outcome, errNo) {
			doc.Error = s.o.failure(outcome)
		}
		if err := writeJSON(s.o.env.Out, doc); err != nil {
			return err
		}
	}
	return cmp.Or(s.o.writeReports(s.o.targets, "wxdev run", cases, false), outcome)
}

// checkServer is what is done while the server runs.
func (s *session) checkServer(ctx context.Context, child *run.Child, tests *testOptions, all []*scenario.Scenario, doc *runJSON) ([]reportCase, error) {
	ended, err := s.answers(ctx, child)
	if err != nil && !ended {
		return nil, err
	}
	if ended {
		code, _ := child.Code()
		return nil, failed(words.RunErrEnded, "code", code)
	}
	took, outcome := s.runVerify(ctx, s.o.quiet)
	doc.Verify, doc.Findings = &took.verify, took.verify.Findings
	if outcome != nil && !errors.Is(outcome, errNo) || len(all) == 0 {
		return took.cases, outcome
	}
	tests.within = &took
	if err := cmp.Or(tests.prepare(all), tests.checkEmulator(ctx, all)); err != nil {
		return took.cases, err
	}
	err = tests.runAll(ctx, all)
	doc.Test = took.test
	if err != nil && !errors.Is(err, errNo) || outcome == nil {
		outcome = err
	}
	return took.cases, outcome
}

// tests are the scenarios, for the server that is to be started.
func (s *session) tests() (*testOptions, error) {
	a, err := s.serverAccount()
	if err != nil {
		return nil, err
	}
	t := &testOptions{
		globals: s.own, paths: s.o.scenarios, pattern: regexp.MustCompile(""), parallel: 1, attempts: push.Attempts,
		json: s.o.json, quiet: s.o.quiet, config: s.o.loaded,
	}
	t.runner = &scenario.Runner{
		Pusher: a.pusher(s.o.env, 5*time.Second), Format: a.format, To: a.accountID(), Parallel: 1,
		API: &client.Client{BaseURL: s.base, Lang: s.o.Lang()}, AppID: a.appid,
	}
	return t, nil
}
