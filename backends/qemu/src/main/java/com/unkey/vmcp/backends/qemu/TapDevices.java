package com.unkey.vmcp.backends.qemu;

import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.Sample.NetworkCounters;
import com.unkey.vmcp.core.vm.VmSpec.Nic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tap devices of a VM, as sysfs shows them. */
final class TapDevices {

    private static final Logger log = LoggerFactory.getLogger(TapDevices.class);

    /** IFF_UP of netdevice(7). */
    private static final int UP = 1;

    private final Path network;

    /**
     * @param network {@code /sys/class/net}
     */
    TapDevices(Path network) {
        this.network = network;
    }

    /**
     * The names of the VM's taps in the order of its interfaces. An interface for which the client
     * named none gets one of ours, which QEMU makes and which goes with it.
     */
    static List<String> names(LaunchPlan plan) {
        List<Nic> nics = plan.definition().spec().devices().nics();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < nics.size(); i++) {
            String given = nics.get(i).tapDevice();
            names.add(given.isEmpty() ? "v" + plan.shortId() + "n" + i : given);
        }
        return names;
    }

    /**
     * Brings links up. Where that is not allowed, somebody else has to: the VM runs all the same.
     */
    void bringUp(List<String> taps) {
        for (String tap : taps) {
            Path file = network.resolve(tap).resolve("flags");
            try {
                int flags = Integer.decode(Files.readString(file).strip());
                if ((flags & UP) == 0) {
                    Files.writeString(file, "0x" + Integer.toHexString(flags | UP));
                }
            } catch (IOException | NumberFormatException e) {
                log.warn("tap {} was not brought up: {}", tap, e.toString());
            }
        }
    }

    /** Each tap's counters as the guest sees them; a tap that is gone has none. */
    Map<String, NetworkCounters> counters(List<String> taps) {
        Map<String, NetworkCounters> all = new TreeMap<>();
        for (String tap : taps) {
            Path statistics = network.resolve(tap).resolve("statistics");
            try {
                all.put(tap, swapped(statistics));
            } catch (IOException | NumberFormatException e) {
                log.debug("no statistics of tap {}", tap, e);
            }
        }
        return all;
    }

    /** What the host sends through the tap is what the guest receives. */
    private static NetworkCounters swapped(Path statistics) throws IOException {
        return new NetworkCounters(
                number(statistics, "tx_bytes"),
                number(statistics, "rx_bytes"),
                number(statistics, "tx_packets"),
                number(statistics, "rx_packets"));
    }

    private static long number(Path statistics, String name) throws IOException {
        return Long.parseLong(Files.readString(statistics.resolve(name)).strip());
    }

    /** Traffic since the baseline, all taps together. */
    NetworkCounters since(Map<String, NetworkCounters> baseline, List<String> taps) {
        NetworkCounters sum = NetworkCounters.ZERO;
        for (Map.Entry<String, NetworkCounters> now : counters(taps).entrySet()) {
            NetworkCounters before = baseline.getOrDefault(now.getKey(), NetworkCounters.ZERO);
            sum = sum.plus(now.getValue().since(before));
        }
        return sum;
    }
}
