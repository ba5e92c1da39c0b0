package vmserver

import vmmv1 "vmm-controlplane/gen/vmm/v1"

// Sample is an answer of the size and shape that the daemon gives for a running VM.
func Sample(id string) *vmmv1.GetVmInfoResponse {
	return &vmmv1.GetVmInfoResponse{
		VmId:   id,
		Config: sampleConfig(),
		State:  vmmv1.VmState_VM_STATE_RUNNING,
		Metrics: &vmmv1.VmMetrics{
			CpuUsagePercent: 12.5, MemoryUsageBytes: 301_989_888, UptimeSeconds: 86_400,
			NetworkStats: &vmmv1.NetworkStats{BytesReceived: 81_234_567, PacketsReceived: 92_345},
			StorageStats: &vmmv1.StorageStats{BytesRead: 31_457_280, ReadOperations: 2_048},
		},
		BackendInfo: map[string]string{
			"vmm": "qemu", "vmm_version": "7.2.22", "pid": "41234", "accelerator": "kvm",
			"console_path": "/var/lib/vmm-controlplane/run/" + id + "/console.log",
			"log_path":     "/var/lib/vmm-controlplane/run/" + id + "/vmm.log",
			"last_exit":    "", "sample_age_ms": "412",
		},
	}
}

func sampleConfig() *vmmv1.VmConfig {
	return &vmmv1.VmConfig{
		Cpu:    &vmmv1.CpuConfig{VcpuCount: 2, MaxVcpuCount: 2},
		Memory: &vmmv1.MemoryConfig{SizeBytes: 2 << 30},
		Boot:   &vmmv1.BootConfig{KernelPath: "/opt/kernels/vmlinux", KernelArgs: "console=ttyS0 root=/dev/vda"},
		Storage: []*vmmv1.StorageDevice{{
			Id: "disk0", Path: "/var/lib/vms/web-1.qcow2", IsRootDevice: true, InterfaceType: "virtio",
			Options: map[string]string{"format": "qcow2"},
		}},
		Network: []*vmmv1.NetworkInterface{{
			Id: "net0", MacAddress: "52:54:00:12:34:56", TapDevice: "tap0", InterfaceType: "virtio",
		}},
		Metadata: map[string]string{"owner": "platform", "role": "web"},
	}
}
