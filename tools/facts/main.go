// Facts prints how many facts of the catalogue have their source recorded. It
// is a program of its own because package catalog needs the tables that
// tools/gen makes.
package main

import (
	"fmt"

	"github.com/wxdev/wxdev/pkg/catalog"
)

func main() {
	recorded, all := catalog.Facts()
	fmt.Printf("facts with source and day: %d\nsource: unrecorded:        %d\n", recorded, all-recorded)
}
