package lifecycle

import (
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
)

// firecracker is started with the options that the daemon gives it. Its process runs one guest once: no
// call ends the guest, so that takes a signal, and whoever started the process clears its files away.
type firecracker struct{ binary string }

func (f firecracker) Command(directory, socket string) *exec.Cmd {
	return exec.Command(f.binary,
		"--id", filepath.Base(directory),
		"--api-sock", socket,
		"--log-path", filepath.Join(directory, "log"),
		"--level", "Info",
		"--metrics-path", filepath.Join(directory, "metrics"))
}

func (firecracker) Ready(api *connection) error {
	return api.call(http.MethodGet, "/", nil, http.StatusOK)
}

// Create takes two calls. The guest's serial line is the process's standard output.
func (f firecracker) Create(api *connection, guest Guest, _ string) error {
	machine := fmt.Sprintf(`{"vcpu_count":%d,"mem_size_mib":%d}`, guest.VCPUs, guest.MemoryBytes>>20)
	if err := f.put(api, "/machine-config", machine); err != nil {
		return err
	}
	return f.put(api, "/boot-source", fmt.Sprintf(`{"kernel_image_path":%q}`, guest.Kernel))
}

func (f firecracker) Boot(api *connection) error {
	return f.put(api, "/actions", `{"action_type":"InstanceStart"}`)
}

func (f firecracker) Pause(api *connection) error  { return f.enter(api, "Paused") }
func (f firecracker) Resume(api *connection) error { return f.enter(api, "Resumed") }
func (firecracker) Shutdown(vmm *process) error    { return vmm.stop() }
func (firecracker) End(vmm *process) error         { return vmm.clear() }

func (firecracker) enter(api *connection, state string) error {
	body := fmt.Sprintf(`{"state":%q}`, state)
	return api.call(http.MethodPatch, "/vm", []byte(body), http.StatusNoContent)
}

func (firecracker) put(api *connection, path, body string) error {
	return api.call(http.MethodPut, path, []byte(body), http.StatusNoContent)
}
