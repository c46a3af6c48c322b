package qr

import (
	"fmt"
	"strings"
	"testing"
)

// TestEncode reads codes back as a phone does, except for what damage does to
// them: the format, the mask, the order of the bits, and that the check words
// fit. A decoder that nobody here wrote reads them in the tests of package
// emulator.
func TestEncode(t *testing.T) {
	for n := range MaxBytes + 1 {
		text := strings.Repeat("http://127.0.0.1:8900/q/02Ab", 4)[:n]
		c, err := Encode(text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := read(c)
		if err != nil || got != text {
			t.Fatalf("%q reads back as %q, %v", text, got, err)
		}
	}
	if _, err := Encode(strings.Repeat("x", MaxBytes+1)); err == nil {
		t.Error("a text that is too long was encoded")
	}
}

func TestOutside(t *testing.T) {
	c, err := Encode("x")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range [][2]int{{-1, 0}, {0, -1}, {c.Size, 0}, {0, c.Size}} {
		if c.Black(p[0], p[1]) {
			t.Errorf("the module at %v is black", p)
		}
	}
	if !c.Black(0, 0) || c.Black(1, 1) || !c.Black(2, 2) {
		t.Error("there is no finder in the corner")
	}
}

func read(c *Code) (string, error) {
	var words []byte
	bits, current := 0, byte(0)
	up := true
	for right := c.Size - 1; right > 0; right -= 2 {
		if right == 6 {
			right = 5
		}
		for i := range c.Size {
			y := i
			if up {
				y = c.Size - 1 - i
			}
			for _, x := range []int{right, right - 1} {
				if isFunction(x, y) {
					continue
				}
				current <<= 1
				if c.Black(x, y) != ((x+y)%2 == 0) {
					current |= 1
				}
				if bits++; bits%8 == 0 {
					words = append(words, current)
					current = 0
				}
			}
		}
		up = !up
	}
	// Every power of the field's root makes the polynomial zero, if its
	// check words are right.
	root := byte(1)
	for i := range ecWords {
		sum := byte(0)
		for _, w := range words[:dataWords+ecWords] {
			sum = times(sum, root) ^ w
		}
		if sum != 0 {
			return "", fmt.Errorf("syndrome %d is %d", i, sum)
		}
		root = times(root, 2)
	}
	if words[0]>>4 != 4 {
		return "", fmt.Errorf("mode %d", words[0]>>4)
	}
	length := int(words[0]&15)<<4 | int(words[1]>>4)
	text := make([]byte, length)
	for i := range text {
		text[i] = words[i+1]<<4 | words[i+2]>>4
	}
	return string(text), nil
}

// isFunction says where no data are, by the standard's figure of version 5.
func isFunction(x, y int) bool {
	near := func(a, b int) bool { return a >= b-2 && a <= b+2 }
	return x == 6 || y == 6 ||
		x < 9 && y < 9 || x < 9 && y >= size-8 || x >= size-8 && y < 9 ||
		near(x, 30) && near(y, 30)
}
