package terminal

import (
	"context"
	"os"
	"time"
)

// drawEvery is how often the screen changes when much comes in.
const drawEvery = 30 * time.Millisecond

// Live shows a [List] on a [Screen] while items come.
type Live struct {
	Screen *Screen
	List   *List
	Again  func(Item) // what Again asks for; it must not wait

	Changes <-chan func(*List) // what happens to the list besides the keys
}

// Run returns when somebody quits, or the context ends. It gives the terminal
// back, after a panic too; the error is Close's.
func (v *Live) Run(ctx context.Context) (err error) {
	signals, stop := watch()
	defer stop()
	defer func() { err = v.Screen.Close() }() // runs during a panic as well
	keys := make(chan []Key)
	go v.Screen.keys(keys)
	redraw := time.NewTimer(0)
	defer redraw.Stop()
	due := true // redraw is running
	for {
		select {
		case <-ctx.Done():
			return nil
		case change := <-v.Changes:
			change(v.List)
			if !due {
				due = true
				redraw.Reset(drawEvery)
			}
			continue
		case <-redraw.C:
			due = false
		case sig := <-signals:
			v.signal(sig)
		case pressed := <-keys:
			for _, k := range pressed {
				if v.press(ctx, k, signals) == Quit {
					return nil
				}
			}
		}
		v.draw()
	}
}

func (v *Live) draw() {
	v.List.Resize(v.Screen.Size())
	v.Screen.Draw(v.List.Draw())
}

func (v *Live) press(ctx context.Context, k Key, signals chan os.Signal) Action {
	action := v.List.Press(k)
	switch action {
	case Suspend:
		v.Screen.suspend(ctx, signals)
	case Redraw:
		v.Screen.Redraw()
	case Again:
		v.Again(v.List.Selected())
	}
	return action
}

func (v *Live) signal(sig os.Signal) {
	if resized(sig) {
		v.Screen.Redraw()
		return
	}
	_ = v.Screen.enter() // it was stopped, and whoever had the terminal meanwhile may have changed it
}
