package emulator

import "slices"

// find returns the first of a list that is what is looked for, nil if none is.
func find[T any](list []*T, is func(*T) bool) *T {
	if i := slices.IndexFunc(list, is); i >= 0 {
		return list[i]
	}
	return nil
}

// found is what was looked for, or the errcode for what is not there.
func found[T any](v *T, code int) (*T, error) {
	if v == nil {
		return nil, fail(code)
	}
	return v, nil
}

// without is a list without one of it.
func without[T any](list []*T, v *T) []*T {
	return slices.DeleteFunc(list, func(other *T) bool { return other == v })
}
