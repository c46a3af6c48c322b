package emulator

import "strings"

// massOf finds the mass message that a body names.
func (c *call) massOf(o object) (*Mass, error) {
	id, _ := o.number("msg_id")
	return found(find(c.acct.Mass, func(m *Mass) bool { return m.ID == id }), 40059)
}

// massDelete deletes articles and videos; of other messages nothing can be
// deleted, for which the page has no code.
func (c *call) massDelete(o object) (any, error) {
	m, err := c.massOf(o)
	if err != nil {
		return nil, err
	}
	if m.Type != "mpnews" && !strings.HasSuffix(m.Type, "video") {
		return nil, fail(40059)
	}
	idx, _ := o.number("article_idx")
	if idx < 0 || m.Type == "mpnews" && idx > int64(m.Articles) {
		return nil, fail(40060)
	}
	m.Deleted = m.Deleted || idx == 0 || m.Articles <= 1
	return nil, nil
}

func (c *call) massGet(o object) (any, error) {
	m, err := c.massOf(o)
	if err != nil {
		return nil, err
	}
	status := "SEND_SUCCESS"
	if m.Deleted {
		status = "DELETE"
	}
	return struct {
		ID     int64  `json:"msg_id"`
		Status string `json:"msg_status"`
	}{m.ID, status}, nil
}

// realSpeeds are the speeds in 10,000 a minute, by level.
var realSpeeds = []int{80, 60, 45, 30, 10}

func (c *call) massSpeed() (any, error) {
	level := c.acct.MassSpeed
	return map[string]int{"speed": level, "realspeed": realSpeeds[level]}, nil
}

func (c *call) setMassSpeed(o object) (any, error) {
	level, ok := o.number("speed")
	if !ok || level < 0 || level >= int64(len(realSpeeds)) {
		return nil, fail(45083)
	}
	c.acct.MassSpeed = int(level)
	return nil, nil
}
