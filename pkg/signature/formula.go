package signature

import (
	"crypto/md5" // a mistake to recognise
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strconv"
	"strings"
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
	// Of a sort that left the values as they were fed in it is likelier that
	// there was none, so it comes behind the fixed orders.
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
	md, sha := md5.Sum([]byte(text)), sha256.Sum256([]byte(text)) // a mistake to recognise
	c.add("V45", "md5", hex.EncodeToString(md[:]))
	c.add("V45", "sha256", hex.EncodeToString(sha[:]))
}

func (c *collector) upperHex(r Request) {
	c.add("V45", "upper-hex", strings.ToUpper(right(r)))
}

// values are those that belong into the hash, in the order of the samples.
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
	e := r.Encrypt // stands first in the official sample of the crypto library
	return [][]string{{e, t, ts, n}, {t, ts, n, e}, {ts, n, t, e}, {n, ts, t, e}}
}

// extraValues takes further parameters of the URL into the hash: all of them,
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
		c.add("V33", "query-in-hash", Sum(values...), "names", strings.Join(names, ", "))
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
		order := names[p[0]] + ", " + names[p[1]] + ", " + names[p[2]]
		joined := []string{values[p[0]], values[p[1]], values[p[2]]}
		if r.Encrypt != "" {
			order, joined = order+", encrypt", append(joined, r.Encrypt)
		}
		c.add("V36", "fixed-order", hashJoined(joined), "order", order)
	}
}

// alteredID is the catalogue's id of values that changed before the hash.
const alteredID = "V49"

// alteredInputs change one value before it is hashed. They need a value that
// WeChat does not send, so they explain a signature and are no probes.
func (c *collector) alteredInputs(r Request) {
	add := func(variant string, field *string, value string, pairs ...string) {
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
