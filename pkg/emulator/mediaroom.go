package emulator

import (
	"slices"
	"time"
)

// maxContents is how many bytes of files the emulator keeps, of all accounts in
// all. A snapshot writes them in base64, and has to be readable: see [MaxState].
const maxContents = 40 << 20

// maxUploads is how many files are read at once. Others wait for their turn.
const maxUploads = 4

// keepMedia remembers a file. For it go those that have expired, and as many
// temporary ones as take its room, the oldest first: their media_id is then
// answered with 40007, as that of an expired one. Permanent files stay; when
// they alone leave no room, the new one is refused. The caller holds the lock.
func (e *Emulator) keepMedia(to *Account, m *Media, now time.Time) error {
	total := len(m.Data)
	var temporary []*Media
	for _, a := range e.state.Accounts {
		for _, old := range a.Media {
			switch {
			case old.Permanent:
				total += len(old.Data)
			case old.live(now):
				temporary = append(temporary, old)
			}
		}
	}
	if total > maxContents {
		return failAt(45034, "(the wxdev emulator keeps %d MiB of files in all, and permanent ones until they are deleted)", maxContents>>20)
	}
	slices.Reverse(temporary) // the newest first
	slices.SortStableFunc(temporary, func(a, b *Media) int { return b.Created.Compare(a.Created) })
	kept := map[*Media]bool{}
	for _, old := range temporary {
		if total += len(old.Data); total > maxContents {
			break
		}
		kept[old] = true
	}
	for _, a := range e.state.Accounts {
		a.Media = slices.DeleteFunc(a.Media, func(old *Media) bool { return !old.Permanent && !kept[old] })
	}
	to.Media = append(to.Media, m)
	return nil
}
