package run

import (
	"os"
	"strings"
)

// HostsAddr is where WeChat is for a program with a hosts file of its own: an
// address of this machine that nothing else listens on.
const HostsAddr = "127.87.88.89:443"

// HostsFile writes the hosts file for such a program: the system's, with
// WeChat's hosts before it.
func (k *Kit) HostsFile() (string, error) {
	system, err := os.ReadFile("/etc/hosts")
	if err != nil && !os.IsNotExist(err) {
		return "", err
	}
	ip, _, _ := strings.Cut(HostsAddr, ":")
	var text strings.Builder
	text.WriteString("# written by wxdev run, for its program alone\n")
	for _, h := range hosts {
		text.WriteString(ip + " " + h + "\n")
	}
	text.Write(system)
	name, err := k.write("hosts", []byte(text.String()))
	if err != nil {
		return "", err
	}
	return name, os.Chmod(name, 0o644) // the program may run as another user
}
