// Package vmserver answers the API from memory, as briefly as connect-go allows. It is what the
// daemon is measured against: no hypervisor, no disk, no validation.
package vmserver

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"

	vmmv1 "vmm-controlplane/gen/vmm/v1"
	"vmm-controlplane/gen/vmm/v1/vmmv1connect"
)

var (
	errNoID     = connect.NewError(connect.CodeInvalidArgument, errors.New("vm_id is empty"))
	errNoVM     = connect.NewError(connect.CodeNotFound, errors.New("no VM of that vm_id"))
	errVMExists = connect.NewError(connect.CodeAlreadyExists, errors.New("there is a VM of that vm_id"))
)

// Server holds what GetVmInfo answers, by vm_id. An answer that is in the map is never changed
// again, so that it can be encoded without a lock; a change puts another one in its place.
type Server struct {
	// Answers the calls that no measurement makes.
	vmmv1connect.UnimplementedVmServiceHandler

	lock sync.RWMutex
	vms  map[string]*vmmv1.GetVmInfoResponse
}

var _ vmmv1connect.VmServiceHandler = (*Server)(nil)

// New makes a server that already has some VMs.
func New(vms ...*vmmv1.GetVmInfoResponse) *Server {
	server := &Server{vms: make(map[string]*vmmv1.GetVmInfoResponse)}
	for _, vm := range vms {
		server.vms[vm.GetVmId()] = vm
	}
	return server
}

// HTTP serves a handler of the API over HTTP/1.1 and HTTP/2, both without TLS on one port.
func HTTP(service vmmv1connect.VmServiceHandler) *http.Server {
	mux := http.NewServeMux()
	mux.Handle(vmmv1connect.NewVmServiceHandler(service))
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	return &http.Server{Handler: mux, Protocols: protocols}
}

func (s *Server) CreateVm(
	_ context.Context, request *connect.Request[vmmv1.CreateVmRequest],
) (*connect.Response[vmmv1.CreateVmResponse], error) {
	id := request.Msg.GetVmId()
	if id == "" {
		return nil, errNoID
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.vms[id] != nil {
		return nil, errVMExists
	}
	s.vms[id] = &vmmv1.GetVmInfoResponse{
		VmId: id, Config: request.Msg.GetConfig(), State: vmmv1.VmState_VM_STATE_CREATED,
	}
	return connect.NewResponse(&vmmv1.CreateVmResponse{
		VmId: id, State: vmmv1.VmState_VM_STATE_CREATED,
	}), nil
}

func (s *Server) DeleteVm(
	_ context.Context, request *connect.Request[vmmv1.DeleteVmRequest],
) (*connect.Response[vmmv1.DeleteVmResponse], error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.vms[request.Msg.GetVmId()] == nil {
		return nil, errNoVM
	}
	delete(s.vms, request.Msg.GetVmId())
	return connect.NewResponse(&vmmv1.DeleteVmResponse{Success: true}), nil
}

func (s *Server) BootVm(
	_ context.Context, request *connect.Request[vmmv1.BootVmRequest],
) (*connect.Response[vmmv1.BootVmResponse], error) {
	state, err := s.move(request.Msg.GetVmId(), vmmv1.VmState_VM_STATE_RUNNING)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&vmmv1.BootVmResponse{Success: true, State: state}), nil
}

func (s *Server) ShutdownVm(
	_ context.Context, request *connect.Request[vmmv1.ShutdownVmRequest],
) (*connect.Response[vmmv1.ShutdownVmResponse], error) {
	state, err := s.move(request.Msg.GetVmId(), vmmv1.VmState_VM_STATE_SHUTDOWN)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&vmmv1.ShutdownVmResponse{Success: true, State: state}), nil
}

func (s *Server) PauseVm(
	_ context.Context, request *connect.Request[vmmv1.PauseVmRequest],
) (*connect.Response[vmmv1.PauseVmResponse], error) {
	state, err := s.move(request.Msg.GetVmId(), vmmv1.VmState_VM_STATE_PAUSED)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&vmmv1.PauseVmResponse{Success: true, State: state}), nil
}

func (s *Server) ResumeVm(
	_ context.Context, request *connect.Request[vmmv1.ResumeVmRequest],
) (*connect.Response[vmmv1.ResumeVmResponse], error) {
	state, err := s.move(request.Msg.GetVmId(), vmmv1.VmState_VM_STATE_RUNNING)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&vmmv1.ResumeVmResponse{Success: true, State: state}), nil
}

func (s *Server) RebootVm(
	_ context.Context, request *connect.Request[vmmv1.RebootVmRequest],
) (*connect.Response[vmmv1.RebootVmResponse], error) {
	state, err := s.move(request.Msg.GetVmId(), vmmv1.VmState_VM_STATE_RUNNING)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&vmmv1.RebootVmResponse{Success: true, State: state}), nil
}

func (s *Server) GetVmInfo(
	_ context.Context, request *connect.Request[vmmv1.GetVmInfoRequest],
) (*connect.Response[vmmv1.GetVmInfoResponse], error) {
	s.lock.RLock()
	info := s.vms[request.Msg.GetVmId()]
	s.lock.RUnlock()
	if info == nil {
		return nil, errNoVM
	}
	return connect.NewResponse(info), nil
}

func (s *Server) ListVms(
	_ context.Context, _ *connect.Request[vmmv1.ListVmsRequest],
) (*connect.Response[vmmv1.ListVmsResponse], error) {
	s.lock.RLock()
	list := &vmmv1.ListVmsResponse{TotalCount: int32(len(s.vms))}
	for _, vm := range s.vms {
		list.Vms = append(list.Vms, entry(vm))
	}
	s.lock.RUnlock()
	slices.SortFunc(list.Vms, func(a, b *vmmv1.VmInfo) int { return strings.Compare(a.VmId, b.VmId) })
	return connect.NewResponse(list), nil
}

func entry(vm *vmmv1.GetVmInfoResponse) *vmmv1.VmInfo {
	return &vmmv1.VmInfo{
		VmId:            vm.GetVmId(),
		State:           vm.GetState(),
		VcpuCount:       vm.GetConfig().GetCpu().GetVcpuCount(),
		MemorySizeBytes: vm.GetConfig().GetMemory().GetSizeBytes(),
		Metadata:        vm.GetConfig().GetMetadata(),
	}
}

// move puts a VM into another state, whichever it is in.
func (s *Server) move(id string, state vmmv1.VmState) (vmmv1.VmState, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	before := s.vms[id]
	if before == nil {
		return vmmv1.VmState_VM_STATE_UNSPECIFIED, errNoVM
	}
	after := proto.CloneOf(before)
	after.State = state
	s.vms[id] = after
	return state, nil
}
