package scenario

import _ "embed"

//go:embed example.toml
var example string

// Example returns a scenario that explains itself. As it is, it only expects an
// answer that WeChat accepts.
func Example() string { return example }
