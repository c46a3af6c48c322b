package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/wxdev/wxdev/internal/words"
)

// settle is how long the files must be left alone before they are read:
// editors write in several steps.
const settle = 100 * time.Millisecond

// watchTests runs the tests now and after each change, until the context
// ends. A failure or a malformed file does not end it: both are about to be fixed.
func watchTests(ctx context.Context, o *testOptions) error {
	if err := o.prepare(nil); err != nil {
		return err // no change of a conversation would mend it
	}
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return failed(words.TestErrWatch, "error", cause(err))
	}
	defer watcher.Close()
	matters, err := o.follow(watcher)
	if err != nil {
		return err
	}
	for {
		err := runTest(ctx, o)
		switch {
		case ctx.Err() != nil:
			return nil // Ctrl-C is how it is meant to end
		case err != nil && !errors.Is(err, errNo):
			o.complain(err)
		}
		fmt.Fprintln(o.env.Err, o.say(words.TestWatching))
		if err := awaitChange(ctx, watcher, matters); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return nil
		}
		fmt.Fprintln(o.env.Out)
	}
}

// follow watches the folders of the files: editors put a new file in the
// place of the old one, which a watch of the file itself would not survive.
func (o *testOptions) follow(watcher *fsnotify.Watcher) (matters func(path string) bool, err error) {
	files, err := o.files()
	if err != nil {
		return nil, err
	}
	named := map[string]bool{}
	for _, path := range files {
		named[filepath.Clean(path)] = true
		if err := watcher.Add(filepath.Dir(path)); err != nil {
			return nil, failed(words.TestErrWatchFolder, "folder", quoted(filepath.Dir(path)), "error", cause(err))
		}
	}
	whole := map[string]bool{}
	for _, path := range o.paths {
		whole[filepath.Clean(path)] = true
	}
	return func(path string) bool {
		return named[filepath.Clean(path)] || whole[filepath.Dir(path)] && filepath.Ext(path) == ".toml"
	}, nil
}

// awaitChange returns when a file that matters has changed and all is quiet
// again, or when the context ends.
func awaitChange(ctx context.Context, watcher *fsnotify.Watcher, matters func(string) bool) error {
	quiet := time.NewTimer(time.Hour)
	quiet.Stop()
	defer quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-quiet.C:
			return nil
		case e, ok := <-watcher.Events:
			if !ok {
				return failed(words.TestErrWatcher)
			}
			if !e.Has(fsnotify.Chmod) && matters(e.Name) {
				quiet.Reset(settle)
			}
		case err := <-watcher.Errors:
			return failed(words.TestErrWatch, "error", cause(err))
		}
	}
}
