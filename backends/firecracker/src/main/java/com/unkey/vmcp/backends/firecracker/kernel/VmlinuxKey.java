package com.unkey.vmcp.backends.firecracker.kernel;

import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names a vmlinux by what it was made of.
 *
 * @param digest SHA-256 of the compressed bytes, in hex
 * @param size of the vmlinux, in bytes
 */
record VmlinuxKey(String digest, long size) {

    private static final Pattern FILE = Pattern.compile("([0-9a-f]{64})-([0-9]{1,12})\\.vmlinux");

    static VmlinuxKey of(byte[] digest, long size) {
        return new VmlinuxKey(HexFormat.of().formatHex(digest), size);
    }

    static Optional<VmlinuxKey> ofFileName(String name) {
        Matcher matcher = FILE.matcher(name);
        return matcher.matches()
                ? Optional.of(new VmlinuxKey(matcher.group(1), Long.parseLong(matcher.group(2))))
                : Optional.empty();
    }

    String fileName() {
        return digest + "-" + size + ".vmlinux";
    }
}
