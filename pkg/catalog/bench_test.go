package catalog

import "testing"

// BenchmarkLookup looks up a finding that was read before, beside a map.
func BenchmarkLookup(b *testing.B) {
	b.Run("bare", func(b *testing.B) {
		all := map[string]*Entry{}
		for _, id := range IDs() {
			all[id], _ = Lookup(id)
		}
		b.ReportAllocs()
		for b.Loop() {
			if all["V18"] == nil {
				b.Fatal("there is no V18")
			}
		}
	})
	b.Run("wxdev", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, ok := Lookup("V18"); !ok {
				b.Fatal("there is no V18")
			}
		}
	})
}

// BenchmarkLookupCode explains an errcode, beside a map of those that were read.
func BenchmarkLookupCode(b *testing.B) {
	const code = 48001
	b.Run("bare", func(b *testing.B) {
		all := map[int]APICode{}
		for _, c := range Codes() {
			all[c.Code] = c
		}
		b.ReportAllocs()
		for b.Loop() {
			if all[code].Code != code {
				b.Fatal("the code is not there")
			}
		}
	})
	b.Run("wxdev", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, ok := LookupCode(code); !ok {
				b.Fatal("the code is not there")
			}
		}
	})
}
