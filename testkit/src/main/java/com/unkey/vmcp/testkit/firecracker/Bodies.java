package com.unkey.vmcp.testkit.firecracker;

import static com.unkey.vmcp.testkit.vmm.Shape.choice;
import static com.unkey.vmcp.testkit.vmm.Shape.flag;
import static com.unkey.vmcp.testkit.vmm.Shape.text;
import static com.unkey.vmcp.testkit.vmm.Shape.whole;

import com.unkey.vmcp.testkit.vmm.Shape;
import com.unkey.vmcp.testkit.vmm.Shape.Kind;

/** The bodies of requests. Sizes are in MiB, times in ms. */
final class Bodies {

    private static final Kind BUCKET =
            new Kind.Struct(
                    new Shape()
                            .required("size", whole(64))
                            .optional("one_time_burst", whole(64), "null")
                            .required("refill_time", whole(64)));
    private static final Kind RATE_LIMITER =
            new Kind.Struct(
                    new Shape()
                            .optional("bandwidth", BUCKET, "null")
                            .optional("ops", BUCKET, "null")
                            .strict());
    private static final Kind TEMPLATE = choice("C3", "T2", "T2S", "None", "T2CL", "T2A");

    static final Shape MACHINE =
            new Shape()
                    .required("vcpu_count", whole(8))
                    .required("mem_size_mib", whole(64))
                    .optional("smt", flag(), "false")
                    .optional("cpu_template", TEMPLATE)
                    .optional("track_dirty_pages", flag(), "false")
                    .optional("huge_pages", choice("None", "2M"), "\"None\"")
                    .strict();
    static final Shape MACHINE_UPDATE =
            new Shape()
                    .optional("vcpu_count", whole(8))
                    .optional("mem_size_mib", whole(64))
                    .optional("smt", flag())
                    .optional("cpu_template", TEMPLATE)
                    .optional("track_dirty_pages", flag())
                    .optional("huge_pages", choice("None", "2M"))
                    .strict();
    static final Shape BOOT_SOURCE =
            new Shape()
                    .required("kernel_image_path", text())
                    .optional("initrd_path", text(), "null")
                    .optional("boot_args", text(), "null")
                    .strict();
    static final Shape DRIVE =
            new Shape()
                    .required("drive_id", text())
                    .optional("partuuid", text(), "null")
                    .required("is_root_device", flag())
                    .optional("cache_type", choice("Unsafe", "Writeback"), "\"Unsafe\"")
                    .optional("is_read_only", flag(), "false")
                    .optional("path_on_host", text(), "null")
                    .optional("rate_limiter", RATE_LIMITER, "null")
                    .optional("io_engine", choice("Async", "Sync"), "\"Sync\"")
                    .optional("socket", text(), "null")
                    .strict();
    static final Shape DRIVE_UPDATE =
            new Shape()
                    .required("drive_id", text())
                    .optional("path_on_host", text())
                    .optional("rate_limiter", RATE_LIMITER)
                    .strict();
    static final Shape INTERFACE =
            new Shape()
                    .required("iface_id", text())
                    .required("host_dev_name", text())
                    .optional("guest_mac", new Kind.Mac(), "null")
                    .optional("mtu", whole(16), "null")
                    .optional("rx_rate_limiter", RATE_LIMITER, "null")
                    .optional("tx_rate_limiter", RATE_LIMITER, "null")
                    .strict();
    static final Shape INTERFACE_UPDATE =
            new Shape()
                    .required("iface_id", text())
                    .optional("rx_rate_limiter", RATE_LIMITER)
                    .optional("tx_rate_limiter", RATE_LIMITER)
                    .strict();
    static final Shape BALLOON =
            new Shape()
                    .required("amount_mib", whole(32))
                    .required("deflate_on_oom", flag())
                    .optional("stats_polling_interval_s", whole(16), "0")
                    .optional("free_page_hinting", flag(), "false")
                    .optional("free_page_reporting", flag(), "false")
                    .strict();
    static final Shape MEMORY_HOTPLUG =
            new Shape()
                    .required("total_size_mib", whole(64))
                    .optional("block_size_mib", whole(64), "2")
                    .optional("slot_size_mib", whole(64), "128")
                    .strict();
    static final Shape MEMORY_HOTPLUG_UPDATE =
            new Shape().required("requested_size_mib", whole(64)).strict();
    static final Shape VSOCK =
            new Shape()
                    .optional("vsock_id", text())
                    .required("guest_cid", whole(32))
                    .required("uds_path", text())
                    .strict();
    static final Shape ENTROPY =
            new Shape().optional("rate_limiter", RATE_LIMITER, "null").strict();
    static final Shape SERIAL =
            new Shape()
                    .optional("serial_out_path", text())
                    .optional("rate_limiter", BUCKET)
                    .strict();
    static final Shape LOGGER =
            new Shape()
                    .optional("log_path", text())
                    .optional("level", text())
                    .optional("show_level", flag())
                    .optional("show_log_origin", flag())
                    .optional("module", text())
                    .strict();
    static final Shape METRICS = new Shape().required("metrics_path", text());
    static final Shape ACTION =
            new Shape()
                    .required(
                            "action_type",
                            choice("FlushMetrics", "InstanceStart", "SendCtrlAltDel"))
                    .strict();
    static final Shape VM = new Shape().required("state", choice("Paused", "Resumed")).strict();
    static final Shape ANYTHING = new Shape();

    private Bodies() {}
}
