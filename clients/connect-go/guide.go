package main

import (
	"context"
	"net/http"

	"connectrpc.com/connect"
	vmmv1 "vmm-controlplane/gen/vmm/v1"
	"vmm-controlplane/gen/vmm/v1/vmmv1connect"
)

// createVM is the example of the users' guide: no boot, so the daemon's default kernel is taken.
func createVM(baseURL string) (*connect.Response[vmmv1.CreateVmResponse], error) {
	client := vmmv1connect.NewVmServiceClient(
		http.DefaultClient,
		baseURL,
	)

	req := &vmmv1.CreateVmRequest{
		Config: &vmmv1.VmConfig{
			Cpu: &vmmv1.CpuConfig{
				VcpuCount: 2,
			},
			Memory: &vmmv1.MemoryConfig{
				SizeBytes: 2 * 1024 * 1024 * 1024,
			},
		},
	}

	resp, err := client.CreateVm(context.Background(), connect.NewRequest(req))
	return resp, err
}
