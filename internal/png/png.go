// Package png writes pictures of a few colours. image/png reads them as well, and
// all of it would be in the program.
package png

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
)

// Colour is red, green and blue.
type Colour [3]byte

// Encode returns a picture with a palette of up to 256 colours; at says which of
// them a dot has. https://www.w3.org/TR/png-3/
func Encode(width, height int, palette []Colour, at func(x, y int) byte) []byte {
	out := []byte("\x89PNG\r\n\x1a\n")
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(width)), uint32(height))
	out = chunk(out, "IHDR", append(head, 8, 3, 0, 0, 0)) // 8 bits of a palette
	var colours []byte
	for _, c := range palette {
		colours = append(colours, c[:]...)
	}
	out = chunk(out, "PLTE", colours)
	var dots bytes.Buffer
	z, _ := zlib.NewWriterLevel(&dots, zlib.BestCompression) // a level that exists
	row := make([]byte, 1+width)                             // with no filter
	for y := range height {
		for x := range width {
			row[1+x] = at(x, y)
		}
		_, _ = z.Write(row) // to memory
	}
	_ = z.Close()
	out = chunk(out, "IDAT", dots.Bytes())
	return chunk(out, "IEND", nil)
}

func chunk(out []byte, name string, data []byte) []byte {
	out = binary.BigEndian.AppendUint32(out, uint32(len(data)))
	start := len(out)
	out = append(append(out, name...), data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[start:]))
}
