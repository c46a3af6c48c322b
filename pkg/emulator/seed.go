package emulator

import (
	"bytes"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/tomldoc"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// MaxState is how long a seed may be, in bytes.
const MaxState = 96 << 20

// ParseState reads a seed or a snapshot; name is what errors call it. It
// checks the form; [New] checks what is in it. An error is a [*finding.FileError],
// which shows nothing of the file's secrets.
func ParseState(name string, data []byte) (*State, error) {
	t := tomldoc.New(text.Line(name), data)
	if len(data) > MaxState {
		return nil, &finding.FileError{Msg: finding.Because(reason.LargerThan, "what", t.Name, "limit", MaxState)}
	}
	s := &State{}
	if err := t.Decode(s, seedKeys()); err != nil {
		return nil, t.Explain(err, tomldoc.Hints{Table: "[[account]]", Keys: seedKeys()})
	}
	return s, nil
}

// seedKeys are the keys that people write by hand.
func seedKeys() []string {
	return strings.Fields(`account appid secret token aes_key original_id url mode format ip_whitelist oauth_domains
		denied kf_accounts miniprograms pages quota tag template user menu fault id name title content subscribe openid
		unionid unsubscribed nickname phone industries headimgurl sex language remark tags platform subscribe_time subscribe_scene
		accepted path count errcode errmsg status delay drop clock_offset component auth_url func_info authorizer`)
}

func (s *State) marshal() ([]byte, error) {
	var b bytes.Buffer
	if err := toml.NewEncoder(&b).SetIndentTables(false).Encode(s); err != nil {
		return nil, finding.Because(reason.StateNotWritten, "error", err)
	}
	return b.Bytes(), nil
}

// clone returns a copy that shares nothing.
func (s *State) clone() (*State, error) {
	text, err := s.marshal()
	if err != nil {
		return nil, err
	}
	return ParseState("seed", text)
}

// Snapshot returns the state as TOML that [ParseState] reads. The secrets of
// the accounts of the [Config] are not in it.
func (e *Emulator) Snapshot() ([]byte, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.snapshot()
}

func (e *Emulator) snapshot() ([]byte, error) {
	s := State{ClockOffset: e.state.ClockOffset, Faults: e.state.Faults, Component: e.state.Component}
	if c := s.Component; c != nil && c.configured {
		public := *c
		public.Secret, public.Token, public.AESKey = "", "", ""
		s.Component = &public
	}
	for _, a := range e.state.Accounts {
		a.store()
		public := *a
		if public.derived.configured {
			public.Secret, public.Token, public.AESKey = "", "", ""
		}
		public.Users = slices.Clone(public.Users)
		for i, u := range public.Users {
			if len(u.Chat) == 0 {
				continue
			}
			alone := *u
			alone.Chat = pointers(values(u.Chat))
			for _, item := range alone.Chat {
				*item = item.loose()
			}
			public.Users[i] = &alone
		}
		s.Accounts = append(s.Accounts, &public)
	}
	return s.marshal()
}

// Restore takes over a snapshot, and makes it the state that [Emulator.Reset]
// comes back to.
func (e *Emulator) Restore(name string, snapshot []byte) error {
	s, err := ParseState(name, snapshot)
	if err != nil {
		return err
	}
	if err := e.load(s); err != nil {
		return &finding.FileError{Place: finding.Place{File: text.Line(name)}, Msg: finding.Failure(err)}
	}
	return nil
}
