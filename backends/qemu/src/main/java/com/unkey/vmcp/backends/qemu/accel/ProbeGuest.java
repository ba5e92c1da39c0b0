package com.unkey.vmcp.backends.qemu.accel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The assembled guest, as it lies in the build. */
final class ProbeGuest {
    private static final String RESOURCE = "probe.elf";
    private static final int DIGEST_CHARS = 16;

    private ProbeGuest() {}

    static byte[] image() {
        try (InputStream image = ProbeGuest.class.getResourceAsStream(RESOURCE)) {
            if (image == null) {
                throw new IllegalStateException(
                        "resource " + RESOURCE + " is missing from the build");
            }
            return image.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("reading resource " + RESOURCE, e);
        }
    }

    static String digest() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(image());
            return HexFormat.of().formatHex(digest).substring(0, DIGEST_CHARS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
