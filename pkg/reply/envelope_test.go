package reply

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/signature"
)

const (
	token  = "wxdevtoken"
	aesKey = "wxdevwxdevwxdevwxdevwxdevwxdevwxdevwxdevwxd"
	appid  = "wx0123456789abcdef"
)

// encrypted is a push in the mode.
func encrypted(t testing.TB, mode msgcrypt.Mode) Asked {
	t.Helper()
	key, err := msgcrypt.ParseKey(aesKey)
	if err != nil {
		t.Fatal(err)
	}
	return Asked{
		Message: sample(t, "text"), Mode: mode, Token: token, Codec: msgcrypt.New(key, appid),
		Timestamp: "1700000002", Nonce: "34",
	}
}

// envelope signs what is encrypted.
func envelope(encrypt, timestamp, nonce string) *msgcrypt.Reply {
	return msgcrypt.NewReply(token, timestamp, nonce, encrypt)
}

func inXML(r *msgcrypt.Reply) string { return string(r.Body()) }

func inJSON(r *msgcrypt.Reply) string {
	r.Format = msgcrypt.JSON
	return string(r.Body())
}

// seal encrypts bytes as they are.
func seal(t testing.TB, plain []byte) string {
	t.Helper()
	raw, err := base64.RawStdEncoding.DecodeString(aesKey)
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]byte, len(plain))
	cipher.NewCBCEncrypter(block, raw[:16]).CryptBlocks(out, plain)
	return base64.StdEncoding.EncodeToString(out)
}

func padded(b []byte, size int) []byte {
	n := size - len(b)%size
	return append(b, slices.Repeat([]byte{byte(n)}, n)...)
}

// envelopeCase is an answer to a push in safe mode.
type envelopeCase struct {
	body string
	ids  string
	seen Seen
}

// envelopeCases are one for each way to get an encrypted reply wrong, and the
// right ones.
func envelopeCases(t testing.TB) map[string]envelopeCase {
	const now = "1700000001"
	asked := encrypted(t, msgcrypt.Safe)
	plain := reply("text", hello)
	for len(plain)%32 != 1 { // 16 + 4 + 18 more are 7 more than a block of 32, so that padding to 16 shows
		plain = strings.Replace(plain, "hi", "hii", 1)
	}
	random, size := []byte("0123456789abcdef"), len(plain)
	order := func(o binary.AppendByteOrder) []byte { return o.AppendUint32(nil, uint32(size)) }
	build := func(pad int, parts ...[]byte) string { return seal(t, padded(slices.Concat(parts...), pad)) }
	good := build(32, random, order(binary.BigEndian), []byte(plain), []byte(appid))
	lines := func(end string) string { // as MIME encoders write them
		var b strings.Builder
		for i := 0; i < len(good); i += 76 {
			b.WriteString(good[i:min(i+76, len(good))] + end)
		}
		return b.String()
	}
	own := func(encrypt string) string { return inXML(envelope(encrypt, now, "12")) }
	inner := func(body string) string {
		e, err := asked.Codec.EncryptWith([16]byte(random), []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		return own(e)
	}
	signed := func(timestamp, sum string) string {
		r := envelope(good, timestamp, "12")
		r.MsgSignature = sum
		return inXML(r)
	}
	full := slices.Concat(random, order(binary.BigEndian), []byte(plain), []byte(appid))
	for len(full)%32 != 0 { // blanks behind the XML fill the last block
		size++
		full = slices.Concat(random, binary.BigEndian.AppendUint32(nil, uint32(size)), []byte(plain), bytes.Repeat([]byte(" "), size-len(plain)), []byte(appid))
	}
	size = len(plain)
	return map[string]envelopeCase{
		"right":               {own(good), "", "reply"},
		"the request's nonce": {inXML(envelope(good, now, asked.Nonce)), "", "reply"},
		"both the request's":  {inXML(envelope(good, asked.Timestamp, asked.Nonce)), "", "reply"},
		"success":             {"success", "", "nothing"},
		"a notice before":     {"<br />\n<b>Notice</b>:  Undefined variable\n" + own(good), "M10 before", "fault"},
		"a BOM before":        {"\ufeff" + own(good), "M10 bom", "fault"},
		"a toolbar after":     {own(good) + "<script></script>", "M10 after", "fault"},
		"JSON":                {inJSON(envelope(good, now, "12")), "M12 json-reply", "fault"},
		"encrypted success":   {inner("success"), "M06 encrypted", "nothing"},
		"encrypted nothing":   {inner(""), "M06 encrypted", "nothing"},
		"line breaks":         {own(lines("\n")), "M03 line-breaks", "fault"},
		"CRLF":                {own(lines("\r\n")), "M03 line-breaks", "fault"},
		"one at the end":      {own(good + "\n"), "M03 line-breaks", "fault"},
		"padded to 16":        {own(build(16, random, order(binary.BigEndian), []byte(plain), []byte(appid))), "M03 padding", "reply"},
		"little-endian":       {own(build(32, random, order(binary.LittleEndian), []byte(plain), []byte(appid))), "M03 little-endian", "fault"},
		"no random":           {own(build(32, order(binary.BigEndian), []byte(plain), []byte(appid))), "M03 no-random", "fault"},
		"no padding":          {own(seal(t, full)), "M03 no-padding", "fault"},
		"characters": {
			own(build(32, random, binary.BigEndian.AppendUint32(nil, uint32(size-4)), []byte(plain), []byte(appid))),
			"M25 length", "fault",
		},
		"noise":                   {own(build(32, slices.Repeat([]byte{0xEE}, 60))), "M03 undecryptable", "fault"},
		"cut":                     {own(good[:128]), "M03 undecryptable", "fault"},
		"other AppID":             {own(build(32, random, order(binary.BigEndian), []byte(plain), []byte("wxffffffffffffffff"))), "M22 reply-appid", "fault"},
		"twice":                   {inner(own(good)), "M03 double", "fault"},
		"request time":            {signed("1700000000", signature.Message(token, asked.Timestamp, asked.Nonce, good)), "M03 request-time", "fault"},
		"request time, own nonce": {signed("1700000000", signature.Message(token, asked.Timestamp, "12", good)), "M03 request-time", "fault"},
		"other signature":         {signed(now, strings.Repeat("0", 40)), "M03 signature", "fault"},
		"no nonce":                {strings.NewReplacer("<Nonce>", "<N>", "</Nonce>", "</N>").Replace(own(good)), "M03 envelope", "fault"},
		"cut envelope":            {own(good)[:60], "M12 truncated", "fault"},
		"plain":                   {plain, "M03 plaintext", "fault"},
	}
}

func idsOf(found []finding.Finding) string {
	var all []string
	for _, f := range found {
		all = append(all, f.ID+" "+f.Variant)
	}
	return strings.Join(all, ", ")
}

func TestEnvelopes(t *testing.T) {
	asked := encrypted(t, msgcrypt.Safe)
	for name, c := range envelopeCases(t) {
		j := Judge([]byte(c.body), asked)
		if v := Show(asked.Message, j.Reply, j.Findings); idsOf(j.Findings) != c.ids || v.Seen != c.seen {
			t.Errorf("%s: seen %s: %s\n%v", name, v.Seen, idsOf(j.Findings), j.Findings)
		}
	}
}

// TestEnvelopeByMode: an envelope is opened in the modes that have one, with
// what is there to open it.
func TestEnvelopeByMode(t *testing.T) {
	right := []byte(envelopeCases(t)["right"].body)
	j := Judge(right, encrypted(t, msgcrypt.Compat))
	if len(j.Findings) > 0 || j.Envelope == nil || j.Reply.Type != "text" || !strings.HasPrefix(string(j.Plain), "<xml><ToUserName>") {
		t.Errorf("compat: %s, %+v, %q", idsOf(j.Findings), j.Reply, j.Plain)
	}
	j = Judge(right, encrypted(t, msgcrypt.Plain))
	if idsOf(j.Findings) != "M03 unasked" || j.Envelope != nil || j.Reply.Type != TypeEncrypted {
		t.Errorf("plain: %s, %+v", idsOf(j.Findings), j.Reply)
	}
	asked := encrypted(t, msgcrypt.Compat)
	asked.Codec = nil
	if j = Judge(right, asked); len(j.Findings) > 0 || j.Envelope == nil || j.Reply.Type != TypeEncrypted {
		t.Errorf("without a key: %s, %+v", idsOf(j.Findings), j.Reply)
	}
	if j = Judge(right, Asked{Message: asked.Message}); len(j.Findings) > 0 || j.Envelope != nil || j.Reply.Type != TypeEncrypted {
		t.Errorf("without a token: %s, %+v", idsOf(j.Findings), j.Reply)
	}
}

// TestEnvelopeElements: what is wrong with the elements of an envelope, in both
// formats.
func TestEnvelopeElements(t *testing.T) {
	asked := encrypted(t, msgcrypt.Safe)
	asked.Message.Format = msgcrypt.JSON
	for body, want := range map[string]string{
		"<xml><Encrypt>x</Encrypt><Encrypt>y</Encrypt></xml>": "the reply has Encrypt twice",
		"<xml><Encrypt><a/></Encrypt></xml>":                  "Encrypt of the reply is not text",
		"<xml><Encrypt> </Encrypt></xml>":                     "Encrypt of the reply is empty",
		`{"Encrypt":["x"]}`:                                   "Encrypt of the reply is not text",
		`{"Encrypt":true}`:                                    "Encrypt of the reply is not text",
		`{"Encrypt":-12}`:                                     "Encrypt of the reply is a number",
		`{"Encrypt":"x","MsgSignature":{"a":1}}`:              "MsgSignature of the reply is not text",
	} {
		j := Judge([]byte(body), asked)
		i := slices.IndexFunc(j.Findings, func(f finding.Finding) bool { return f.Variant == "envelope" })
		if i < 0 || j.Reply != nil || j.Envelope != nil {
			t.Errorf("%s: %s", body, idsOf(j.Findings))
			continue
		}
		if got := evidence(j.Findings[i], finding.English); !strings.HasSuffix(got, want) {
			t.Errorf("%s: %q", body, got)
		}
	}
}
