package emulator

// Limits of the bytes that the log keeps of requests and pushes.
const (
	maxKept      = 32 << 20 // in all: then the oldest lose theirs
	maxKeptOfOne = 64 << 10 // of one push, of whatever it was sent and answered
)

// memory knows who keeps bytes, in the order in which they came, and takes them
// away from the oldest when there are too many.
type memory struct {
	limit, used int
	keepers     []*keeper
}

// keeper is one who keeps bytes. The zero value keeps none.
type keeper struct {
	bytes int
	drop  func() // called when the bytes have to go
}

// keep counts bytes that somebody keeps, until they are released or dropped.
func (m *memory) keep(k *keeper, bytes int, drop func()) {
	if bytes == 0 {
		return
	}
	k.bytes, k.drop = bytes, drop
	m.used += bytes
	m.keepers = append(m.keepers, k)
	for m.used > m.limit && len(m.keepers) > 1 { // the newest has its limit elsewhere
		oldest := m.keepers[0]
		if oldest.drop != nil {
			oldest.drop()
		}
		m.release(oldest)
	}
}

// release forgets who keeps nothing any more.
func (m *memory) release(k *keeper) {
	m.used -= k.bytes
	*k = keeper{}
	for len(m.keepers) > 0 && m.keepers[0].drop == nil {
		m.keepers[0] = nil // it would stay as long as the list
		m.keepers = m.keepers[1:]
	}
}

// clear forgets all.
func (m *memory) clear() { m.used, m.keepers = 0, nil }
