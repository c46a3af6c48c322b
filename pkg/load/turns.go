package load

import (
	"slices"
	"time"

	"github.com/wxdev/wxdev/pkg/message"
)

// Turns, Users and Message tell what a Source makes, for who makes the same in
// another way, as the scripts of package export do.

// Turns are the numbers of the shares, in the order in which they take turns.
func (s *Source) Turns() []int { return slices.Clone(s.pattern) }

// Users is how many users take turns. The first is message.OpenID("bench 1").
func (s *Source) Users() int { return len(s.users) }

// Message is a message of a share as Next would make it, for a user, a time, an
// id and a number, which is 1 for the first. An event needs another time for each
// message of one user.
func (s *Source) Message(share int, from string, at time.Time, id, number int64) (m *message.Message, event bool) {
	sh := s.mix[share]
	return s.message(sh, from, at, id, number-1), sh.event
}
