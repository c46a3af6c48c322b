package png_test

import (
	"bytes"
	"image/color"
	standard "image/png"
	"testing"

	"github.com/wxdev/wxdev/internal/png"
)

// TestEncode: the standard library reads what was drawn.
func TestEncode(t *testing.T) {
	palette := []png.Colour{{255, 255, 255}, {0, 0, 0}, {0xb8, 0x5c, 0x38}}
	at := func(x, y int) byte { return byte((x + 2*y) % 3) }
	for _, size := range [][2]int{{1, 1}, {7, 5}, {300, 2}} {
		img, err := standard.Decode(bytes.NewReader(png.Encode(size[0], size[1], palette, at)))
		if err != nil {
			t.Fatal(err)
		}
		if b := img.Bounds(); b.Dx() != size[0] || b.Dy() != size[1] {
			t.Errorf("%v is %v", size, b)
		}
		for y := range size[1] {
			for x := range size[0] {
				want := palette[at(x, y)]
				if got := color.RGBAModel.Convert(img.At(x, y)); got != (color.RGBA{want[0], want[1], want[2], 255}) {
					t.Fatalf("%v: %d,%d is %v", size, x, y, got)
				}
			}
		}
	}
}
