package com.unkey.vmcp.testkit.host;

import com.unkey.vmcp.core.port.IdSource;
import com.unkey.vmcp.core.vm.ShortId;
import com.unkey.vmcp.core.vm.VmId;
import java.util.concurrent.atomic.AtomicInteger;

/** Ids that count, so that tests know them beforehand. Safe on every thread. */
public final class CountingIds implements IdSource {

    private final AtomicInteger vms = new AtomicInteger();
    private final AtomicInteger shorts = new AtomicInteger();
    private final AtomicInteger macs = new AtomicInteger();

    @Override
    public VmId vmId() {
        return new VmId("generated-" + vms.incrementAndGet());
    }

    @Override
    public ShortId shortId() {
        return new ShortId("s%09d".formatted(shorts.incrementAndGet()));
    }

    @Override
    public String macAddress() {
        return "02:00:00:00:00:%02x".formatted(macs.incrementAndGet() & 0xff);
    }
}
