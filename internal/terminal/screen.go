package terminal

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// What a terminal is told. Lines do not wrap while the screen is ours: a
// character that it draws wider than we know must not move the next line.
const (
	enterScreen = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J"
	leaveScreen = reset + "\x1b[?7h\x1b[?25h\x1b[?1049l"
)

// drawGrace is how long a terminal may take for the last that it is told. One
// that is stuck, be it by Ctrl-S or a frozen window, is left as it is then.
const drawGrace = time.Second

var errStuck = errors.New("the terminal takes nothing")

// Screen is a terminal whose keys and whose whole screen belong to the program.
// What was on it is back when it is closed.
type Screen struct {
	in, out *os.File
	saved   *term.State // nil while the terminal is not ours

	mu      sync.Mutex // never held while writing
	pending frame
	wake    chan struct{} // holds one when there is something pending
	quit    chan struct{}
	once    sync.Once
}

// frame is what the terminal is to be told next.
type frame struct {
	command string // before the lines
	lines   []string
	fresh   bool          // draw all lines, whatever is there
	written chan struct{} // closed afterwards; may be nil
}

// Usable reports whether a program may take the terminal: both ends are one, it
// can place text, nobody said that it is a CI job's, and the program is not in the
// background, where taking it would stop the program.
func Usable(in, out *os.File, env Lookup) bool {
	name, set := env("TERM")
	ci, _ := env("CI")
	return in != nil && out != nil && ci == "" && name != "dumb" && (set || !needsTERM) && inForeground(in)
}

// Open takes the terminal.
func Open(in, out *os.File) (*Screen, error) {
	s := &Screen{in: in, out: out, wake: make(chan struct{}, 1), quit: make(chan struct{})}
	if err := s.enter(); err != nil {
		return nil, err
	}
	go s.write()
	return s, nil
}

func (s *Screen) enter() error {
	saved, err := term.MakeRaw(int(s.in.Fd()))
	if err != nil {
		return err
	}
	if s.saved == nil {
		s.saved = saved
	}
	s.tell(frame{command: enterScreen, fresh: true})
	return nil
}

// leave gives the terminal back.
func (s *Screen) leave() error {
	if s.saved == nil {
		return nil
	}
	written := make(chan struct{})
	s.tell(frame{command: leaveScreen, fresh: true, written: written})
	var stuck error
	select {
	case <-written:
	case <-time.After(drawGrace):
		stuck = errStuck
	}
	err := term.Restore(int(s.in.Fd()), s.saved)
	s.saved = nil
	return errors.Join(stuck, err)
}

// Close gives the terminal back for good. It fails where the terminal takes
// nothing, and is harmless the second time.
func (s *Screen) Close() (err error) {
	s.once.Do(func() {
		err = s.leave()
		close(s.quit)
	})
	return err
}

// Size is how large the screen is.
func (s *Screen) Size() (width, height int) {
	width, height, err := term.GetSize(int(s.out.Fd()))
	if err != nil || width <= 0 || height <= 0 {
		return 80, 24
	}
	return width, height
}

// Draw shows lines. It does not wait: what could not be shown before the next
// call is not shown at all.
func (s *Screen) Draw(lines []string) {
	if s.saved != nil {
		s.tell(frame{lines: lines})
	}
}

// Redraw makes the next Draw draw everything.
func (s *Screen) Redraw() {
	if s.saved != nil {
		s.tell(frame{command: "\x1b[2J", fresh: true})
	}
}

// Guard, deferred, gives the terminal back when the goroutine panics.
func (s *Screen) Guard() {
	if v := recover(); v != nil {
		_ = s.Close()
		panic(v)
	}
}

func (s *Screen) tell(f frame) {
	s.mu.Lock()
	f.command = s.pending.command + f.command
	f.fresh = s.pending.fresh || f.fresh
	if f.written == nil {
		f.written = s.pending.written
	}
	s.pending = f
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// write tells the terminal what is pending, until the screen is closed.
func (s *Screen) write() {
	var there []string
	for {
		select {
		case <-s.wake:
		case <-s.quit:
			return
		}
		s.mu.Lock()
		f := s.pending
		s.pending = frame{}
		s.mu.Unlock()
		if f.fresh {
			there = nil
		}
		_, _ = s.out.WriteString(f.command + changes(there, f.lines)) // a terminal that is gone sends a signal
		if f.lines != nil {
			there = f.lines
		}
		if f.written != nil {
			close(f.written)
		}
	}
}

// changes makes the lines of the screen into others.
func changes(there, lines []string) string {
	var b strings.Builder
	for i, line := range lines {
		if i < len(there) && there[i] == line {
			continue
		}
		b.WriteString("\x1b[" + strconv.Itoa(i+1) + ";1H\x1b[K" + line + reset)
	}
	for i := len(lines); i < len(there) && lines != nil; i++ {
		b.WriteString("\x1b[" + strconv.Itoa(i+1) + ";1H\x1b[K")
	}
	return b.String()
}
