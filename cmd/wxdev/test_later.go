package main

import (
	"context"
	"slices"

	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/emulator/client"
	"github.com/wxdev/wxdev/pkg/scenario"
)

// emulator is a client of the emulator that the server calls, or nil when the
// settings name none: WeChat's own API shows nobody what was sent.
func (o *testOptions) emulator() (*client.Client, error) {
	base, err := o.config.Get(config.APIBase)
	if err != nil || base.From == "default" || base.Text == "https://api.weixin.qq.com" {
		return nil, err
	}
	return &client.Client{BaseURL: base.Text}, nil
}

// checkEmulator looks whether the emulator answers, where a conversation needs
// it.
func (o *testOptions) checkEmulator(ctx context.Context, all []*scenario.Scenario) error {
	if !slices.ContainsFunc(all, func(s *scenario.Scenario) bool { return s.NeedsEmulator() != nil }) {
		return nil
	}
	api := o.runner.API
	if err := api.Ready(ctx); err != nil {
		return withHint(failed(words.TestErrLater, "url", text.Line(api.BaseURL), "error", err), hint(words.TestHintLater))
	}
	return nil
}
