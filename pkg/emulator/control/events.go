package control

import (
	"reflect"

	"github.com/wxdev/wxdev/internal/feed"
	"github.com/wxdev/wxdev/pkg/emulator"
)

// Event is a type of event that GET events streams.
type Event struct {
	Type string
	Does string
	Data reflect.Type
}

// nothing is the data of an event that says it all by its type.
type nothing struct{}

// streamPlace is where the stream is.
type streamPlace struct{ feed.Place }

// Events lists the types of events. Schemas are made of it.
func Events() []Event {
	return []Event{
		{emulator.EventHello, "the first one: which run of the emulator it is, and the newest event", reflect.TypeFor[streamPlace]()},
		{emulator.EventGap, "events are lost: ask for the state anew", reflect.TypeFor[streamPlace]()},
		{emulator.EventChat, "a line of a chat is new, or has changed", reflect.TypeFor[emulator.ChatEvent]()},
		{emulator.EventPushStart, "a push begins", reflect.TypeFor[emulator.PushStart]()},
		{emulator.EventPushAttempt, "a delivery begins, or has ended", reflect.TypeFor[emulator.PushAttempt]()},
		{emulator.EventPushEnd, "a push has ended", reflect.TypeFor[emulator.PushEnd]()},
		{emulator.EventEntry, "an entry of the log", reflect.TypeFor[emulator.Entry]()},
		{emulator.EventUser, "a user has changed", reflect.TypeFor[emulator.UserEvent]()},
		{emulator.EventAccount, "the settings or the menu of an account have changed", reflect.TypeFor[emulator.AccountEvent]()},
		{emulator.EventClock, "the clock was turned", reflect.TypeFor[emulator.ClockEvent]()},
		{emulator.EventH5, "a page in a phone has called something, or its call has an end", reflect.TypeFor[emulator.H5Call]()},
		{emulator.EventFaults, "the faults have changed", reflect.TypeFor[emulator.FaultsEvent]()},
		{emulator.EventLog, "the log was emptied", reflect.TypeFor[nothing]()},
		{emulator.EventReset, "the state is another one", reflect.TypeFor[nothing]()},
	}
}
