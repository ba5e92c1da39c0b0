package lifecycle

import (
	"encoding/json"
	"net/http"
	"os/exec"
	"path/filepath"
)

// cloudHypervisor is started with the options that the daemon gives it.
type cloudHypervisor struct{ binary string }

func (c cloudHypervisor) Command(directory, socket string) *exec.Cmd {
	return exec.Command(c.binary,
		"--api-socket", "path="+socket,
		"--event-monitor", "path="+filepath.Join(directory, "events"),
		"--log-file", filepath.Join(directory, "log"),
		"--no-shutdown")
}

func (cloudHypervisor) Ready(api *connection) error {
	return api.call(http.MethodGet, "/api/v1/vmm.ping", nil, http.StatusOK)
}

func (cloudHypervisor) Create(api *connection, guest Guest, directory string) error {
	config, err := json.Marshal(map[string]any{
		"payload": map[string]any{"kernel": guest.Kernel},
		"cpus":    map[string]any{"boot_vcpus": guest.VCPUs, "max_vcpus": guest.VCPUs},
		"memory":  map[string]any{"size": guest.MemoryBytes},
		"serial":  map[string]any{"mode": "File", "file": filepath.Join(directory, "console")},
		"console": map[string]any{"mode": "Off"},
	})
	if err != nil {
		return err
	}
	return api.call(http.MethodPut, "/api/v1/vm.create", config, http.StatusNoContent)
}

func (c cloudHypervisor) Boot(api *connection) error   { return c.put(api, "vm.boot") }
func (c cloudHypervisor) Pause(api *connection) error  { return c.put(api, "vm.pause") }
func (c cloudHypervisor) Resume(api *connection) error { return c.put(api, "vm.resume") }
func (c cloudHypervisor) Shutdown(vmm *process) error  { return c.put(vmm.api, "vm.shutdown") }

// End takes two calls, as the daemon's DeleteVm does. The second answers 200, not 204.
func (c cloudHypervisor) End(vmm *process) error {
	if err := c.put(vmm.api, "vm.delete"); err != nil {
		return err
	}
	return vmm.api.call(http.MethodPut, "/api/v1/vmm.shutdown", nil, http.StatusOK)
}

func (cloudHypervisor) put(api *connection, call string) error {
	return api.call(http.MethodPut, "/api/v1/"+call, nil, http.StatusNoContent)
}
