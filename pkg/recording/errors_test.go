package recording_test

import (
	"path/filepath"
	"testing"

	"github.com/wxdev/wxdev/internal/bilingual"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/recording"
)

// What people read of a recording that cannot be found is Chinese in Chinese.
func TestErrorsInChinese(t *testing.T) {
	dir := t.TempDir()
	absent := filepath.Join(dir, "none.json")
	_, notThere := recording.Load(absent)
	_, noSuch := recording.Find(dir, "x")
	_, noFolder := recording.Find(filepath.Join(dir, "none"), "x")
	_, noMessage := new(recording.Record).ReadMessage()
	for _, err := range []error{notThere, noSuch, noFolder, noMessage} {
		if fault := bilingual.Fault(err); fault != "" {
			t.Error(fault)
		}
	}
	want := `读取 "` + absent + `" 失败：文件或目录不存在`
	if got := finding.ErrorIn(finding.Chinese, notThere); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
