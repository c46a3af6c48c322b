package finding

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// Errors of the system and of the standard library, as they come from it.
func TestSystemErrors(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	fails := func(_ any, err error) error { return err }
	_, pattern := regexp.Compile(strings.Join([]string{"a", "("}, ""))
	for name, c := range map[string]struct {
		err    error
		en, zh string
	}{
		"absent":   {fails(os.Open(filepath.Join(dir, "no"))), "open " + dir + "/no: no such file or directory", "打开 " + dir + "/no 失败：文件或目录不存在"},
		"folder":   {fails(os.ReadFile(dir)), "read " + dir + ": is a directory", "读取 " + dir + " 失败：这是目录，不是文件"},
		"a file":   {fails(os.ReadDir(file + "/x")), "open " + file + "/x: not a directory", "打开 " + file + "/x 失败：路径中有一段不是目录"},
		"there":    {os.Mkdir(file, 0o700), "mkdir " + file + ": file exists", "创建目录 " + file + " 失败：文件已存在"},
		"not free": {os.Remove(dir), "remove " + dir + ": directory not empty", "删除 " + dir + " 失败：目录不是空的"},
		"wrapped": {
			fmt.Errorf("read the key: %w", &fs.PathError{Op: "open", Path: "k", Err: fs.ErrPermission}),
			"read the key: open k: permission denied", "read the key: 打开 k 失败：没有权限",
		},
		"joined": {errors.Join(fs.ErrExist, io.EOF), "file exists; EOF", "文件已存在；内容已到结尾"},
		"two":    {fmt.Errorf("%w, after %w", io.EOF, fs.ErrExist), "EOF, after file exists", "内容已到结尾, after 文件已存在"},
		"colon":  {fmt.Errorf("%w: %w", fs.ErrExist, io.EOF), "file exists: EOF", "文件已存在：内容已到结尾"},
		"rename": {
			&os.LinkError{Op: "rename", Old: "a", New: "b", Err: fs.ErrPermission},
			"rename a b: permission denied", "把 a 改名为 b 失败：没有权限",
		},
		"link":  {&os.LinkError{Op: "symlink", Old: "a", New: "b", Err: fs.ErrExist}, "symlink a b: file exists", "处理 a → b 失败（symlink）：文件已存在"},
		"chmod": {os.Chmod(dir+"/no", 0o600), "chmod " + dir + "/no: no such file or directory", "修改 " + dir + "/no 的权限失败：文件或目录不存在"},
		"chdir": {os.Chdir(dir + "/no"), "chdir " + dir + "/no: no such file or directory", "进入目录 " + dir + "/no 失败：文件或目录不存在"},
		"get":   {&url.Error{Op: "Get", URL: "u", Err: io.EOF}, `Get "u": EOF`, `请求 "u" 失败：内容已到结尾`},
		"post":  {&url.Error{Op: "Post", URL: "u", Err: io.EOF}, `Post "u": EOF`, `向 "u" 发送 POST 请求失败：内容已到结尾`},
		"put":   {&url.Error{Op: "Put", URL: "u", Err: io.EOF}, `Put "u": EOF`, `用 Put 请求 "u" 失败：内容已到结尾`},
		"dns": {
			&net.DNSError{Err: "no such host", Name: "x.invalid", IsNotFound: true},
			"lookup x.invalid: no such host", "解析域名 x.invalid 失败：域名不存在",
		},
		"deadline": {context.DeadlineExceeded, "context deadline exceeded", "已超时"},
		"pattern":  {pattern, "missing closing ): `a(`", "缺少 )：`a(`"},
		"silent":   {silent{io.EOF}, "in words of its own", "in words of its own"},
		"unknown":  {errors.New("a\x1b b"), `a\x1B b`, `a\x1B b`},
	} {
		if got := ErrorIn(English, c.err); got != c.en {
			t.Errorf("%s: %q in English, want %q", name, got, c.en)
		}
		if got := ErrorIn(Chinese, c.err); got != c.zh {
			t.Errorf("%s: %q in Chinese, want %q", name, got, c.zh)
		}
	}
}

// silent does not show what it wraps.
type silent struct{ error }

func (silent) Error() string   { return "in words of its own" }
func (s silent) Unwrap() error { return s.error }

// Sockets: nothing listens, and somebody does already.
func TestSystemErrorsOfSockets(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_, err = net.Listen("tcp", address)
	if got, want := ErrorIn(Chinese, err), "监听 tcp "+address+" 失败：地址已被占用（bind）"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if r := System(err); r == nil || r.ID != reason.AddressInUse {
		t.Errorf("the cause is %v", r)
	}
	if got := ErrorIn(English, err); got != err.Error() {
		t.Errorf("%s in English, want %s", got, err)
	}
	l.Close()
	_, err = net.Dial("tcp", address)
	if got, want := ErrorIn(Chinese, err), "连接 tcp "+address+" 失败：连接被拒绝（connect）"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	_, err = l.Accept()
	if r := System(err); r == nil || r.ID != reason.ConnectionClosed || !errors.Is(r, net.ErrClosed) {
		t.Errorf("the cause is %v", r)
	}
}

// Context is added to an error in both languages, and the error is still found.
func TestReasonAddsContext(t *testing.T) {
	err := error(Because(reason.ConfigUnreadable, "file", "f", "error", fs.ErrPermission))
	if !errors.Is(err, fs.ErrPermission) {
		t.Error("the cause is lost")
	}
	if got := ErrorIn(Chinese, err); got != "配置文件 f：没有权限" {
		t.Error(got)
	}
	file := error(&FileError{Place: Place{File: "f"}, Msg: Failure(err)})
	if !errors.Is(file, fs.ErrPermission) {
		t.Error("a FileError loses its cause")
	}
	if got := ErrorIn(Chinese, fmt.Errorf("x: %w", file)); got != "x: f: 配置文件 f：没有权限" {
		t.Error(got)
	}
}

// A secret that ends where a text is cut is hidden before the cut, however deep
// in an error the text is.
func TestRedactWrapped(t *testing.T) {
	const secret = "0123456789abcdef0123456789abcdef"
	hide := func(s string) string { return strings.ReplaceAll(s, secret, "***") }
	long := Because(reason.BodyTooLarge, "limit", Quote{strings.Repeat("x", 30) + secret, 40})
	far := errors.New(strings.Repeat("y", maxFact-8) + secret)
	for name, err := range map[string]error{
		"reason":     long,
		"wrapped":    fmt.Errorf("read it: %w", long),
		"twice":      fmt.Errorf("a: %w", fmt.Errorf("b: %w", long)),
		"in another": Because(reason.NotWrittenJSON, "error", fmt.Errorf("b: %w", long)),
		"in a file":  &FileError{Place: Place{File: "f"}, Msg: long, Hint: long},
		"joined":     errors.Join(io.EOF, long),
		"path":       &fs.PathError{Op: "open", Path: strings.Repeat("z", maxFact-8) + secret, Err: io.EOF},
		"far":        far, "far wrapped": fmt.Errorf("c: %w", far),
	} {
		for _, lang := range []Lang{English, Chinese} {
			if got := Redact(Failure(err), hide).In(lang); strings.Contains(got, secret[:8]) {
				t.Errorf("%s: %q", name, got)
			}
			if f, ok := err.(Fact); ok {
				if got := Redact(f, hide).In(lang); strings.Contains(got, secret[:8]) {
					t.Errorf("%s as a fact: %q", name, got)
				}
			}
		}
	}
}

func TestAllAndAny(t *testing.T) {
	for _, c := range []struct {
		fact   Fact
		en, zh string
	}{
		{AllOf([]string{"a", "b", "c"}), "a, b and c", "a、b 和 c"},
		{AnyOf([]string{"a", "b"}), "a or b", "a 或 b"},
		{AnyOf([]string{"a"}), "a", "a"},
		{AllOf[string](nil), "", ""},
	} {
		if got := c.fact.In(English); got != c.en {
			t.Errorf("%q, want %q", got, c.en)
		}
		if got := c.fact.In(Chinese); got != c.zh {
			t.Errorf("%q, want %q", got, c.zh)
		}
	}
}
