package tomldoc

import (
	"errors"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

func scalarKind(k unstable.Kind) Kind {
	switch k {
	case unstable.String:
		return String
	case unstable.Integer:
		return Integer
	case unstable.Float:
		return Float
	case unstable.Bool:
		return Bool
	}
	return Date
}

// checkScalar finds numbers that are too large, and dates and times that do
// not exist: to the parser they are so many digits.
func checkScalar(n *Node) *Fault {
	switch n.Kind {
	case String, Bool:
		return nil
	case Integer:
		if len(n.Text) <= 16 { // 64 bits hold all of these
			return nil
		}
		if _, err := strconv.ParseInt(n.Text, 0, 64); err == nil {
			return nil
		}
	case Float:
		if strings.HasSuffix(n.Text, "nan") {
			return nil
		}
		if _, err := strconv.ParseFloat(strings.ReplaceAll(n.Text, "_", ""), 64); err == nil {
			return nil
		}
	}
	at, reason := refusal(n.Text)
	if reason == "" {
		return nil
	}
	return &Fault{Problem: NoValue, Offset: n.At + at, Reason: reason}
}

// refusal is where and why go-toml does not take a value; empty if it does.
func refusal(value string) (at int, reason string) {
	const before = "v = "
	var all map[string]any
	err := toml.Unmarshal([]byte(before+value), &all)
	if err == nil {
		return 0, ""
	}
	var bad *toml.DecodeError
	if errors.As(err, &bad) {
		_, column := bad.Position()
		at = max(0, column-1-len(before))
	}
	return at, words(err)
}

// words are go-toml's, without its name.
func words(err error) string { return strings.TrimPrefix(err.Error(), "toml: ") }
