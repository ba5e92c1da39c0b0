package com.unkey.vmcp.daemon;

import com.unkey.vmcp.core.port.IdSource;
import com.unkey.vmcp.core.vm.ShortId;
import com.unkey.vmcp.core.vm.VmId;
import java.security.SecureRandom;
import java.util.UUID;

/** Ids that nobody can guess. Safe on every thread. */
final class RandomIds implements IdSource {

    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

    private final SecureRandom random = new SecureRandom();

    @Override
    public VmId vmId() {
        return new VmId(UUID.randomUUID().toString());
    }

    @Override
    public ShortId shortId() {
        StringBuilder id = new StringBuilder(ShortId.LENGTH);
        for (int i = 0; i < ShortId.LENGTH; i++) {
            id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return new ShortId(id.toString());
    }

    /** 52:54:00 is the prefix by which guests of Linux hosts are commonly told. */
    @Override
    public String macAddress() {
        int bits = random.nextInt(1 << 24);
        return "52:54:00:%02x:%02x:%02x"
                .formatted(bits >> 16 & 0xff, bits >> 8 & 0xff, bits & 0xff);
    }
}
