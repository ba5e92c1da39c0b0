package vmserver

import (
	"context"
	"net/http/httptest"
	"testing"

	"connectrpc.com/connect"

	vmmv1 "vmm-controlplane/gen/vmm/v1"
	"vmm-controlplane/gen/vmm/v1/vmmv1connect"
)

func TestAnswersAllNineCalls(t *testing.T) {
	server := httptest.NewServer(HTTP(New(Sample("a"))).Handler)
	defer server.Close()
	client := vmmv1connect.NewVmServiceClient(server.Client(), server.URL)
	id := "b"

	send(t, client.CreateVm, &vmmv1.CreateVmRequest{VmId: id, Config: sampleConfig()})
	send(t, client.BootVm, &vmmv1.BootVmRequest{VmId: id})
	send(t, client.PauseVm, &vmmv1.PauseVmRequest{VmId: id})
	send(t, client.ResumeVm, &vmmv1.ResumeVmRequest{VmId: id})
	send(t, client.RebootVm, &vmmv1.RebootVmRequest{VmId: id})
	send(t, client.ShutdownVm, &vmmv1.ShutdownVmRequest{VmId: id})
	info := send(t, client.GetVmInfo, &vmmv1.GetVmInfoRequest{VmId: id})
	if info.GetState() != vmmv1.VmState_VM_STATE_SHUTDOWN {
		t.Errorf("state %v", info.GetState())
	}
	if list := send(t, client.ListVms, &vmmv1.ListVmsRequest{}); len(list.GetVms()) != 2 {
		t.Errorf("%d VMs", len(list.GetVms()))
	}
	send(t, client.DeleteVm, &vmmv1.DeleteVmRequest{VmId: id})
	_, err := client.GetVmInfo(context.Background(), connect.NewRequest(&vmmv1.GetVmInfoRequest{VmId: id}))
	if connect.CodeOf(err) != connect.CodeNotFound {
		t.Errorf("after DeleteVm: %v", err)
	}
}

func send[Q, A any](
	t *testing.T, call func(context.Context, *connect.Request[Q]) (*connect.Response[A], error), message *Q,
) *A {
	t.Helper()
	response, err := call(context.Background(), connect.NewRequest(message))
	if err != nil {
		t.Fatalf("%T: %v", message, err)
	}
	return response.Msg
}
