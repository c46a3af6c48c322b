package tomldoc

import (
	"os"
	"testing"

	"github.com/pelletier/go-toml/v2"
)

// BenchmarkParse is to be compared with BenchmarkUnmarshal, which has no
// places.
func BenchmarkParse(b *testing.B) {
	text := New("f", scenarioFile(b))
	b.ReportAllocs()
	b.SetBytes(int64(len(text.Data)))
	for b.Loop() {
		if _, err := text.Parse(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkUnmarshal(b *testing.B) {
	data := scenarioFile(b)
	b.ReportAllocs()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		var all map[string]any
		if err := toml.Unmarshal(data, &all); err != nil {
			b.Fatal(err)
		}
	}
}

func scenarioFile(b *testing.B) []byte {
	data, err := os.ReadFile("../../examples/scenarios/queue.toml")
	if err != nil {
		b.Fatal(err)
	}
	return data
}
