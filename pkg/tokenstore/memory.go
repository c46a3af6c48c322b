package tokenstore

import (
	"context"
	"sync"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// Memory keeps values for one process. The zero Memory is empty and ready.
type Memory struct {
	mu      sync.Mutex
	records map[Key]Record
	locked  map[Key]bool
}

// Name is "memory".
func (m *Memory) Name() finding.Fact { return finding.Because(reason.StoreMemory) }

// slot is the key without the guard, which is a matter of the record.
func slot(k Key) Key {
	k.Guard = ""
	return k
}

// Load returns the record of key.
func (m *Memory) Load(_ context.Context, key Key) (Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.records[slot(key)], nil
}

// Save keeps r under key.
func (m *Memory) Save(_ context.Context, key Key, r Record) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.records == nil {
		m.records = map[Key]Record{}
	}
	m.records[slot(key)] = r
	return nil
}

// TryLock locks key against other goroutines.
func (m *Memory) TryLock(ctx context.Context, key Key) (*Lock, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key = slot(key)
	if m.locked[key] {
		return nil, false, nil
	}
	if m.locked == nil {
		m.locked = map[Key]bool{}
	}
	m.locked[key] = true
	release := func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.locked, key)
	}
	return &Lock{Ctx: ctx, Release: release}, true, nil
}
