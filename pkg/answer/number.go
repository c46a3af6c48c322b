package answer

import (
	"math/big"
	"strings"

	"github.com/wxdev/wxdev/pkg/wire"
)

// Number returns the body of an answer if it is a number.
func Number(ex *wire.Exchange) (string, bool) {
	if ex.Response == nil || ex.Response.Status >= 300 {
		return "", false
	}
	s := strings.Trim(string(ex.Response.Body), Blanks+`"`)
	if s == "" || strings.Trim(s, "0123456789.eE+-") != "" || len(s) > 40 {
		return "", false
	}
	return s, true
}

// IntegerBits is the size of the integer that makes got of the echostr, by
// cutting it to the largest value or by keeping its last bits; 0 if none does.
func IntegerBits(echostr, got string) int {
	n, ok := new(big.Int).SetString(echostr, 10)
	if !ok {
		return 0
	}
	for _, bits := range []uint{32, 64} {
		size := new(big.Int).Lsh(big.NewInt(1), bits)
		unsigned := new(big.Int).Mod(n, size)
		signed := new(big.Int).Set(unsigned)
		if unsigned.Bit(int(bits)-1) == 1 {
			signed.Sub(signed, size)
		}
		largest := new(big.Int).Sub(size, big.NewInt(1))
		for _, v := range []*big.Int{unsigned, signed, largest, new(big.Int).Rsh(largest, 1)} {
			if v.Cmp(n) != 0 && v.String() == got {
				return int(bits)
			}
		}
	}
	return 0
}
