package receiver

// Len is how many rules there are.
func (r *Rules) Len() int { return len(r.list) }
