package tokenstore

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/gofrs/flock"

	"github.com/wxdev/wxdev/internal/atomicfile"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// File keeps values in a folder of the user's, one file per account and API
// base, which nobody else may read. A file is replaced as a whole, by rename:
// a process that is killed leaves the old one. The locks are files beside it,
// held through the operating system, which frees those of a dead process.
//
// Where the folder cannot be used, because it is read-only, say, or the disk
// full, every process fetches for itself, and Warn is told.
type File struct {
	Dir  string
	Warn func(error) // is told once; may be nil

	once  sync.Once
	write func(path string, data []byte) error // replaced by tests, for full disks
}

// Name is "the token cache".
func (f *File) Name() finding.Fact { return finding.Because(reason.StoreCache) }

// Path is the file that has the values of key.
func (f *File) Path(key Key) string { return filepath.Join(f.Dir, key.account()+".json") }

// Load returns the record of key.
func (f *File) Load(_ context.Context, key Key) (Record, error) {
	return f.load(key).Kept[key.kind()], nil
}

func (f *File) load(key Key) document {
	data, err := f.read(key)
	if err == nil && data == nil {
		return newDocument(key)
	}
	var doc document
	if err == nil {
		if doc, err = parseDocument(data, key); err != nil {
			err = finding.Because(reason.CacheReplaced, "why", err).Wrap(ErrReplaced)
		}
	}
	if err != nil {
		f.warn(reason.CacheNotRead, err)
		return newDocument(key)
	}
	return doc
}

// read returns the bytes of the file, or nil when there is none.
func (f *File) read(key Key) ([]byte, error) {
	in, err := os.Open(f.Path(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer in.Close()
	if info, err := in.Stat(); err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows" {
		if err := in.Chmod(0o600); err != nil {
			f.warn(reason.CacheNotHidden, err)
		}
	}
	return io.ReadAll(io.LimitReader(in, maxDocument+1))
}

// Save keeps r under key.
func (f *File) Save(ctx context.Context, key Key, r Record) error {
	if err := f.save(ctx, key, r); err != nil {
		f.warn(reason.CacheNotWritten, err)
	}
	return nil
}

func (f *File) save(ctx context.Context, key Key, r Record) error {
	// The lock of the key is not enough: the file has other keys as well.
	mutex := newFlock(f.Path(key) + ".lock")
	if ok, err := mutex.TryLockContext(ctx, firstPoll); err != nil || !ok {
		return finding.Because(reason.LockFailed, "error", err)
	}
	defer mutex.Close()
	doc := f.load(key)
	stale := doc.Kept[key.kind()].Token.Value != r.Token.Value
	doc.Kept[key.kind()] = r
	data, err := doc.marshal()
	if err != nil {
		return err
	}
	write := atomicfile.Replace
	if f.write != nil {
		write = f.write
	}
	if err = write(f.Path(key), data); err != nil && stale {
		_ = os.Remove(f.Path(key)) // a full disk allows it; the old value may have ended with the coming of the new one
	}
	return err
}

// TryLock locks key against other processes, and other Files of this one.
func (f *File) TryLock(ctx context.Context, key Key) (*Lock, bool, error) {
	err := os.MkdirAll(f.Dir, 0o700)
	mutex := newFlock(f.Path(key) + "." + key.kind() + ".lock")
	ok := false
	if err == nil {
		ok, err = mutex.TryLock()
	}
	if err != nil {
		f.warn(reason.CacheNotLocked, err)
		return &Lock{Ctx: ctx, Release: func() {}}, true, nil
	}
	if !ok {
		return nil, false, nil
	}
	return &Lock{Ctx: ctx, Release: func() { mutex.Close() }}, true, nil
}

func newFlock(path string) *flock.Flock {
	return flock.New(path, flock.SetPermissions(0o600))
}

func (f *File) warn(id reason.ID, err error) {
	f.once.Do(func() {
		if f.Warn == nil {
			return
		}
		var inner *fs.PathError // names a file of ours that says nothing to people
		if errors.As(err, &inner) {
			err = inner.Err
		}
		f.Warn(finding.Because(id, "folder", finding.Quoted(f.Dir), "error", err))
	})
}
