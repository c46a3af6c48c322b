package reply

import (
	"bytes"
	"strings"

	"github.com/wxdev/wxdev/pkg/message"
)

// exact returns the first field called name.
func exact(fields []*message.Field, name string) *message.Field {
	for _, f := range fields {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// child returns the first field called name, else one called so in other
// case.
func child(fields []*message.Field, name string) *message.Field {
	if f := exact(fields, name); f != nil {
		return f
	}
	for _, f := range fields {
		if strings.EqualFold(f.Name, name) {
			return f
		}
	}
	return nil
}

// all returns every field called name.
func all(fields []*message.Field, name string) []*message.Field {
	var found []*message.Field
	for _, f := range fields {
		if f.Name == name {
			found = append(found, f)
		}
	}
	return found
}

// find searches the whole tree, which is at most [message.MaxDepth] deep, and
// returns a field with the path to it.
func find(fields []*message.Field, name string) (string, *message.Field) {
	for _, f := range fields {
		if f.Name == name {
			return name, f
		}
		if path, in := find(f.Children, name); in != nil {
			return f.Name + "/" + path, in
		}
	}
	return "", nil
}

// blanks are what XML and JSON call white space.
const blanks = " \t\r\n"

func trim(s string) string {
	for s != "" && isBlankByte(s[0]) {
		s = s[1:]
	}
	for s != "" && isBlankByte(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

func isBlankByte(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

func isBlank(b []byte) bool { return len(bytes.Trim(b, blanks)) == 0 }

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
