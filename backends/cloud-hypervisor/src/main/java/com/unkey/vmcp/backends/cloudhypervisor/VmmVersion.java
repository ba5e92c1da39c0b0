package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.core.failure.VmException;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Version of a Cloud Hypervisor, as its releases are numbered: 53.0. */
record VmmVersion(int major, int minor) implements Comparable<VmmVersion> {

    /** The first that has {@code --no-shutdown}. */
    static final VmmVersion OLDEST = new VmmVersion(52, 0);

    /** The newest this adapter was run on. */
    static final VmmVersion NEWEST_KNOWN = new VmmVersion(53, 0);

    private static final Logger log = LoggerFactory.getLogger(VmmVersion.class);
    private static final Pattern NUMBERS = Pattern.compile("v?([0-9]{1,6})\\.([0-9]{1,6})");
    private static final AtomicBoolean told = new AtomicBoolean();

    /**
     * Reads what {@code --version} or {@code vmm.ping} tell and refuses what is too old.
     *
     * @throws VmException unavailable where it is no version, or older than {@link #OLDEST}
     */
    static VmmVersion require(String text) {
        Matcher matcher = NUMBERS.matcher(text);
        if (!matcher.lookingAt()) {
            throw VmException.unavailable(
                    "Cloud Hypervisor tells no version that makes sense: \"" + text + "\"");
        }
        VmmVersion version =
                new VmmVersion(
                        Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
        version.check();
        return version;
    }

    private void check() {
        if (compareTo(OLDEST) < 0) {
            throw VmException.unavailable(
                    "Cloud Hypervisor %s is too old: %s is the oldest that is supported"
                            .formatted(this, OLDEST));
        }
        if (compareTo(NEWEST_KNOWN) > 0 && told.compareAndSet(false, true)) {
            log.warn("Cloud Hypervisor {} is newer than {}, the newest known", this, NEWEST_KNOWN);
        }
    }

    @Override
    public int compareTo(VmmVersion other) {
        return Comparator.comparingInt(VmmVersion::major)
                .thenComparingInt(VmmVersion::minor)
                .compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
