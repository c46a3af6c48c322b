// Package qr draws the QR codes of package emulator: byte mode, error
// correction L, up to 106 bytes, which is all that a local URL needs.
//
//	code, err := qr.Encode("http://127.0.0.1:8900/q/02abc")
//	if code.Black(x, y) { … }
//
// It is not a general encoder: every code is of version 5, which has one block
// of error correction, and of one mask. The standard is ISO/IEC 18004.
package qr

import "fmt"

// Version 5 with error correction L.
const (
	size      = 37
	dataWords = 108
	ecWords   = 26
	// MaxBytes is how long a text may be: the header takes twelve bits, and
	// the end four.
	MaxBytes = dataWords - 2
)

// Code is a QR code.
type Code struct {
	Size  int // modules on each side
	black [size][size]bool
	fixed [size][size]bool // modules that hold no data
}

// Black reports whether the module in column x and row y is black. Around the
// code all are white.
func (c *Code) Black(x, y int) bool {
	return x >= 0 && y >= 0 && x < size && y < size && c.black[y][x]
}

// Encode makes the code of a text.
func Encode(text string) (*Code, error) {
	if len(text) > MaxBytes {
		return nil, fmt.Errorf("a text of %d bytes does not fit a QR code of %d", len(text), MaxBytes)
	}
	c := &Code{Size: size}
	c.patterns()
	c.place(words(text))
	return c, nil
}

// words are the data and the error correction.
func words(text string) []byte {
	data := make([]byte, 0, dataWords+ecWords)
	// Four bits that say "bytes", eight of the length, the bytes, four of
	// zero: all bytes are half a byte off.
	carry := byte(0b0100)
	for _, b := range append([]byte{byte(len(text))}, text...) {
		data = append(data, carry<<4|b>>4)
		carry = b & 15
	}
	data = append(data, carry<<4)
	for pad := byte(0xEC); len(data) < dataWords; pad ^= 0xEC ^ 0x11 {
		data = append(data, pad)
	}
	return append(data, correction(data)...)
}

// correction is the remainder of the data by the generator of degree 26, in
// the field of 256 elements with the polynomial 0x11D.
func correction(data []byte) []byte {
	generator := []byte{1}
	root := byte(1)
	for range ecWords {
		next := make([]byte, len(generator)+1)
		for i, g := range generator {
			next[i] ^= g
			next[i+1] ^= times(g, root)
		}
		generator, root = next, times(root, 2)
	}
	rest := make([]byte, ecWords)
	for _, d := range data {
		lead := d ^ rest[0]
		copy(rest, rest[1:])
		rest[ecWords-1] = 0
		for i := range rest {
			rest[i] ^= times(generator[i+1], lead)
		}
	}
	return rest
}

func times(a, b byte) byte {
	var p byte
	for ; b > 0; b >>= 1 {
		if b&1 == 1 {
			p ^= a
		}
		high := a & 0x80
		a <<= 1
		if high != 0 {
			a ^= 0x1D
		}
	}
	return p
}

func (c *Code) set(x, y int, black bool) {
	c.black[y][x], c.fixed[y][x] = black, true
}

// patterns draws all that is not data.
func (c *Code) patterns() {
	for i := range size { // timing
		c.set(i, 6, i%2 == 0)
		c.set(6, i, i%2 == 0)
	}
	c.rings(3, 3, 4)
	c.rings(size-4, 3, 4)
	c.rings(3, size-4, 4)
	c.rings(30, 30, 2) // alignment
	c.set(8, size-8, true)

	// Fifteen bits of format: error correction L, mask 0, protected. They are
	// constant, 111011111000100, and are there twice.
	const format = 0b111011111000100
	for i := range 15 {
		black := format>>i&1 == 1
		switch {
		case i < 6:
			c.set(8, i, black)
		case i < 8:
			c.set(8, i+1, black)
		case i == 8:
			c.set(7, 8, black)
		default:
			c.set(14-i, 8, black)
		}
		if i < 8 {
			c.set(size-1-i, 8, black)
		} else {
			c.set(8, size-15+i, black)
		}
	}
}

// rings draws a finder or an alignment pattern around a module: black and
// white squares in each other. A finder has a white one around it.
func (c *Code) rings(x, y, radius int) {
	for dy := -radius; dy <= radius; dy++ {
		for dx := -radius; dx <= radius; dx++ {
			if x+dx < 0 || y+dy < 0 || x+dx >= size || y+dy >= size {
				continue
			}
			d := max(abs(dx), abs(dy))
			black := d != 2 && d != 4
			if radius == 2 {
				black = d != 1
			}
			c.set(x+dx, y+dy, black)
		}
	}
}

func abs(n int) int { return max(n, -n) }

// place writes the bits in columns of two, from the right, up and down in
// turn. Mask 0 turns every module whose row and column add to an even number.
func (c *Code) place(words []byte) {
	i := 0
	for right := size - 1; right > 0; right -= 2 {
		if right == 6 { // the timing column
			right--
		}
		for n := range size {
			y := n
			if (right+1)&2 == 0 { // upwards
				y = size - 1 - n
			}
			for _, x := range []int{right, right - 1} {
				if c.fixed[y][x] {
					continue
				}
				bit := i < len(words)*8 && words[i/8]>>(7-i%8)&1 == 1
				c.black[y][x] = bit != ((x+y)%2 == 0)
				i++
			}
		}
	}
}
