package main

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"time"

	"connectrpc.com/connect"
	vmmv1 "vmm-controlplane/gen/vmm/v1"
	"vmm-controlplane/gen/vmm/v1/vmmv1connect"
)

const (
	// For every call that is not about its deadline.
	limit = 60 * time.Second
	// For the call that is: its guest ignores the power button, so it would last 30 seconds.
	deadline = 300 * time.Millisecond
)

var uuid = regexp.MustCompile("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")

// A lifecycle is one VM on its way, and what is checked on it.
type lifecycle struct {
	*checks
	ctx    context.Context
	client vmmv1connect.VmServiceClient
	vm     string
}

// run goes through all of it; an error is a call that should have gone well.
func run(result *checks, baseURL, kernel string, flavour flavour) error {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	wire := flavour.newRecorder()
	client := vmmv1connect.NewVmServiceClient(&http.Client{Transport: wire}, baseURL, flavour.options...)
	l := &lifecycle{checks: result, ctx: ctx, client: client}
	steps := []func() error{
		func() error { return l.create(kernel) },
		func() error { return l.inspect(kernel) },
		l.boot,
		l.pauseAndResume,
		l.refusals,
		l.tooLate,
		l.shutDown,
		l.remove,
	}
	if flavour.name == "connect" {
		steps = append(steps, func() error { return l.guide(baseURL) })
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	l.equal("a write on the wire", wire.wire("CreateVm"), flavour.write)
	l.equal("a read on the wire", wire.wire("GetVmInfo"), flavour.read)
	return nil
}

func (l *lifecycle) create(kernel string) error {
	req := &vmmv1.CreateVmRequest{
		Config: &vmmv1.VmConfig{
			Cpu:    &vmmv1.CpuConfig{VcpuCount: 2},
			Memory: &vmmv1.MemoryConfig{SizeBytes: 2 * 1024 * 1024 * 1024},
			Boot:   &vmmv1.BootConfig{KernelPath: kernel},
		},
	}
	resp, err := l.client.CreateVm(l.ctx, connect.NewRequest(req))
	if err != nil {
		return err
	}
	l.vm = resp.Msg.VmId
	l.that("CreateVm generates a vm_id", uuid.MatchString(l.vm), l.vm)
	l.equal("CreateVm: state", resp.Msg.State, vmmv1.VmState_VM_STATE_CREATED)
	return nil
}

func (l *lifecycle) inspect(kernel string) error {
	info, err := l.info()
	if err != nil {
		return err
	}
	l.equal("GetVmInfo: vm_id", info.VmId, l.vm)
	l.equal("GetVmInfo: state", info.State, vmmv1.VmState_VM_STATE_CREATED)
	l.equal("GetVmInfo: vcpu_count", info.Config.Cpu.VcpuCount, int32(2))
	l.equal("GetVmInfo: size_bytes", info.Config.Memory.SizeBytes, int64(2147483648))
	l.equal("GetVmInfo: kernel_path", info.Config.Boot.KernelPath, kernel)
	l.that("GetVmInfo: no metrics before boot", info.Metrics == nil, info.Metrics)
	list, err := l.list()
	if err != nil {
		return err
	}
	l.equal("ListVms: total_count", list.TotalCount, int32(1))
	l.equal("ListVms: vm_id", list.Vms[0].VmId, l.vm)
	l.equal("ListVms: memory_size_bytes", list.Vms[0].MemorySizeBytes, int64(2147483648))
	return nil
}

func (l *lifecycle) boot() error {
	resp, err := l.client.BootVm(l.ctx, connect.NewRequest(&vmmv1.BootVmRequest{VmId: l.vm}))
	if err != nil {
		return err
	}
	l.equal("BootVm: success", resp.Msg.Success, true)
	l.equal("BootVm: state", resp.Msg.State, vmmv1.VmState_VM_STATE_RUNNING)
	info, err := l.infoWithMetrics()
	if err != nil {
		return err
	}
	l.that("GetVmInfo: memory in use", info.Metrics.GetMemoryUsageBytes() > 0, info.Metrics)
	l.equal("GetVmInfo: backend_info", info.BackendInfo["vmm"], "qemu")
	return nil
}

func (l *lifecycle) pauseAndResume() error {
	paused, err := l.client.PauseVm(l.ctx, connect.NewRequest(&vmmv1.PauseVmRequest{VmId: l.vm}))
	if err != nil {
		return err
	}
	l.equal("PauseVm: state", paused.Msg.State, vmmv1.VmState_VM_STATE_PAUSED)
	list, err := l.list(vmmv1.VmState_VM_STATE_RUNNING)
	if err != nil {
		return err
	}
	l.equal("ListVms: none is RUNNING", list.TotalCount, int32(0))
	resumed, err := l.client.ResumeVm(l.ctx, connect.NewRequest(&vmmv1.ResumeVmRequest{VmId: l.vm}))
	if err != nil {
		return err
	}
	l.equal("ResumeVm: state", resumed.Msg.State, vmmv1.VmState_VM_STATE_RUNNING)
	return nil
}

func (l *lifecycle) refusals() error {
	_, err := l.client.GetVmInfo(l.ctx, connect.NewRequest(&vmmv1.GetVmInfoRequest{VmId: "no-such-vm"}))
	l.refused("an unknown VM", err, connect.CodeNotFound, `no VM with vm_id "no-such-vm"`)

	_, err = l.client.BootVm(l.ctx, connect.NewRequest(&vmmv1.BootVmRequest{VmId: l.vm}))
	l.equal("a second boot", connect.CodeOf(err), connect.CodeFailedPrecondition)

	req := &vmmv1.CreateVmRequest{Config: &vmmv1.VmConfig{
		Cpu:    &vmmv1.CpuConfig{VcpuCount: 0},
		Memory: &vmmv1.MemoryConfig{SizeBytes: 2 * 1024 * 1024 * 1024},
	}}
	_, err = l.client.CreateVm(l.ctx, connect.NewRequest(req))
	const message = "config.cpu.vcpu_count: must be 1 to 1024, got 0"
	refusal := l.refused("a VM without CPUs", err, connect.CodeInvalidArgument, message)
	if refusal != nil && len(refusal.Details()) == 1 {
		detail := refusal.Details()[0]
		l.equal("its detail", detail.Type(), "google.rpc.BadRequest")
		field := "config.cpu.vcpu_count"
		l.that("its field", strings.Contains(string(detail.Bytes()), field), detail.Bytes())
	} else {
		l.equal("its details", refusal, "one")
	}
	return nil
}

func (l *lifecycle) refused(what string, err error, code connect.Code, message string) *connect.Error {
	var refusal *connect.Error
	if !errors.As(err, &refusal) {
		l.equal(what+" is refused", err, "a connect.Error")
		return nil
	}
	l.equal(what+": code", refusal.Code(), code)
	l.equal(what+": message", refusal.Message(), message)
	l.equal(what+": said by the server", connect.IsWireError(err), true)
	return refusal
}

func (l *lifecycle) tooLate() error {
	ctx, cancel := context.WithTimeout(l.ctx, deadline)
	defer cancel()
	begun := time.Now()
	_, err := l.client.ShutdownVm(ctx, connect.NewRequest(&vmmv1.ShutdownVmRequest{VmId: l.vm}))
	l.equal("a deadline", connect.CodeOf(err), connect.CodeDeadlineExceeded)
	l.that("it is kept", time.Since(begun) < 10*time.Second, time.Since(begun))
	info, err := l.info()
	if err != nil {
		return err
	}
	l.equal("the VM is as it was", info.State, vmmv1.VmState_VM_STATE_RUNNING)
	return nil
}

func (l *lifecycle) shutDown() error {
	req := &vmmv1.ShutdownVmRequest{VmId: l.vm, Force: true}
	resp, err := l.client.ShutdownVm(l.ctx, connect.NewRequest(req))
	if err != nil {
		return err
	}
	l.equal("ShutdownVm: success", resp.Msg.Success, true)
	l.equal("ShutdownVm: state", resp.Msg.State, vmmv1.VmState_VM_STATE_SHUTDOWN)
	return nil
}

func (l *lifecycle) remove() error {
	resp, err := l.client.DeleteVm(l.ctx, connect.NewRequest(&vmmv1.DeleteVmRequest{VmId: l.vm}))
	if err != nil {
		return err
	}
	l.equal("DeleteVm: success", resp.Msg.Success, true)
	_, err = l.info()
	l.equal("it is gone", connect.CodeOf(err), connect.CodeNotFound)
	list, err := l.list()
	if err != nil {
		return err
	}
	l.equal("ListVms: none is left", list.TotalCount, int32(0))
	return nil
}

func (l *lifecycle) guide(baseURL string) error {
	resp, err := createVM(baseURL)
	if err != nil {
		return err
	}
	l.equal("the guide's example: state", resp.Msg.State, vmmv1.VmState_VM_STATE_CREATED)
	l.vm = resp.Msg.VmId
	return l.remove()
}

func (l *lifecycle) info() (*vmmv1.GetVmInfoResponse, error) {
	resp, err := l.client.GetVmInfo(l.ctx, connect.NewRequest(&vmmv1.GetVmInfoRequest{VmId: l.vm}))
	if err != nil {
		return nil, err
	}
	return resp.Msg, nil
}

// infoWithMetrics asks again until there are metrics: an answer waits for the first sample, but not for
// long.
func (l *lifecycle) infoWithMetrics() (*vmmv1.GetVmInfoResponse, error) {
	end := time.Now().Add(10 * time.Second)
	for {
		info, err := l.info()
		if err != nil || info.Metrics != nil || time.Now().After(end) {
			return info, err
		}
	}
}

func (l *lifecycle) list(states ...vmmv1.VmState) (*vmmv1.ListVmsResponse, error) {
	resp, err := l.client.ListVms(l.ctx, connect.NewRequest(&vmmv1.ListVmsRequest{StateFilter: states}))
	if err != nil {
		return nil, err
	}
	return resp.Msg, nil
}
