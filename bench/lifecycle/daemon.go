package lifecycle

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"connectrpc.com/connect"

	vmmv1 "vmm-controlplane/gen/vmm/v1"
	"vmm-controlplane/gen/vmm/v1/vmmv1connect"
)

// daemon makes VMs by calls of the API, as a Go client would: Connect, binary, over HTTP/1.1 connections
// that are kept alive.
type daemon struct {
	service vmmv1connect.VmServiceClient
	guest   Guest
	made    atomic.Int64
}

type daemonVM struct {
	service vmmv1connect.VmServiceClient
	id      string
	deleted bool
}

func newDaemon(url string, guest Guest) *daemon {
	client := &http.Client{
		Timeout:   time.Minute,
		Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true},
	}
	return &daemon{service: vmmv1connect.NewVmServiceClient(client, url), guest: guest}
}

func (d *daemon) create(ctx context.Context, times life) (vm, error) {
	made := &daemonVM{service: d.service, id: fmt.Sprintf("bench-%d", d.made.Add(1))}
	request := connect.NewRequest(&vmmv1.CreateVmRequest{VmId: made.id, Config: &vmmv1.VmConfig{
		Cpu:    &vmmv1.CpuConfig{VcpuCount: d.guest.VCPUs},
		Memory: &vmmv1.MemoryConfig{SizeBytes: d.guest.MemoryBytes},
		Boot:   &vmmv1.BootConfig{KernelPath: d.guest.Kernel},
	}})
	err := times.timed(Create, func() error {
		_, err := d.service.CreateVm(ctx, request)
		return err
	})
	if err != nil {
		return nil, err
	}
	return made, nil
}

func (v *daemonVM) do(ctx context.Context, step Step) error {
	var err error
	switch step {
	case Boot:
		_, err = v.service.BootVm(ctx, connect.NewRequest(&vmmv1.BootVmRequest{VmId: v.id}))
	case Pause:
		_, err = v.service.PauseVm(ctx, connect.NewRequest(&vmmv1.PauseVmRequest{VmId: v.id}))
	case Resume:
		_, err = v.service.ResumeVm(ctx, connect.NewRequest(&vmmv1.ResumeVmRequest{VmId: v.id}))
	case Shutdown:
		_, err = v.service.ShutdownVm(ctx, connect.NewRequest(&vmmv1.ShutdownVmRequest{VmId: v.id, Force: true}))
	case Delete:
		err = v.delete(ctx, false)
	default:
		err = fmt.Errorf("no such step of the daemon: %s", step)
	}
	return err
}

func (v *daemonVM) delete(ctx context.Context, force bool) error {
	_, err := v.service.DeleteVm(ctx, connect.NewRequest(&vmmv1.DeleteVmRequest{VmId: v.id, Force: force}))
	v.deleted = v.deleted || err == nil
	return err
}

// discard also works when the run was stopped, hence a context of its own.
func (v *daemonVM) discard() {
	if v.deleted {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_ = v.delete(ctx, true)
}
