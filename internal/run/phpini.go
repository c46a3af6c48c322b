package run

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"time"
)

// phpTrust are the settings of PHP that name a file of whom to trust.
var phpTrust = []string{"curl.cainfo", "openssl.cafile"}

// phpTime is how long PHP may take to say what its settings are.
const phpTime = 5 * time.Second

// phpSettings asks the installed PHP for settings, as it has them with the
// user's PHP_INI_SCAN_DIR: where its ini files are is known to it alone. They
// are empty where there is no PHP, or none that answers.
func phpSettings(scan string, names []string) []string {
	values := make([]string, len(names))
	ctx, cancel := context.WithTimeout(context.Background(), phpTime)
	defer cancel()
	php := exec.CommandContext(ctx, "php", "-r", `foreach (array_slice($argv, 1) as $name) echo ini_get($name), "\n";`, "--")
	php.Args = append(php.Args, names...)
	if scan != "" {
		php.Env = append(os.Environ(), "PHP_INI_SCAN_DIR="+scan)
	}
	out, err := php.Output()
	lines := strings.Split(string(out), "\n")
	if err != nil || len(lines) != len(names)+1 { // something else is printed, too
		return values
	}
	copy(values, lines)
	return values
}
