//go:build !unix

package terminal

import (
	"context"
	"os"
	"time"
)

const needsTERM = false

func inForeground(*os.File) bool { return true }

// tick stands for the signal that there is not: it may have been resized.
type tick struct{}

func (tick) Signal()        {}
func (tick) String() string { return "tick" }

func watch() (signals chan os.Signal, stop func()) {
	signals, quit := make(chan os.Signal, 1), make(chan struct{})
	go func() {
		t := time.NewTicker(time.Second)
		defer t.Stop()
		for {
			select {
			case <-t.C:
				select {
				case signals <- tick{}:
				default:
				}
			case <-quit:
				return
			}
		}
	}()
	return signals, func() { close(quit) }
}

func resized(os.Signal) bool { return true }

// keys sends what is typed.
func (s *Screen) keys(out chan<- []Key) {
	var reader keyReader
	b := make([]byte, 256)
	for {
		n, err := s.in.Read(b)
		keys := reader.Feed(b[:n])
		if n == 1 && b[0] == 0x1b {
			keys = append(keys, reader.End()...)
		}
		select {
		case out <- keys:
		case <-s.quit:
			return
		}
		if err != nil {
			return
		}
	}
}

func (s *Screen) suspend(context.Context, chan os.Signal) {}
