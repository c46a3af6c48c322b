package main

import "github.com/wxdev/wxdev/internal/terminal"

// columns is how many columns of a terminal s takes.
func columns(s string) int { return terminal.Columns(s) }
