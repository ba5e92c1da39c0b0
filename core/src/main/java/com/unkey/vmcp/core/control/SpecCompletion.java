package com.unkey.vmcp.core.control;

import com.unkey.vmcp.core.port.IdSource;
import com.unkey.vmcp.core.vm.ShortId;
import com.unkey.vmcp.core.vm.VmSpec;
import com.unkey.vmcp.core.vm.VmSpec.Devices;
import com.unkey.vmcp.core.vm.VmSpec.Disk;
import com.unkey.vmcp.core.vm.VmSpec.Nic;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Fills in what a client may leave to the daemon: ids, MAC addresses, tap names. */
final class SpecCompletion {

    private final ShortId shortId;
    private final IdSource ids;

    SpecCompletion(ShortId shortId, IdSource ids) {
        this.shortId = shortId;
        this.ids = ids;
    }

    VmSpec complete(VmSpec spec) {
        Devices given = spec.devices();
        return spec.withDevices(
                new Devices(disks(given.disks()), nics(given.nics()), given.console()));
    }

    private static List<Disk> disks(List<Disk> given) {
        Set<String> taken = given.stream().map(Disk::id).collect(Collectors.toSet());
        List<Disk> complete = new ArrayList<>();
        for (int i = 0; i < given.size(); i++) {
            Disk disk = given.get(i);
            complete.add(disk.withId(orFree(disk.id(), "disk", i, taken)));
        }
        return complete;
    }

    private List<Nic> nics(List<Nic> given) {
        Set<String> taken = given.stream().map(Nic::id).collect(Collectors.toSet());
        List<Nic> complete = new ArrayList<>();
        for (int i = 0; i < given.size(); i++) {
            Nic nic = given.get(i);
            String mac = nic.macAddress().isEmpty() ? ids.macAddress() : nic.macAddress();
            String tap = nic.tapDevice().isEmpty() ? "vm" + shortId + "n" + i : nic.tapDevice();
            complete.add(
                    new Nic(
                            orFree(nic.id(), "net", i, taken),
                            mac,
                            tap,
                            nic.interfaceType(),
                            nic.options()));
        }
        return complete;
    }

    private static String orFree(String given, String prefix, int from, Set<String> taken) {
        if (!given.isEmpty()) {
            return given;
        }
        int number = from;
        while (!taken.add(prefix + number)) {
            number++;
        }
        return prefix + number;
    }
}
