package control_test

import (
	"reflect"
	"testing"

	"github.com/wxdev/wxdev/pkg/emulator/control"
)

// TestAnswersHaveTypes: what a call answers is a struct with a name, of which a
// schema can be made.
func TestAnswersHaveTypes(t *testing.T) {
	for _, c := range control.Calls() {
		for _, a := range c.Answers {
			for a.Kind() == reflect.Pointer {
				a = a.Elem()
			}
			if a.Kind() != reflect.Struct || a.Name() == "" {
				t.Errorf("%s %s answers a %s: it is to be a struct with a name", c.Method, c.Path, a)
			}
		}
	}
}
