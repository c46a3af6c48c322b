package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/text"
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
		return withHint(fmt.Errorf("read what the server sends later: %s: %w", text.Line(api.BaseURL), err),
			"--api-base takes the address that 'wxdev emulator' prints")
	}
	return nil
}
