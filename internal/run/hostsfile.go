package run

import (
	"os"
	"slices"
	"strings"
)

// HostsIP is where WeChat is for a program with a hosts file of its own: an
// address of this machine that nothing else listens on.
const HostsIP = "127.87.88.89"

// HostsPorts are those that are called there, of https and http. Who listens on
// one of them at every address of the machine keeps it from us, and we from it.
var HostsPorts = []string{"443", "80"}

// HostsFile writes the hosts file for such a program: the system's, with
// WeChat's hosts before it.
func (k *Kit) HostsFile() (string, error) {
	system, err := os.ReadFile("/etc/hosts")
	if err != nil && !os.IsNotExist(err) {
		return "", err
	}
	var text strings.Builder
	text.WriteString("# written by wxdev run, for its program alone\n")
	for _, h := range hosts {
		text.WriteString(HostsIP + " " + h + "\n")
	}
	for line := range strings.Lines(string(system)) {
		text.WriteString(without(line))
	}
	name, err := k.write("hosts", []byte(text.String()))
	if err != nil {
		return "", err
	}
	return name, os.Chmod(name, 0o644) // the program may run as another user
}

// without is a line of a hosts file without our hosts: of two addresses a program
// may take either.
func without(line string) string {
	entry, _, _ := strings.Cut(line, "#")
	fields := strings.Fields(entry)
	if !slices.ContainsFunc(fields, redirected) {
		return line
	}
	if fields = slices.DeleteFunc(fields, redirected); len(fields) < 2 {
		return ""
	}
	return strings.Join(fields, " ") + "\n"
}
