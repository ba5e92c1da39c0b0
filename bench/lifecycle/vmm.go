// Package lifecycle measures how long the steps of a VM's life take: with the VMM driven directly, and
// through the daemon, in turns. Start with Compare. A VMM is added by one file like cloudhypervisor.go.
package lifecycle

import (
	"fmt"
	"os/exec"
)

// VMM knows how one hypervisor is driven directly: one process per VM, with HTTP over a unix socket.
type VMM interface {
	// Command serves its API on the socket, and keeps its other files in an empty directory.
	Command(directory, socket string) *exec.Cmd
	// Ready makes the call that a VMM answers as soon as it can.
	Ready(api *connection) error
	// Create configures a VM and starts no guest.
	Create(api *connection, guest Guest, directory string) error
	Boot(api *connection) error
	Pause(api *connection) error
	Resume(api *connection) error
	// Shutdown ends the guest without asking it.
	Shutdown(vmm *process) error
	// End makes the process end, which the caller awaits.
	End(vmm *process) error
}

// Guest is what every VM of the benchmark boots.
type Guest struct {
	// An ELF file with a PVH note.
	Kernel      string
	MemoryBytes int64
	VCPUs       int32
}

// Find knows the VMMs by the names that the daemon has for its backends.
func Find(backend, binary string) (VMM, error) {
	switch backend {
	case "cloudhypervisor":
		return cloudHypervisor{binary}, nil
	case "firecracker":
		return firecracker{binary}, nil
	default:
		return nil, fmt.Errorf("backend %q is none that can be driven directly: cloudhypervisor, firecracker", backend)
	}
}
