package com.unkey.vmcp.backends.adapter;

import com.unkey.vmcp.core.port.BackendProfile;
import com.unkey.vmcp.core.port.BackendProfile.Field;
import com.unkey.vmcp.core.port.BackendProfile.Limit;
import com.unkey.vmcp.core.port.BackendProfile.Option;
import com.unkey.vmcp.core.vm.OptionMap;
import com.unkey.vmcp.core.vm.SpecField;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Gathers what a backend tells of itself. What several do alike, because the code is here, is told
 * in the same words. For one thread.
 */
public final class Declaration {

    private final List<Limit> limits = new ArrayList<>();
    private final Map<SpecField, Field> fields = new EnumMap<>(SpecField.class);
    private final List<Option> options = new ArrayList<>();

    /**
     * Tells a bound.
     *
     * @see Limit
     */
    public Declaration limit(String name, long value, String field, String note) {
        limits.add(new Limit(name, value, field, note));
        return this;
    }

    /** Tells what there is to know of a field that is honoured. */
    public Declaration honoured(SpecField field, String note) {
        return field(field, Field.honoured(note));
    }

    /** Tells what becomes of a field; the last word on it counts. */
    public Declaration field(SpecField field, Field what) {
        fields.put(field, what);
        return this;
    }

    /**
     * The guest's kernel is told what {@link KernelCommandLine} says, or the like of it.
     *
     * @param fallback for a client that gives no arguments
     * @param note what else there is to it; may be empty
     */
    public Declaration kernelArguments(String fallback, String note) {
        String empty = "where empty: `%s`".formatted(fallback);
        return honoured(SpecField.BOOT_KERNEL_ARGS, note.isEmpty() ? empty : note + "; " + empty)
                .honoured(
                        SpecField.STORAGE_IS_ROOT_DEVICE,
                        "first disk; `root=/dev/vda` is added where kernel_args has no `root=`");
    }

    /** Disks and network interfaces are virtio, the latter on a tap that the VMM opens by name. */
    public Declaration virtio() {
        return field(SpecField.STORAGE_INTERFACE_TYPE, Field.oneOf(Refusals.VIRTIO_DISK, ""))
                .field(SpecField.NETWORK_INTERFACE_TYPE, Field.oneOf(Refusals.VIRTIO_NIC, ""))
                .honoured(
                        SpecField.NETWORK_TAP_DEVICE,
                        "opened where it is there, else made and gone with the VM");
    }

    /** The serial console is kept in a file, whatever of {@code types} it is called. */
    public Declaration fileConsole(List<String> types) {
        return honoured(SpecField.CONSOLE_ENABLED, "false: nothing is kept")
                .field(SpecField.CONSOLE_INPUT, Field.refused(""))
                .field(SpecField.CONSOLE_CONSOLE_TYPE, Field.oneOf(types, ""));
    }

    /** Tells the options that a reader understands. */
    public Declaration options(OptionMap map, Consumer<Options> reader) {
        options.addAll(Options.understoodBy(map, reader));
        return this;
    }

    /** All that was told. */
    public BackendProfile profile() {
        return new BackendProfile(limits, fields, options);
    }
}
