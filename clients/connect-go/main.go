// Command connect-go takes one virtual machine through its life with the client that connect-go
// generates, and checks each answer by value:
//
//	connect-go BASE-URL KERNEL FLAVOUR
//
// KERNEL is a kernel image that ignores its power button; it is also the daemon's default kernel.
// FLAVOUR is what the client speaks: see flavours.go. Each check prints a line that begins with
// "ok" or "not ok"; the exit code is 0 only where all are ok.
package main

import (
	"fmt"
	"os"
	"reflect"
)

// checks counts what was compared.
type checks struct {
	done, failed int
}

func (c *checks) equal(what string, got, want any) {
	c.done++
	if reflect.DeepEqual(got, want) {
		fmt.Printf("ok - %s\n", what)
		return
	}
	c.failed++
	fmt.Printf("not ok - %s: got %v, want %v\n", what, got, want)
}

func (c *checks) that(what string, holds bool, got any) {
	if holds {
		c.equal(what, holds, true)
	} else {
		c.equal(what, got, "something else")
	}
}

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: connect-go BASE-URL KERNEL FLAVOUR")
		os.Exit(2)
	}
	flavour, known := flavours[os.Args[3]]
	if !known {
		fmt.Fprintf(os.Stderr, "connect-go: no flavour %q\n", os.Args[3])
		os.Exit(2)
	}
	flavour.name = os.Args[3]
	result := &checks{}
	if err := run(result, os.Args[1], os.Args[2], flavour); err != nil {
		result.equal("the calls go well", err, nil)
	}
	fmt.Printf("%d checks, %d failed\n", result.done, result.failed)
	if result.failed > 0 {
		os.Exit(1)
	}
}
