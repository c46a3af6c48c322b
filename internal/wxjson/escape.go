package wxjson

import "strconv"

// WideEscapes counts the \u escapes of characters beyond ASCII in a body, and
// returns the first one. WeChat reads the escapes of ASCII only: of a message
// with others, phones show the escapes.
func WideEscapes(body []byte) (first string, n int) {
	eachWideEscape(body, func(at int) {
		if n == 0 {
			first = string(body[at : at+wideEscape])
		}
		n++
	})
	return first, n
}

// KeepWideEscapes makes text of the \u escapes of characters beyond ASCII, as
// WeChat does: who reads the result as JSON finds them as they were written.
func KeepWideEscapes(body []byte) []byte {
	var kept []byte
	done := 0
	eachWideEscape(body, func(at int) {
		kept = append(append(kept, body[done:at]...), '\\')
		done = at
	})
	if done == 0 && kept == nil {
		return body
	}
	return append(kept, body[done:]...)
}

// wideEscape is how long an escape is.
const wideEscape = len(`\u4f60`)

func eachWideEscape(body []byte, found func(at int)) {
	for i := 0; i+1 < len(body); i++ {
		if body[i] != '\\' {
			continue
		}
		if body[i+1] == 'u' && i+wideEscape <= len(body) {
			if n, err := strconv.ParseUint(string(body[i+2:i+wideEscape]), 16, 16); err == nil && n >= 0x80 {
				found(i)
			}
		}
		i++ // what is escaped is no backslash
	}
}
