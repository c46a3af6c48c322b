package wire

import "bytes"

// SplitHead returns the head of the final answer, and the rest from its blank
// line on. The bytes were parsed before: there is a whole head.
func SplitHead(b []byte) (head, rest []byte) {
	for {
		size, blank := 0, 0
		for line := range bytes.Lines(b) {
			if len(bytes.TrimRight(line, "\r\n")) == 0 {
				blank = len(line)
				break
			}
			size += len(line)
		}
		_, status, _ := bytes.Cut(b[:size], []byte(" "))
		if !bytes.HasPrefix(bytes.TrimLeft(status, " "), []byte("1")) || blank == 0 {
			return b[:size], b[size:]
		}
		b = b[size+blank:]
	}
}
