package verify_test

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/verify"
)

// numbered is a bot that answers each text with a number of its own, unless
// key finds the answer to an earlier one. Keys of one kept forget the others.
func numbered(kept int, key func(in *message.Message) string, answer func(in *message.Message, n int) string) func(*message.Message) string {
	var mu sync.Mutex
	var keys, answers []string
	n := 0
	return func(in *message.Message) string {
		if in.Label().In(finding.English) != "text" {
			return "success"
		}
		mu.Lock()
		defer mu.Unlock()
		k := key(in)
		if i := slices.Index(keys, k); i >= 0 {
			return answers[i]
		}
		n++
		keys, answers = append(keys, k), append(answers, answer(in, n))
		if len(keys) > kept {
			keys, answers = keys[1:], answers[1:]
		}
		return answers[len(answers)-1]
	}
}

func byNumber2(in *message.Message, n int) string {
	return xmlReply(reply.Text(in, time.Now(), fmt.Sprintf("answer %d", n)))
}

func echo(in *message.Message, _ int) string { return repeatText(in) }

// seenOnce answers a text whose key was not there before, and is silent else.
func seenOnce(key func(in *message.Message) string) func(*message.Message) string {
	var mu sync.Mutex
	seen := map[string]string{} // the MsgId that had the key first
	return func(in *message.Message) string {
		if in.Label().In(finding.English) != "text" {
			return "success"
		}
		mu.Lock()
		defer mu.Unlock()
		k, id := key(in), in.Get("FromUserName")+in.Get("MsgId")
		if seen[k] != "" && seen[k] != id {
			return "success"
		}
		seen[k] = id
		return repeatText(in)
	}
}

// onceToEach answers the first message of each user, and is silent else.
func onceToEach(answer func(*message.Message) string) func(*message.Message) string {
	return remembers(field("FromUserName"), answer)
}

// seenIDs is onceToEach mended: it remembers messages, not users.
func seenIDs(answer func(*message.Message) string) func(*message.Message) string {
	return remembers(field("FromUserName", "MsgId", "CreateTime", "Event", "EventKey"), answer)
}

// remembers is silent to what has a key that was there before.
func remembers(key, answer func(*message.Message) string) func(*message.Message) string {
	var seen sync.Map
	return func(in *message.Message) string {
		if _, before := seen.LoadOrStore(key(in), true); before {
			return "success"
		}
		return answer(in)
	}
}

func hello(in *message.Message) string { return xmlReply(reply.Text(in, time.Now(), "hello")) }

// onlyLast is silent to a message that was the last one already.
func onlyLast(answer func(*message.Message) string) func(*message.Message) string {
	var last atomic.Value
	key := field("FromUserName", "MsgId", "CreateTime", "Event", "EventKey")
	return func(in *message.Message) string {
		if last.Swap(key(in)) == any(key(in)) {
			return "success"
		}
		return answer(in)
	}
}

// welcome greets a user at the first message, and then says something else.
func welcome() func(*message.Message) string {
	var first sync.Map
	key := field("FromUserName", "MsgId", "CreateTime", "Event", "EventKey")
	return func(in *message.Message) string {
		said := "what can I do for you?"
		if id, _ := first.LoadOrStore(in.Get("FromUserName"), key(in)); id == key(in) {
			said = "welcome"
		}
		return xmlReply(reply.Text(in, time.Now(), said))
	}
}

// shared keeps the message in a field while it works.
func shared(work time.Duration, answer func(own, current *message.Message) string) func(*message.Message) string {
	var mu sync.Mutex
	var current *message.Message
	return func(in *message.Message) string {
		mu.Lock()
		current = in
		mu.Unlock()
		time.Sleep(work)
		mu.Lock()
		defer mu.Unlock()
		return answer(in, current)
	}
}

func field(names ...string) func(*message.Message) string {
	return func(in *message.Message) string {
		var s string
		for _, n := range names {
			s += in.Get(n) + "|"
		}
		return s
	}
}

// rounded is a MsgId as a program keeps it that loses digits.
func rounded(lose func(int64) string) func(*message.Message) string {
	return func(in *message.Message) string {
		id, _ := in.Int("MsgId")
		return lose(id)
	}
}

// TestKeptApart: what a server remembers of one message is not the answer to
// another.
func TestKeptApart(t *testing.T) {
	const all = 1 << 20
	words := func(own, current *message.Message) string {
		if own.Get("Content") == "" || current.Get("Content") == "" {
			return "success"
		}
		said := own.Clone()
		_ = said.Set("Content", current.Get("Content"))
		return repeatText(said)
	}
	for name, c := range map[string]struct {
		want   string // empty is nothing
		answer func(*message.Message) string
	}{
		"finished replies by text":  {"M14 by-text", numbered(all, field("Content"), echo)},
		"deduplicates by text":      {"M08 by-text", seenOnce(field("Content"))},
		"by user and text":          {"M08 text-again", seenOnce(field("FromUserName", "Content"))},
		"answers by user":           {"M08 by-user", numbered(all, field("FromUserName"), echo)},
		"the last id only":          {"M08 last-only", numbered(1, field("FromUserName", "MsgId"), byNumber2)},
		"ids in a double":           {"M26 taken-for-one", numbered(all, rounded(func(id int64) string { return fmt.Sprint(float64(id)) }), echo)},
		"ids in a double, silently": {"M26 taken-for-one", seenOnce(rounded(func(id int64) string { return fmt.Sprint(float64(id)) }))},
		"ids cut, numbered":         {"M26 taken-for-one", numbered(all, rounded(func(id int64) string { return fmt.Sprint(id / 1000) }), byNumber2)},
		"ids cut, silently":         {"M26 taken-for-one", seenOnce(rounded(func(id int64) string { return fmt.Sprint(id / 1000) }))},
		"ids cut, constant":         {"M26 taken-for-one", remembers(rounded(func(id int64) string { return fmt.Sprint(id / 1000) }), hello)},
		"the last digits of ids":    {"M26 taken-for-one", seenOnce(rounded(func(id int64) string { return fmt.Sprint(id % 1000) }))},
		"ids in 32 bits":            {"M26 taken-for-one", numbered(all, rounded(func(id int64) string { return strconv.Itoa(int(int32(id))) }), echo)},
		"silent to the last id":     {"M08 last-id", onlyLast(repeatText)},
		"constant, the last id":     {"M08 last-id", onlyLast(hello)},
		"silent after the first":    {"M08 once-per-user", onceToEach(repeatText)},
		"greets, silent after":      {"M08 welcomes-once", onceToEach(hello)},
		"a shared message":          {"M14 at-once", shared(30*time.Millisecond, func(_, current *message.Message) string { return repeatText(current) })},
		"a shared text":             {"M14 answers-mixed", shared(30*time.Millisecond, words)},

		"by id":             {"", numbered(all, field("FromUserName", "MsgId", "CreateTime", "Event", "EventKey"), byNumber2)},
		"by id, echoing":    {"", numbered(all, field("MsgId"), echo)},
		"slow":              {"", shared(30*time.Millisecond, func(own, _ *message.Message) string { return repeatText(own) })},
		"the same to all":   {"", hello},
		"silent to repeats": {"", seenIDs(hello)},
		"welcomes at first": {"", welcome()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := run(t, messageOptions(t, handler(&bot{answer: c.answer})(t), "plain"))
			if got := strings.Join(serious(r), ", "); got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
			describable(t, r)
			inChinese(t, r)
		})
	}
}

// TestOnceInJSON: the same of a server of a mini program, whose replies say
// nothing.
func TestOnceInJSON(t *testing.T) {
	for want, remember := range map[string]func(func(*message.Message) string) func(*message.Message) string{
		"M08 welcomes-once": onceToEach,
		"M08 last-id":       onlyLast,
		"M26 taken-for-one": func(answer func(*message.Message) string) func(*message.Message) string {
			return remembers(rounded(func(id int64) string { return fmt.Sprint(id / 1000) }), answer)
		},
		"": seenIDs,
	} {
		o := messageOptions(t, handler(&bot{answer: remember(func(in *message.Message) string {
			return xmlReply(reply.Transfer(in, time.Now(), ""))
		})})(t), "plain")
		o.Format = string(msgcrypt.JSON)
		if got := strings.Join(serious(run(t, o)), ", "); got != want {
			t.Errorf("found %q, want %q", got, want)
		}
	}
}

// TestPaddings: each length of padding is tried, both ways.
func TestPaddings(t *testing.T) {
	codec := newCodec(t, appID)
	key, err := msgcrypt.ParseKey("wxdevwxdevwxdevwxdevwxdevwxdevwxdevwxdevwxd")
	if err != nil {
		t.Fatal(err)
	}
	refuses := func(pads ...int) func(url.Values, string) bool {
		return func(q url.Values, encrypt string) bool {
			p, err := key.Decrypt(encrypt)
			return err == nil && rightMessage(q, encrypt) && !slices.Contains(pads, p.Pad)
		}
	}
	// An error that is caught, and answered with success.
	swallows := func(pads ...int) func(http.ResponseWriter, *message.Message) bool {
		return func(w http.ResponseWriter, in *message.Message) bool {
			plain, _ := in.Append(nil)
			pad := 32 - (20+len(plain)+len(appID))%32
			if slices.Contains(pads, pad) {
				io.WriteString(w, "success")
			}
			return slices.Contains(pads, pad)
		}
	}
	someTexts := func(in *message.Message) string { // a bot that has nothing to say to some
		if strings.HasPrefix(in.Get("Content"), "wxdev verify padding ....") {
			return "success"
		}
		return repeatText(in)
	}
	for name, c := range map[string]struct {
		want string
		bot  *bot
		seen string // how many lengths of replies were
	}{
		"right":             {"", &bot{}, "32"},
		"the same to all":   {"", &bot{answer: func(in *message.Message) string { return xmlReply(reply.Text(in, time.Now(), "hello")) }}, "1"},
		"a pad of 32":       {"M31 lengths", &bot{check: refuses(32)}, ""},
		"one and seventeen": {"M31 lengths", &bot{check: refuses(1, 17)}, ""},
		"32 is swallowed":   {"M31 lengths-silent", &bot{before: swallows(32)}, ""},
		"three swallowed":   {"M31 lengths-silent", &bot{before: swallows(1, 2, 32)}, ""},
		"answers some":      {"", &bot{answer: someTexts}, ""},
		"no pad, in reply":  {"M03 no-padding", &bot{seal: unpaddedSeal}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.bot.safe, c.bot.codec = true, codec
			r := run(t, messageOptions(t, handler(c.bot)(t), "safe"))
			if got := strings.Join(serious(r), ", "); got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
			for _, k := range r.Checks {
				if k.Name == verify.Padding && c.seen != "" && k.Facts.Text(finding.English, "count") != c.seen {
					t.Errorf("saw replies of %s lengths", k.Facts.Text(finding.English, "count"))
				}
			}
			describable(t, r)
			inChinese(t, r)
		})
	}
}

// unpaddedSeal adds no padding where the last block is full.
func unpaddedSeal(c *msgcrypt.Codec, q url.Values, body string) string {
	text := strings.Repeat("r", 16) + string(binary.BigEndian.AppendUint32(nil, uint32(len(body)))) + body + appID
	if len(text)%32 != 0 {
		return rightSeal(c, q, body)
	}
	key, _ := base64.StdEncoding.DecodeString("wxdevwxdevwxdevwxdevwxdevwxdevwxdevwxdevwxd=")
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	sealed := make([]byte, len(text))
	cipher.NewCBCEncrypter(block, key[:16]).CryptBlocks(sealed, []byte(text))
	return string(msgcrypt.NewReply(token, q.Get("timestamp"), q.Get("nonce"), base64.StdEncoding.EncodeToString(sealed)).Body())
}
