package com.unkey.vmcp.backends.adapter;

import com.unkey.vmcp.core.vm.VmSpec.Boot;
import com.unkey.vmcp.core.vm.VmSpec.Cpu;
import com.unkey.vmcp.core.vm.VmSpec.Disk;
import com.unkey.vmcp.core.vm.VmSpec.Memory;
import com.unkey.vmcp.core.vm.VmSpec.Nic;

/**
 * The maps of options in a spec, each ready to be read from its beginning.
 *
 * @param title of the backend, for messages
 */
public record OptionMaps(String title) {

    /** Those of {@code config.cpu.features}. */
    public Options of(Cpu cpu) {
        return new Options(title, "config.cpu.features", cpu.features());
    }

    /** Those of {@code config.memory.backing}. */
    public Options of(Memory memory) {
        return new Options(title, "config.memory.backing", memory.backing());
    }

    /** Those of {@code config.boot.boot_options}. */
    public Options of(Boot boot) {
        return new Options(title, "config.boot.boot_options", boot.options());
    }

    /**
     * Those of a disk.
     *
     * @param index place of the disk in the spec
     */
    public Options of(Disk disk, int index) {
        return new Options(title, Refusals.disk(index) + ".options", disk.options());
    }

    /**
     * Those of a network interface.
     *
     * @param index place of the network interface in the spec
     */
    public Options of(Nic nic, int index) {
        return new Options(title, Refusals.nic(index) + ".options", nic.options());
    }
}
