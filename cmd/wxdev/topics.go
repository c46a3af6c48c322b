package main

import "github.com/spf13/cobra"

// newTopics are pages of the manual that belong to no command: `wxdev help
// exit-codes`.
func newTopics() []*cobra.Command {
	return []*cobra.Command{{Use: "exit-codes"}, {Use: "environment"}, {Use: "secrets"}}
}
