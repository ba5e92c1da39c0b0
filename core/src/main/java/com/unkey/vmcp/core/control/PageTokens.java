package com.unkey.vmcp.core.control;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.port.VmStore.Secret;
import com.unkey.vmcp.core.vm.VmState;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Page tokens: the sequence at which a page ended and the filter it was made with, signed, so that
 * none but this store's own are taken. They stay good over inserts, deletes and restarts.
 */
final class PageTokens {

    private static final String ALGORITHM = "HmacSHA256";
    private static final int BODY = Long.BYTES + 1;
    private static final int SIGNATURE = 16;

    private final SecretKeySpec key;

    PageTokens(Secret secret) {
        this.key = new SecretKeySpec(secret.bytes(), ALGORITHM);
    }

    /** Token for what follows {@code sequence}. */
    String after(long sequence, Set<VmState.Kind> filter) {
        ByteBuffer token = ByteBuffer.allocate(BODY + SIGNATURE);
        token.putLong(sequence).put(mask(filter));
        token.put(signature(Arrays.copyOf(token.array(), BODY)));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token.array());
    }

    /**
     * The sequence after which the page begins; 0 for an empty token.
     *
     * @throws VmException invalid where the token is not one of ours or was made with another
     *     filter
     */
    long sequence(String token, Set<VmState.Kind> filter) {
        if (token.isEmpty()) {
            return 0;
        }
        byte[] bytes = decode(token);
        byte[] body = Arrays.copyOf(bytes, BODY);
        boolean ours =
                bytes.length == BODY + SIGNATURE
                        && MessageDigest.isEqual(
                                signature(body), Arrays.copyOfRange(bytes, BODY, bytes.length));
        if (!ours || body[BODY - 1] != mask(filter)) {
            throw refused(token);
        }
        return ByteBuffer.wrap(body).getLong();
    }

    private static byte[] decode(String token) {
        try {
            return Base64.getUrlDecoder().decode(token);
        } catch (IllegalArgumentException e) {
            throw refused(token);
        }
    }

    private static VmException refused(String token) {
        return new VmException(
                VmFailure.Invalid.field(
                        "page_token",
                        "is none that this server gave for this state_filter, got \"%s\""
                                .formatted(token)));
    }

    private static byte mask(Set<VmState.Kind> filter) {
        int mask = 0;
        for (VmState.Kind kind : filter) {
            mask |= bit(kind);
        }
        return (byte) mask;
    }

    private static int bit(VmState.Kind kind) {
        return switch (kind) {
            case CREATED -> 1;
            case RUNNING -> 2;
            case PAUSED -> 4;
            case SHUTDOWN -> 8;
        };
    }

    private byte[] signature(byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return Arrays.copyOf(mac.doFinal(body), SIGNATURE);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }
}
