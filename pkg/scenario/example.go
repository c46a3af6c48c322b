package scenario

import _ "embed"

//go:embed example.toml
var example string

//go:embed example_later.toml
var exampleLater string

// Example returns a scenario that explains itself. As it is, it only expects an
// answer that WeChat accepts.
func Example() string { return example }

// ExampleLater returns a scenario that explains what can be expected later. It
// goes well with a bot that sends one text by the customer service API.
func ExampleLater() string { return exampleLater }
