package run

import (
	"os"
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
	text.Write(system)
	name, err := k.write("hosts", []byte(text.String()))
	if err != nil {
		return "", err
	}
	return name, os.Chmod(name, 0o644) // the program may run as another user
}
