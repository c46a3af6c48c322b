package reply

import "testing"

func BenchmarkJudge(b *testing.B) {
	in, body := sample(b, "text"), []byte(reply("text", hello))
	b.ReportAllocs()
	for b.Loop() {
		if _, found := judge(body, in); len(found) > 0 {
			b.Fatal(found)
		}
	}
}
