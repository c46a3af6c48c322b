package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadSecret(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "ticket"), []byte("fileTICKET\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	vars := map[string]string{"TICKET": "envTICKET", "BLANK": "envTICKET ", "EMPTY": ""}
	for _, c := range []struct {
		text, want, fault string
		flags             map[Key]string
	}{
		{text: "plainTICKET", want: "plainTICKET"},
		{text: "env:TICKET", want: "envTICKET"},
		{text: "file:ticket", want: "fileTICKET"},
		{text: "-", want: "lineTICKET"},
		{text: "", fault: "--ticket is empty"},
		{text: "env:NONE", fault: "--ticket: the variable NONE is not set"},
		{text: "env:EMPTY", fault: "--ticket: the variable EMPTY is empty"},
		{text: "env:$TICKET", fault: "--ticket: env: needs the name of a variable"},
		{text: "env:BLANK", fault: "--ticket ends with white space"},
		{text: "file:none", fault: `--ticket: file "none": `},
		{text: `"quoted"`, fault: "--ticket is in quotes, which are part of it"},
		{text: "-", flags: map[Key]string{Secret: "-"}, fault: "--secret and --ticket are -, and only one of them can read stdin"},
	} {
		conf, err := Load(Options{
			Dir: dir, Flags: c.flags, Stdin: strings.NewReader("lineTICKET\nthe rest\n"),
			LookupEnv: func(name string) (string, bool) { v, ok := vars[name]; return v, ok },
		})
		if err != nil {
			t.Fatal(err)
		}
		got, err := conf.ReadSecret("--ticket", c.text)
		switch {
		case c.fault == "" && (err != nil || got != c.want):
			t.Errorf("%q: %q, %v", c.text, got, err)
		case c.fault != "" && (err == nil || !strings.HasPrefix(err.Error(), c.fault)):
			t.Errorf("%q: %v, want %s", c.text, err, c.fault)
		case err != nil && (strings.Contains(err.Error(), "envTICKET") || strings.Contains(err.Error(), "quoted")):
			t.Errorf("%q: the error tells the secret: %v", c.text, err)
		}
	}
}
