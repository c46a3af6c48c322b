package message

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

var seenForm = regexp.MustCompile(`^\d{4}-\d\d-\d\d (?:https://\S+|[\w.-]+/[\w.-]+ \S+)$`)

func TestTypesAreComplete(t *testing.T) {
	name := regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	seen := map[string]bool{}
	for _, typ := range Types() {
		for _, n := range append([]string{typ.Name}, typ.Aliases...) {
			if !name.MatchString(n) || seen[n] {
				t.Errorf("%s: the name %q is taken or no name", typ.Name, n)
			}
			seen[n] = true
		}
		if typ.Group == "" || !slices.Contains([]Source{Observed, Documented, SDK}, typ.Source) {
			t.Errorf("%s: group %q, source %q", typ.Name, typ.Group, typ.Source)
		}
		if (typ.MsgType == "") == (typ.InfoType == "") || (typ.MsgType == "event" || typ.MsgType == "device_event") != (typ.Event != "") {
			t.Errorf("%s: MsgType %q, Event %q, InfoType %q", typ.Name, typ.MsgType, typ.Event, typ.InfoType)
		}
		if typ.Seen != "" && !seenForm.MatchString(typ.Seen) {
			t.Errorf("%s: seen in %q: write the day, and a page or a repository and a path in it", typ.Name, typ.Seen)
		}
		han := func(s string) bool {
			return slices.ContainsFunc([]rune(s), func(r rune) bool { return unicode.Is(unicode.Han, r) })
		}
		if typ.Title(finding.English) == "" || han(typ.Title(finding.English)) || !han(typ.Title(finding.Chinese)) {
			t.Errorf("%s: titles %q, %q", typ.Name, typ.En, typ.Zh)
		}
	}
	if len(Types()) < 115 {
		t.Errorf("%d types", len(Types()))
	}
}

// docs/pushes.md has a row for each type whose shape was compared with one that
// was seen, and for no other.
func TestPushesDocs(t *testing.T) {
	row := regexp.MustCompile("(?m)^\\| `([a-z0-9_]+)` \\| .+ \\| (.+) \\| (\\d{4}-\\d\\d-\\d\\d) \\|$")
	var want []string
	for _, typ := range Types() {
		if typ.Seen != "" {
			want = append(want, typ.Name+": "+typ.Seen)
		}
	}
	for _, file := range []string{"pushes.md", "pushes.zh-CN.md"} {
		text, err := os.ReadFile(filepath.Join("../../docs", file))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range row.FindAllStringSubmatch(string(text), -1) {
			got = append(got, m[1]+": "+m[3]+" "+strings.Trim(strings.ReplaceAll(m[2], "` `", " "), "`<>"))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: the rows are\n%s\nand should be\n%s", file, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// Whatever is written must be read as what it is, in both formats.
func TestEveryTypeIsRecognised(t *testing.T) {
	for _, typ := range Types() {
		for _, format := range []msgcrypt.Format{msgcrypt.XML, msgcrypt.JSON} {
			m := typ.New(user, account, then, firstID)
			m.Format = format
			body, err := m.Append(nil)
			if err != nil {
				t.Errorf("%s: %v", typ.Name, err)
				continue
			}
			got, err := Parse(body)
			if err != nil {
				t.Errorf("%s: %v", typ.Name, err)
				continue
			}
			if got.Type() != typ && !(format == msgcrypt.JSON && typ.Group == "subscription") {
				t.Errorf("%s in %s is taken for %v", typ.Name, format, got.Type())
			}
			for _, f := range typ.Fields() {
				if f.Sample != "" && f.Sample[0] == '{' && len(got.All(f.Path)) > 0 && got.Get(f.Path) == f.Sample {
					t.Errorf("%s: %s was not filled in", typ.Name, f.Path)
				}
			}
			if again, err := got.Append(nil); err != nil || string(again) != string(body) {
				t.Errorf("%s: got %s, %v", typ.Name, again, err)
			}
		}
	}
}

func TestFlagsSetTheirFields(t *testing.T) {
	for _, typ := range Types() {
		for _, flag := range typ.Flags {
			m := typ.New(user, account, then, firstID)
			n := len(m.Fields)
			if err := flag.Set(m, "42"); err != nil {
				t.Errorf("%s --%s: %v", typ.Name, flag.Name, err)
				continue
			}
			if m.Get(flag.Path) != flag.Prefix+"42" {
				t.Errorf("%s --%s: got %q", typ.Name, flag.Name, m.Get(flag.Path))
			}
			spec := slices.IndexFunc(typ.Fields(), func(f FieldSpec) bool { return f.Flag == flag.Name })
			if spec < 0 || (len(m.Fields) > n) != typ.Fields()[spec].Optional {
				t.Errorf("%s --%s: no field of the type has it", typ.Name, flag.Name)
			}
		}
	}
}

func TestLookupType(t *testing.T) {
	for name, want := range map[string]string{
		"text": "text", "TEXT": "text", "Scan": "scan", "location": "location", "Location": "location",
		"LOCATION": "report_location", "location-event": "report_location", "pic-weixin": "pic_weixin",
		"MASSSENDJOBFINISH": "mass_sent", "publishjobfinish": "published", "subscribe-qr": "subscribe_scene",
		"CLICK": "click", "user_enter_tempsession": "user_enter_tempsession",
	} {
		if got, ok := LookupType(name); !ok || got.Name != want {
			t.Errorf("%s: got %v", name, got)
		}
	}
	for _, name := range []string{"", "event", "txt", "text "} {
		if got, ok := LookupType(name); ok {
			t.Errorf("%q: got %s", name, got.Name)
		}
	}
}

func TestFieldsOfAType(t *testing.T) {
	typ, _ := LookupType("text")
	want := []FieldSpec{
		{Path: "ToUserName", Sample: "{to}"},
		{Path: "FromUserName", Sample: "{from}"},
		{Path: "CreateTime", Kind: Bare, Sample: "{now}"},
		{Path: "MsgType", Sample: "text"},
		{Path: "Content", Sample: "hello", Flag: "content"},
		{Path: "MsgId", Kind: Bare, Sample: "{id}"},
		{Path: "bizmsgmenuid", Kind: Bare, Sample: "101", Optional: true, Flag: "menu-id"},
	}
	if got := typ.Fields()[:len(want)]; !slices.Equal(got, want) {
		t.Errorf("got %+v", got)
	}
}

func TestUnknownTypeIsNil(t *testing.T) {
	for _, body := range []string{
		"<xml><MsgType>hologram</MsgType></xml>", "<xml></xml>",
		"<xml><MsgType>event</MsgType><Event>landed</Event></xml>", "<xml><InfoType>x</InfoType></xml>",
	} {
		m, err := Parse([]byte(body))
		if err != nil || m.Type() != nil {
			t.Errorf("%s: got %v, %v", body, m.Type(), err)
		}
	}
}

// What New fills in is a whole value: nothing of a placeholder is left in a message.
func TestPlaceholders(t *testing.T) {
	for _, typ := range Types() {
		body, err := typ.New("{to}", "{from}", then, firstID).AppendXML(nil)
		if err != nil {
			t.Fatal(typ.Name, err)
		}
		for _, left := range []string{"{now}", "{id}"} {
			if strings.Contains(string(body), left) {
				t.Errorf("%s: %s is left in %s", typ.Name, left, body)
			}
		}
		clear := typ.New(user, account, then, firstID)
		if body, _ = clear.AppendXML(nil); strings.Contains(string(body), "{from}") || strings.Contains(string(body), "{to}") {
			t.Errorf("%s: a placeholder is left in %s", typ.Name, body)
		}
	}
}
