package com.unkey.vmcp.testkit.cloudhypervisor;

import static com.unkey.vmcp.testkit.vmm.Shape.choice;
import static com.unkey.vmcp.testkit.vmm.Shape.flag;
import static com.unkey.vmcp.testkit.vmm.Shape.text;
import static com.unkey.vmcp.testkit.vmm.Shape.whole;

import com.unkey.vmcp.testkit.vmm.Shape;
import com.unkey.vmcp.testkit.vmm.Shape.Kind;
import java.nio.charset.StandardCharsets;

/** The bodies of requests, as far as a control plane sends them. Sizes are in bytes. */
final class Shapes {

    private static final Kind ANY = new Kind.Any();
    private static final Kind MAC = new Kind.Mac();

    private static final Shape BUCKET =
            new Shape()
                    .required("size", whole(64))
                    .optional("one_time_burst", whole(64))
                    .required("refill_time", whole(64));

    private static final Shape RATE_LIMITER =
            new Shape()
                    .optional("bandwidth", new Kind.Struct(BUCKET))
                    .optional("ops", new Kind.Struct(BUCKET));

    private static final Shape TOPOLOGY =
            new Shape()
                    .required("threads_per_core", whole(16))
                    .required("cores_per_die", whole(16))
                    .required("dies_per_package", whole(16))
                    .required("packages", whole(16));

    private static final Shape CPUS =
            new Shape()
                    .required("boot_vcpus", whole(32))
                    .required("max_vcpus", whole(32))
                    .optional("topology", new Kind.Struct(TOPOLOGY))
                    .optional("kvm_hyperv", flag(), "false")
                    .optional("max_phys_bits", whole(8), "46")
                    .optional("affinity", ANY)
                    .optional("features", ANY, "{\"amx\":false}")
                    .optional("nested", flag(), "true")
                    .optional("core_scheduling", choice("Vm", "Vcpu", "Off"), "\"Vm\"")
                    .optional("profile", text(), "\"Host\"");

    private static final Shape MEMORY =
            new Shape()
                    .required("size", whole(64))
                    .optional("mergeable", flag(), "false")
                    .optional("hotplug_method", choice("Acpi", "VirtioMem"), "\"Acpi\"")
                    .optional("hotplug_size", whole(64))
                    .optional("hotplugged_size", whole(64))
                    .optional("shared", flag(), "false")
                    .optional("hugepages", flag(), "false")
                    .optional("hugepage_size", whole(64))
                    .optional("prefault", flag(), "false")
                    .optional("reserve", flag(), "false")
                    .optional("zones", ANY)
                    .optional("thp", flag(), "true");

    private static final Shape PAYLOAD =
            new Shape()
                    .optional("firmware", text())
                    .optional("kernel", text())
                    .optional("cmdline", text())
                    .optional("initramfs", text());

    private static final Shape CONSOLE =
            new Shape()
                    .optional("file", text())
                    .required("mode", choice("Off", "Pty", "Tty", "File", "Socket", "Null"))
                    .optional("socket", text())
                    .optional("pci_segment", whole(16));

    static final Shape DISK =
            pci().optional("path", text())
                    .optional("readonly", flag(), "false")
                    .optional("direct", flag(), "false")
                    .optional("num_queues", whole(64), "1")
                    .optional("queue_size", whole(16), "128")
                    .optional("vhost_user", flag(), "false")
                    .optional("vhost_socket", text())
                    .optional("rate_limit_group", text())
                    .optional("rate_limiter_config", new Kind.Struct(RATE_LIMITER))
                    .optional("disable_io_uring", flag(), "false")
                    .optional("disable_aio", flag(), "false")
                    .optional("serial", text())
                    .optional("queue_affinity", ANY)
                    .optional("backing_files", flag(), "false")
                    .optional("sparse", flag(), "true")
                    .optional(
                            "image_type",
                            choice("FixedVhd", "Qcow2", "Raw", "Vhdx", "Unknown"),
                            "\"Unknown\"")
                    .optional("lock_granularity", choice("ByteRange", "Full"), "\"ByteRange\"");

    static final Shape NET =
            pci().optional("tap", text())
                    .optional("ip", text())
                    .optional("mask", text())
                    .optional("mac", MAC, "\"2e:00:00:00:00:01\"")
                    .optional("host_mac", MAC)
                    .optional("mtu", whole(16))
                    .optional("num_queues", whole(64), "2")
                    .optional("queue_size", whole(16), "256")
                    .optional("vhost_user", flag(), "false")
                    .optional("vhost_socket", text())
                    .optional("vhost_mode", choice("Client", "Server"), "\"Client\"")
                    .optional("rate_limiter_config", new Kind.Struct(RATE_LIMITER))
                    .optional("offload_tso", flag(), "true")
                    .optional("offload_ufo", flag(), "true")
                    .optional("offload_csum", flag(), "true");

    static final Shape VM =
            new Shape()
                    .optional(
                            "cpus",
                            new Kind.Struct(CPUS),
                            read(CPUS, "{\"boot_vcpus\":1,\"max_vcpus\":1}"))
                    .optional(
                            "memory", new Kind.Struct(MEMORY), read(MEMORY, "{\"size\":536870912}"))
                    .optional("payload", new Kind.Struct(PAYLOAD))
                    .optional("rate_limit_groups", ANY)
                    .optional("disks", new Kind.Many(new Kind.Struct(DISK)))
                    .optional("net", new Kind.Many(new Kind.Struct(NET)))
                    .optional("rng", ANY, "{\"pci_segment\":0,\"src\":\"/dev/urandom\"}")
                    .optional("balloon", ANY)
                    .optional("fs", ANY)
                    .optional("pmem", ANY)
                    .optional("serial", new Kind.Struct(CONSOLE), "{\"mode\":\"Null\"}")
                    .optional(
                            "console",
                            new Kind.Struct(CONSOLE),
                            "{\"mode\":\"Tty\",\"pci_segment\":0}")
                    .optional("debug_console", ANY, "{\"mode\":\"Off\",\"iobase\":233}")
                    .optional("vsock", ANY)
                    .optional("pvpanic", flag(), "false")
                    .optional("iommu", flag(), "false")
                    .optional("numa", ANY)
                    .optional("watchdog", flag(), "false")
                    .optional("platform", ANY)
                    .optional("landlock_enable", flag(), "false")
                    .optional("landlock_rules", ANY);

    static final Shape RESIZE =
            new Shape()
                    .optional("desired_vcpus", whole(32))
                    .optional("desired_ram", whole(64))
                    .optional("desired_balloon", whole(64));

    static final Shape RESIZE_DISK =
            new Shape().required("id", text()).required("desired_size", whole(64));

    static final Shape DEVICE_ID = new Shape().required("id", text());

    static final Shape SNAPSHOT = new Shape().required("destination_url", text());

    private Shapes() {}

    private static Shape pci() {
        return new Shape()
                .optional("id", text())
                .optional("iommu", flag())
                .optional("pci_segment", whole(16), "0")
                .optional("pci_device_id", whole(8));
    }

    private static String read(Shape shape, String json) {
        return shape.read(json.getBytes(StandardCharsets.UTF_8)).toString();
    }
}
