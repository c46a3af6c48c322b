package run

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
)

// What this program is started as to help a run; see [Helper].
const (
	keeperHelper = "wxdev-run-keeper"
	hostsHelper  = "wxdev-run-hosts"
	probeHelper  = "wxdev-run-probe"
	earHelper    = "wxdev-run-ear"

	helperFailed = 126
)

// Helper does what a run has started this program for. A program that starts
// runs calls it before anything else, and exits with the code if ok.
func Helper(args []string) (code int, ok bool) {
	if len(args) == 0 {
		return 0, false
	}
	switch args[0] {
	case keeperHelper:
		return keeper(args[1:]), true
	case hostsHelper:
		return becomeWithHosts(args[1:]), true
	case earHelper:
		return listenForSignals(), true
	case probeHelper:
		return probeHosts(), true
	}
	return 0, false
}

// Keeper is a process that waits for the end of this one, be it by kill -9:
// then it ends what the program has started, and removes the folder.
type Keeper struct {
	cmd  *exec.Cmd
	pipe io.WriteCloser
	mu   sync.Mutex
}

// NewKeeper starts one for a folder. Close it.
func NewKeeper(dir string) (*Keeper, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	k := &Keeper{cmd: &exec.Cmd{Path: self, Args: []string{keeperHelper, dir}, Dir: "/"}}
	detach(k.cmd)
	if k.pipe, err = k.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	return k, k.cmd.Start()
}

// keep tells which group is to end; 0 is none.
func (k *Keeper) keep(group int) {
	if k == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	fmt.Fprintln(k.pipe, group) // a keeper that is gone keeps nothing
}

// Close lets the keeper go, which removes the folder if it is still there.
func (k *Keeper) Close() {
	if k == nil {
		return
	}
	k.pipe.Close()
	_ = k.cmd.Wait() // it has nothing to say
}

// keeper is what the process does.
func keeper(args []string) int {
	if len(args) != 1 {
		return helperFailed
	}
	stay()
	group := 0
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if n, err := strconv.Atoi(strings.TrimSpace(lines.Text())); err == nil {
			group = n
		}
	}
	if group > 1 {
		endGroup(group)
		endStragglers(args[0], leftoverGrace)
	}
	if err := os.RemoveAll(args[0]); err != nil {
		return helperFailed
	}
	return 0
}
