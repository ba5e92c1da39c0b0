package com.unkey.vmcp.e2e;

import com.unkey.vmcp.testkit.guest.LinuxImages;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The small Linux guest, looked for once for all tests. */
final class LinuxGuest {

    private LinuxGuest() {}

    static LinuxImages find() {
        return Made.GUEST;
    }

    private static final class Made {
        static final LinuxImages GUEST = make();
    }

    private static LinuxImages make() {
        try {
            return LinuxImages.find();
        } catch (IOException e) {
            throw new UncheckedIOException("no Linux guest can be made", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while the guest was made", e);
        }
    }
}
