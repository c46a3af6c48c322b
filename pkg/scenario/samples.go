package scenario

// Sample is a file that explains all of what can be written, most of it
// commented out. say has its words in a reader's language, by the part that they
// explain.
func Sample(say func(part string) string) *File {
	step := func(above string, keys ...Line) Block {
		b := Block{Keys: keys, Off: true}
		if above != "" {
			b.Above = say(above)
		}
		return b
	}
	off := func(key, value string) Line {
		return Line{Key: key, Value: value, Remark: say(key), Off: true}
	}
	return &File{
		Head: say("head"),
		Settings: Table{
			off("name", "greeting"), off("from", "alice"), off("mode", "safe"), off("format", "json"), off("timeout", "5s"),
			{Key: "fresh", Value: false, Remark: say("fresh"), Off: true},
		},
		Steps: []Block{
			{Above: say("step"), Keys: Table{text("send", "text"), text("value", "你好")}},
			step("",
				text("name", say("greeting")), text("send", "text"), text("value", "你好"),
				table("expect", text("text", "你好，有什么可以帮您？"), text("under", "500ms"))),
			step("",
				text("send", "subscribe"),
				table("expect",
					Line{Key: "type", Value: "text", Remark: say("type")},
					Line{Key: "match", Value: Pattern("^欢迎"), Remark: say("match")},
					Line{Key: "contains", Value: []string{"菜单", "帮助"}},
					text("not_contains", "error"),
					Line{Key: "no_findings", Value: "warning", Remark: say("no_findings")})),
			step("capture",
				text("send", "text"), text("value", "取号"),
				table("capture", Line{Key: "number", Value: Pattern(`号码是 (\d+)`)})),
			step("",
				text("from", "bob"), text("send", "text"), text("value", "查询 {{number}}"),
				table("expect", text("contains", "{{number}}"))),
			step("event",
				text("send", "click"), text("value", "MENU_HELP"), table("set", text("CreateTime", "1700000000")),
				table("expect", text("type", "success"))),
			step("",
				text("send", "text"), text("value", "帮助"),
				table("expect", Line{Key: "articles", Value: 1}, table("fields", text("Articles.item[1].Title", "帮助")))),
			step("again",
				text("send", "text"), text("value", "下单"),
				Line{Key: "duplicate", Value: 1}, Line{Key: "retry", Value: 1}, Line{Key: "repeat", Value: 3}),
		},
	}
}

// SampleLater is a file for a bot whose answer comes later, as a
// customer-service message. say is as for [Sample].
func SampleLater(say func(part string) string) *File {
	said := func(part, key string, value any) Line {
		return Line{Above: say(part), Key: key, Value: value, Off: true}
	}
	off := func(key string, value any) Line { return Line{Key: key, Value: value, Off: true} }
	expect := table("expect", text("type", typeNothing), text("under", "2s"))
	expect.Remark = say("expect")
	return &File{
		Head: say("head"),
		Steps: []Block{
			{Keys: Table{
				text("send", "text"), text("value", "你好"), expect,
				table("later",
					Line{Key: "type", Value: "text", Remark: say("type")},
					Line{Key: "under", Value: "20s", Remark: say("under")},
					Line{Key: "times", Value: 1, Remark: say("times")},
					said("words", "contains", []string{"你好"}),
					off("not_contains", []string{"Error", "Traceback", "```"}),
					off("match", Pattern("^.{1,600}$")),
					off("text", "你好，有什么可以帮您？"),
					said("capture", "capture", Table{{Key: "number", Value: Pattern(`(\d+)`)}})),
			}},
			{Above: say("never"), Off: true, Keys: Table{
				text("send", "unsubscribe"), table("later", Line{Key: "times", Value: 0}, text("under", "3s")),
			}},
		},
	}
}

func text(key, value string) Line { return Line{Key: key, Value: value} }

func table(key string, t ...Line) Line { return Line{Key: key, Value: Table(t)} }
