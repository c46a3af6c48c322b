package signature

import (
	"crypto/hmac"
	"crypto/md5" // a mistake to recognize
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/wxdev/wxdev/pkg/finding"
)

// likelyFormulas are the wrong formulas that public threads show most.
func (c *collector) likelyFormulas(r Request) {
	for _, fed := range feedOrders(r) {
		c.addNumeric(r, phpSort(fed))
	}
	if r.Echostr != "" {
		c.add("V24", "echostr-in-hash", Sum(append(r.values(), r.Echostr)...))
	}
}

// unlikelyFormulas are all others.
func (c *collector) unlikelyFormulas(r Request) {
	c.extraValues(r)
	// If a sort left the values as they were, it is likelier that there was no
	// sort at all, so it comes after the fixed orders.
	var kept [][]string
	for _, fed := range feedOrders(r) {
		if order := jsSort(fed); slices.Equal(order, fed) {
			kept = append(kept, order)
		} else {
			c.addNumeric(r, order)
		}
	}
	c.add("M23", "case-order", hashJoined(caseOrder(r.values())), "nonce", r.Nonce)
	c.fixedOrders(r)
	for _, order := range kept {
		c.addNumeric(r, order)
	}
	sorted := r.values()
	slices.Sort(sorted)
	text := strings.Join(sorted, "")
	down := slices.Clone(sorted)
	slices.Reverse(down)
	c.add("V36", "descending", hashJoined(down))
	c.add("M23", "set", hashJoined(slices.Compact(slices.Clone(sorted))))
	if r.Encrypt != "" {
		c.add("M02", "three-strings", Access(r.Token, r.Timestamp, r.Nonce))
	}
	for _, s := range []string{",", "&", " "} { // JavaScript's toString and join() put a comma there
		c.add(alteredID, "separator", sha1Hex([]byte(strings.Join(sorted, s))), "separator", strconv.Quote(s))
	}
	c.printedLists(sorted)
	c.lostInputs(r)
	c.otherDigests(r, text)
	c.spellings(sha1.Sum([]byte(text)))
}

// printedLists hash the sorted list as a language prints it, brackets and all.
func (c *collector) printedLists(sorted []string) {
	for _, f := range []struct{ open, quote, separator, end string }{
		{`[`, `"`, `, `, `]`}, // Python's json.dumps
		{`[`, `"`, `,`, `]`},  // JSON.stringify, json_encode
		{`[`, `'`, `, `, `]`}, // Python's str
		{`[`, ``, `, `, `]`},  // Java's toString
		{`[`, ``, ` `, `]`},   // Go's Sprint
	} {
		example := f.open + f.quote + "a" + f.quote + f.separator + f.quote + "b" + f.quote + f.end
		text := f.open + f.quote + strings.Join(sorted, f.quote+f.separator+f.quote) + f.quote + f.end
		c.add(alteredID, "printed-list", sha1Hex([]byte(text)), "example", example)
	}
}

// lostInputs hash, for a value that was looked up under a wrong name, what the
// language gives for a missing one.
func (c *collector) lostInputs(r Request) {
	for _, nothing := range []string{"", "undefined", "None", "null"} {
		for _, lost := range [][]string{{"timestamp"}, {"nonce"}, {"timestamp", "nonce"}} {
			with := r
			if slices.Contains(lost, "timestamp") {
				with.Timestamp = nothing
			}
			if slices.Contains(lost, "nonce") {
				with.Nonce = nothing
			}
			c.add(alteredID, "missing-input", right(with), "name", finding.Names(lost...), "value", strconv.Quote(nothing))
		}
	}
}

// otherDigests hash the right text, or none, in another way.
func (c *collector) otherDigests(r Request, text string) {
	md, sha := md5.Sum([]byte(text)), sha256.Sum256([]byte(text)) // mistakes to recognise
	c.add("V45", "md5", hex.EncodeToString(md[:]))
	c.add("V45", "sha256", hex.EncodeToString(sha[:]))
	c.add("V45", "empty-text", sha1Hex(nil))
	c.add("V45", "hashed-twice", sha1Hex([]byte(sha1Hex([]byte(text)))))
	withoutToken := r.values()[1:]
	slices.Sort(withoutToken)
	for _, signed := range []string{strings.Join(withoutToken, ""), text} {
		mac := hmac.New(sha1.New, []byte(r.Token))
		mac.Write([]byte(signed))
		c.add("V45", "hmac", hex.EncodeToString(mac.Sum(nil)))
	}
	var little, big []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		little = append(little, byte(unit), byte(unit>>8))
		big = append(big, byte(unit>>8), byte(unit))
	}
	c.add("V45", "utf16", sha1Hex(little))                             // .NET's Encoding.Unicode
	c.add("V45", "utf16", sha1Hex(append([]byte{0xFE, 0xFF}, big...))) // Java's "UTF-16"
}

// spellings write the right digest in another way than hex in lower case.
func (c *collector) spellings(sum [sha1.Size]byte) {
	digits := hex.EncodeToString(sum[:])
	unpadded, signed, dashed := "", "", ""
	for i, b := range sum {
		unpadded += strconv.FormatUint(uint64(b), 16)
		signed += strconv.FormatUint(uint64(uint32(int32(int8(b)))), 16) // Java's bytes have a sign
		if i > 0 {
			dashed += "-"
		}
		dashed += fmt.Sprintf("%02X", b)
	}
	// With these two, a digest without such a zero is right.
	c.add("V45", "no-leading-zero", strings.TrimLeft(digits, "0"))
	c.add("V45", "no-padding", unpadded)
	c.add("V45", "sign-extended", signed)
	c.add("V45", "base64", base64.StdEncoding.EncodeToString(sum[:]))
	c.add("V45", "dashes", dashed)
}

func (c *collector) upperHex(r Request) {
	c.add("V45", "upper-hex", strings.ToUpper(right(r)))
}

// Zeros reports whether the mistake is to drop zeros of the hex text: a server
// that makes it accepts signatures without such zeros.
func (m Mistake) Zeros() bool {
	return m.ID == "V45" && (m.Variant == "no-leading-zero" || m.Variant == "no-padding")
}

// values are those that belong in the hash, in the order of the samples.
func (r Request) values() []string {
	v := []string{r.Token, r.Timestamp, r.Nonce}
	if r.Encrypt != "" {
		v = append(v, r.Encrypt)
	}
	return v
}

// addNumeric adds a numeric order once, whoever sorts that way.
func (c *collector) addNumeric(r Request, order []string) {
	sum := hashJoined(order)
	if !slices.ContainsFunc(c.list, func(m Mistake) bool { return m.ID == "V18" && m.Signature == sum }) {
		c.add("V18", "numeric-sort", sum, "nonce", r.Nonce)
	}
}

// feedOrders are the orders in which samples put the values into the list
// that they sort.
func feedOrders(r Request) [][]string {
	t, ts, n := r.Token, r.Timestamp, r.Nonce
	if r.Encrypt == "" {
		return [][]string{{t, ts, n}, {ts, n, t}, {n, ts, t}}
	}
	e := r.Encrypt // comes first in the official crypto library's sample
	return [][]string{{e, t, ts, n}, {t, ts, n, e}, {ts, n, t, e}, {n, ts, t, e}}
}

// extraValues include further parameters of the URL in the hash: all of them,
// all of them with echostr, and each one alone.
func (c *collector) extraValues(r Request) {
	extra := r.Extra
	if len(extra) == 0 {
		return
	}
	add := func(params ...Param) {
		values, names := r.values(), make([]string, len(params))
		for i, p := range params {
			values = append(values, p.Value)
			names[i] = p.Name
		}
		c.add("V33", "query-in-hash", Sum(values...), "names", finding.Names(names...))
	}
	add(extra...)
	if r.Echostr != "" {
		add(append(slices.Clone(extra), Param{"echostr", r.Echostr})...)
	}
	if len(extra) > 1 {
		const most = 8 // a URL may have any number of them, and a prober sends each
		for _, p := range extra[:min(len(extra), most)] {
			add(p)
		}
	}
}

// fixedOrders joins the values unsorted.
func (c *collector) fixedOrders(r Request) {
	names := [3]string{"token", "timestamp", "nonce"}
	values := [3]string{r.Token, r.Timestamp, r.Nonce}
	for _, p := range [6][3]int{{0, 1, 2}, {1, 2, 0}, {0, 2, 1}, {1, 0, 2}, {2, 1, 0}, {2, 0, 1}} {
		order := []string{names[p[0]], names[p[1]], names[p[2]]}
		joined := []string{values[p[0]], values[p[1]], values[p[2]]}
		if r.Encrypt != "" {
			order, joined = append(order, "encrypt"), append(joined, r.Encrypt)
		}
		c.add("V36", "fixed-order", hashJoined(joined), "order", finding.Names(order...))
	}
}

// alteredID is the catalogue's id of values that changed before the hash.
const alteredID = "V49"

// alteredInputs change one value before it is hashed. They need a value that
// WeChat does not send, so they explain a signature but cannot be probes.
func (c *collector) alteredInputs(r Request) {
	add := func(variant string, field *string, value string, pairs ...any) {
		if old := *field; value != old {
			*field = value // of our own copy of r
			c.add(alteredID, variant, right(r), pairs...)
			*field = old
		}
	}
	add("milliseconds", &r.Timestamp, otherUnit(r.Timestamp))
	for _, in := range []struct {
		name  string
		field *string
	}{{"timestamp", &r.Timestamp}, {"nonce", &r.Nonce}, {"encrypt", &r.Encrypt}} {
		v := *in.field
		add("trimmed-input", in.field, strings.TrimSpace(v), "name", in.name)
		add("plus-as-space", in.field, strings.ReplaceAll(v, "+", " "), "name", in.name)
		if twice, err := url.QueryUnescape(v); err == nil {
			add("decoded-twice", in.field, twice, "name", in.name)
		}
		add("not-decoded", in.field, url.QueryEscape(v), "name", in.name)
	}
}

// otherUnit turns seconds into milliseconds and milliseconds into seconds;
// other text stays as it is.
func otherUnit(timestamp string) string {
	switch {
	case strings.Trim(timestamp, "0123456789") != "":
	case len(timestamp) == 10:
		return timestamp + "000"
	case len(timestamp) == 13:
		return timestamp[:10]
	}
	return timestamp
}
