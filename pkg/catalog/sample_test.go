package catalog

import "testing"

// TestSamplesInEveryLanguage: the fix of a mistake that people make in any
// language has its lines in the usual ones, whatever the server shows that it is.
func TestSamplesInEveryLanguage(t *testing.T) {
	for _, id := range []string{"V09", "V18", "V28", "M02", "M07", "M10", "M12", "M28", "M31"} {
		e, ok := Lookup(id)
		if !ok {
			t.Fatal(id)
		}
		for _, stack := range []string{"PHP", "PHP (ThinkPHP)", "Python", "Python (FastAPI)", "Node", "Node (NestJS)", "Java", "Go", "C#", "C# (ASP.NET Core)"} {
			if _, ok := e.Sample(stack); !ok {
				t.Errorf("%s has no sample for %s", id, stack)
			}
		}
	}
}
