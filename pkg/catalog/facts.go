package catalog

// Facts counts the findings, codes and places in the consoles whose source is
// recorded, and all of them.
func Facts() (recorded, all int) {
	count := func(s Source) {
		all++
		if s.Recorded() {
			recorded++
		}
	}
	for _, id := range IDs() {
		e, _ := Lookup(id)
		count(e.Source)
	}
	for _, c := range Codes() {
		count(c.Source)
	}
	for _, s := range settings.Get() {
		count(s.Source)
	}
	return recorded, all
}
