package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/emulator/client"
)

// patienceWithEmulator is how long one that runs may take to say so.
const patienceWithEmulator = 2 * time.Second

// running is the base URL of an emulator that already runs where this one is
// to be, or why there is none.
func (o *emulatorOptions) running(ctx context.Context) (base string, err error) {
	err = failed(words.EmulatorErrNowhere)
	for _, base := range o.places() {
		limited, cancel := context.WithTimeout(ctx, patienceWithEmulator)
		err = (&client.Client{BaseURL: base}).Ready(limited)
		cancel()
		if err == nil {
			return base, nil
		}
	}
	return "", err
}

// places are where it may be: at --addr, or where --ready-file says.
func (o *emulatorOptions) places() []string {
	var bases []string
	if _, port, err := net.SplitHostPort(o.addr); err == nil && port != "0" {
		bases = append(bases, "http://"+o.addr)
	}
	if o.readyFile != "" {
		if b, err := os.ReadFile(o.readyFile); err == nil && len(b) < 1024 {
			bases = append(bases, strings.TrimSpace(string(b)))
		}
	}
	return bases
}

// askReady is --ready: a health check where there is no shell and no curl. Not
// ready is exit code 1, which is what an engine of containers takes for unhealthy.
func (o *emulatorOptions) askReady(ctx context.Context) error {
	if _, port, err := net.SplitHostPort(o.addr); o.readyFile == "" && (err != nil || port == "0") {
		return usage(words.EmulatorErrNoPlace)
	}
	base, err := o.running(ctx)
	if err != nil {
		fmt.Fprintln(o.env.Err, "wxdev: "+o.say(words.EmulatorNotReady, "error", o.errorText(err)))
		return errNo
	}
	if o.json {
		return writeJSON(o.env.Out, emulatorJSON{outcome: newOutcome(true), Event: eventServing, URL: base})
	}
	_, err = fmt.Fprintln(o.env.Out, base)
	return err
}
