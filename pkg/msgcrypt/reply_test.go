package msgcrypt_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

const replyXML = `<xml>
<Encrypt><![CDATA[QUJD+/==]]></Encrypt>
<MsgSignature><![CDATA[fac3c4cb46a3d53b29f16c0a7a4f9c0fd7d8f5c4]]></MsgSignature>
<TimeStamp>1700000002</TimeStamp>
<Nonce><![CDATA[123456789]]></Nonce>
</xml>`

func TestReplyWritesItself(t *testing.T) {
	r := msgcrypt.NewReply("wxdevtoken", "1700000002", "123456789", "QUJD+/==")
	if err := r.Verify("wxdevtoken"); err != nil {
		t.Errorf("its own signature: %v", err)
	}
	for _, format := range []msgcrypt.Format{msgcrypt.XML, msgcrypt.JSON} {
		r.Format = format
		got, err := msgcrypt.ParseReply(r.Body())
		if err != nil {
			t.Fatalf("%s: %v", r.Body(), err)
		}
		if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", r) {
			t.Errorf("%+v comes back as %+v", r, got)
		}
	}
	r.MsgSignature = "fac3c4cb46a3d53b29f16c0a7a4f9c0fd7d8f5c4"
	r.Format = msgcrypt.XML
	if got := string(r.Body()); got != replyXML {
		t.Errorf("XML = %s", got)
	}
}

// Values that no correct server writes must not break the body.
func TestReplyWithOddValues(t *testing.T) {
	for _, stamp := range []string{"", "0", "007", "now]]>", "1700000002000"} {
		r := msgcrypt.NewReply("t", stamp, "n\"]]>", "QUJD")
		for _, r.Format = range []msgcrypt.Format{msgcrypt.XML, msgcrypt.JSON} {
			body := r.Body()
			got, err := msgcrypt.ParseReply(body)
			if stamp == "" {
				if err == nil {
					t.Errorf("%s: an empty TimeStamp was taken", body)
				}
				continue
			}
			if err != nil || got.TimeStamp != stamp || got.Nonce != r.Nonce {
				t.Errorf("%s: %+v, %v", body, got, err)
			}
		}
	}
}

func TestReplyVerify(t *testing.T) {
	r := msgcrypt.NewReply("wxdevtoken", "1700000002", "123456789", "QUJD+/==")
	err := r.Verify("othertoken")
	var e *msgcrypt.Error
	if !errors.As(err, &e) || e.Class != msgcrypt.ClassSign || e.Got != r.MsgSignature || len(e.Want) != 40 {
		t.Fatalf("Verify = %+v", err)
	}
	if strings.Contains(err.Error(), e.Want) || strings.Contains(err.Error(), e.Got) {
		t.Errorf("a signature is in the text: %v", err)
	}
	r.MsgSignature = strings.ToUpper(r.MsgSignature)
	if err := r.Verify("wxdevtoken"); !errors.As(err, &e) || !strings.Contains(e.HintIn(finding.English), "lower-case") {
		t.Errorf("upper-case hex: %v", err)
	}
}

func TestParseReplyMissing(t *testing.T) {
	for _, name := range []string{"MsgSignature", "TimeStamp", "Nonce"} {
		body := strings.NewReplacer("<"+name+">", "<x>", "</"+name+">", "</x>").Replace(replyXML)
		if _, err := msgcrypt.ParseReply([]byte(body)); err == nil || err.Error() != "the reply has no "+name {
			t.Errorf("without %s: %v", name, err)
		}
	}
	wecom := `{"encrypt":"QUJD","msgsignature":"x","timestamp":1,"nonce":"1"}`
	_, err := msgcrypt.ParseReply([]byte(wecom))
	var e *msgcrypt.Error
	if !errors.As(err, &e) || !strings.Contains(e.HintIn(finding.English), "WeCom") || errors.Is(err, msgcrypt.ErrNoEncrypt) {
		t.Errorf("WeCom's names: %v", err)
	}
}

func TestParseReplyWarnings(t *testing.T) {
	edit := func(from, to string) string { return strings.Replace(replyXML, from, to, 1) }
	asJSON := `{"Encrypt":"QUJD","MsgSignature":"x","TimeStamp":%s,"Nonce":%s}`
	for _, test := range []struct{ name, body, want string }{
		{"none", replyXML, ""},
		{"none, JSON", fmt.Sprintf(asJSON, "1700000002", `"1"`), ""},
		{"milliseconds", edit("1700000002", "1700000002123"), "in milliseconds"},
		{"date", edit("1700000002", "2023-11-14"), "not a whole number"},
		{"blanks", edit("<![CDATA[123456789]]>", "\n<![CDATA[123456789]]>\n"), "white space around Nonce"},
		{"recipient", edit("<Encrypt>", "<ToUserName>x</ToUserName><Encrypt>"), "has ToUserName beside Encrypt"},
		{"stamp as string", fmt.Sprintf(asJSON, `"1700000002"`, `"1"`), "TimeStamp of the reply is a string"},
		{"nonce as number", fmt.Sprintf(asJSON, "1700000002", "1"), "Nonce of the reply is a number"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, err := msgcrypt.ParseReply([]byte(test.body))
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case test.want == "" && len(r.Warnings) > 0:
				t.Errorf("warnings of a right reply: %v", r.Warnings)
			case test.want != "" && (len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0].Error(), test.want)):
				t.Errorf("warnings %v, want %q", r.Warnings, test.want)
			}
		})
	}
}
