package com.unkey.vmcp.backends.adapter;

import com.unkey.vmcp.core.vm.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Gathers what a backend cannot do of a spec, field by field. For one thread. */
public final class Refusals {

    /** What {@code interface_type} of a disk may say where all disks are virtio. */
    public static final List<String> VIRTIO_DISK = List.of("virtio", "virtio-blk");

    /** What {@code interface_type} of a network interface may say where all are virtio. */
    public static final List<String> VIRTIO_NIC = List.of("virtio", "virtio-net");

    private final String title;
    private final List<Violation> found = new ArrayList<>();

    /**
     * @param title of the backend, for messages
     */
    public Refusals(String title) {
        this.title = title;
    }

    /** Path of a disk in the request. */
    public static String disk(int index) {
        return "config.storage[" + index + "]";
    }

    /** Path of a network interface in the request. */
    public static String nic(int index) {
        return "config.network[" + index + "]";
    }

    /** Notes a field that cannot be honoured. */
    public void add(String field, String message) {
        found.add(new Violation(field, message));
    }

    /** Notes a field that is given and whose value is none of {@code accepted}. */
    public void oneOf(String field, String value, List<String> accepted) {
        if (!value.isEmpty() && !accepted.contains(value)) {
            String told = String.join(" or ", accepted);
            add(field, "the %s backend has %s only, got \"%s\"".formatted(title, told, value));
        }
    }

    /** Begins to read the map of options at {@code field}; {@link #addAll} takes its refusals. */
    public Options options(String field, Map<String, String> values) {
        return new Options(title, field, values);
    }

    /** Notes every option that was not understood or not read. */
    public void addAll(Options options) {
        found.addAll(options.violations());
    }

    /** All that was noted, in that order. */
    public List<Violation> all() {
        return List.copyOf(found);
    }
}
