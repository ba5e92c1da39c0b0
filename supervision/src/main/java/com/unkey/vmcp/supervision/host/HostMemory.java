package com.unkey.vmcp.supervision.host;

import com.unkey.vmcp.core.failure.VmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The host's memory, from proc_meminfo(5). */
final class HostMemory {

    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final String TOTAL = "MemTotal:";

    private HostMemory() {}

    /** Finds fault with a guest larger than the host. */
    static void check(long guestBytes, Findings findings) {
        long total = totalBytes();
        if (guestBytes > total) {
            findings.wrong(
                    "config.memory.size_bytes",
                    "is beyond the host's memory of " + total + " bytes: " + guestBytes);
        }
    }

    private static long totalBytes() {
        try {
            return Files.readAllLines(MEMINFO).stream()
                    .filter(line -> line.startsWith(TOTAL))
                    .mapToLong(HostMemory::bytes)
                    .findFirst()
                    .orElse(Long.MAX_VALUE);
        } catch (IOException e) {
            throw VmException.unavailable("the host's memory cannot be read", e);
        }
    }

    /** Of a line such as {@code MemTotal: 8123456 kB}. */
    private static long bytes(String line) {
        String[] words = line.substring(TOTAL.length()).strip().split(" ", -1);
        return Long.parseLong(words[0]) * 1024;
    }
}
