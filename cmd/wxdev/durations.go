package main

import (
	"strconv"
	"time"

	"github.com/spf13/pflag"
)

// duration is the value of a flag for a time: 5s, 500ms, 1m30s, or a bare
// number of seconds, as in curl's --max-time.
type duration time.Duration

// addDuration declares a flag for a time.
func addDuration(f *pflag.FlagSet, d *time.Duration, name string, usual time.Duration) {
	*d = usual
	f.Var((*duration)(d), name, "")
}

func (d *duration) Set(s string) error {
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		s = strconv.FormatFloat(n, 'f', -1, 64) + "s"
	}
	v, err := time.ParseDuration(s)
	if err != nil {
		return err // valueError says what is right
	}
	*d = duration(v)
	return nil
}

func (d *duration) String() string {
	if *d == 0 {
		return "0" // which help does not show
	}
	return time.Duration(*d).String()
}

// Type is what help shows for the value.
func (*duration) Type() string { return "duration" }
