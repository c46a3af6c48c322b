package main

import (
	"testing"

	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/scenario"
	"github.com/wxdev/wxdev/pkg/verify"
)

// TestNamesHaveWords holds what is called by a name from data.
func TestNamesHaveWords(t *testing.T) {
	names := map[string][]string{
		"report.severity": {string(finding.Error), string(finding.Warning), string(finding.Info)},
		"delivery.unseen": {string(reply.UnseenUnsubscribed), string(reply.UnseenMiniProgram)},
		"common.mode":     {string(msgcrypt.Plain), string(msgcrypt.Compat), string(msgcrypt.Safe)},
	}
	for _, k := range config.Keys() {
		names["file.config.key"] = append(names["file.config.key"], string(k))
	}
	for _, check := range verify.CheckNames() {
		names["verify.passed"] = append(names["verify.passed"], string(check))
	}
	for _, why := range verify.Reasons() {
		names["verify.reason"] = append(names["verify.reason"], string(why))
	}
	for _, typ := range message.Types() {
		names["send.group"] = append(names["send.group"], typ.Group)
	}
	for family, sample := range map[string]func(func(string) string) *scenario.File{"file.scenario": scenario.Sample, "file.scenario-later": scenario.SampleLater} {
		sample(func(part string) string { names[family] = append(names[family], part); return part })
	}
	for family, members := range names {
		for _, name := range members {
			if _, ok := words.Named(family + "." + name); !ok {
				t.Errorf("there are no words for %s.%s", family, name)
			}
		}
	}
}
