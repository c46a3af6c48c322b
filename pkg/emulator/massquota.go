package emulator

import "time"

// How many mass messages there may be:
// https://developers.weixin.qq.com/doc/service/guide/product/message/Batch_Sends.html
// (read 2026-11-30). They are a service account's; one of another kind may send
// once a day in all, which is not emulated. Quota of a seed for sendall takes the
// place of the account's own.
const (
	massDaily   = 1 // to all
	massMonthly = 4 // to all; and what a user gets
)

const massToAllPath = "/cgi-bin/message/mass/sendall"

// massSpent reports whether the account has sent to all as often as it may, in
// this day and this month of China.
func (c *call) massSpent() bool {
	if _, own := c.acct.Quota[massToAllPath]; own {
		return false
	}
	today, thisMonth := 0, 0
	for _, m := range c.acct.Mass {
		switch {
		case !m.ToAll:
		case day(m.Time) == day(c.now):
			today++
			thisMonth++
		case month(m.Time) == month(c.now):
			thisMonth++
		}
	}
	return today >= massDaily || thisMonth >= massMonthly
}

// massReaches reports whether a user may get one more mass message this month, and
// counts it. Those who may not are left out: the call says ok, and the event
// that so many were filtered.
func (c *call) massReaches(u *User) bool {
	var got []time.Time
	for _, at := range u.MassTimes {
		if month(at) == month(c.now) {
			got = append(got, at)
		}
	}
	if len(got) < massMonthly {
		u.MassTimes = append(got, c.now)
		return true
	}
	return false
}
