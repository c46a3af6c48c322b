package signature_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/signature"
)

func TestArithmetic(t *testing.T) {
	const token = "aToken"
	a := signature.ArithmeticOf(token, "1700000000", "zz", "aTo")
	if want := []string{"1700000000", "aTo", signature.TokenShown, "zz"}; !slices.Equal(a.Sorted, want) {
		t.Errorf("sorted as %q, want %q", a.Sorted, want)
	}
	if want := []int{10, 3, 6, 2}; !slices.Equal(a.Lengths, want) {
		t.Errorf("lengths %v, want %v", a.Lengths, want)
	}
	if a.SHA1 != signature.Message(token, "1700000000", "zz", "aTo") {
		t.Errorf("SHA-1 %s", a.SHA1)
	}
	if strings.Contains(strings.Join(a.Sorted, " "), token) {
		t.Error("the Token is shown")
	}
}
