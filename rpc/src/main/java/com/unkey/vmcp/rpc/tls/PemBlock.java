package com.unkey.vmcp.rpc.tls;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One block of a PEM file (RFC 7468). */
final class PemBlock {

    private static final Pattern BLOCK =
            Pattern.compile(
                    "-----BEGIN ([A-Z0-9 ]+)-----\\s*\\n([^-]*)-----END \\1-----[ \\t\\r]*(?:\\n|\\z)");
    private static final String BEGIN = "-----BEGIN ";

    private final String label;
    private final byte[] der;

    private PemBlock(String label, byte[] der) {
        this.label = label;
        this.der = der;
    }

    String label() {
        return label;
    }

    /** What the block holds; not a copy. */
    byte[] der() {
        return der;
    }

    /**
     * All blocks of a file; text around them is passed over.
     *
     * @throws IllegalArgumentException where a block is cut off or damaged: a file that is only
     *     half written must not pass for a shorter one
     */
    static List<PemBlock> all(String text) {
        List<PemBlock> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text);
        int from = 0;
        while (matcher.find(from)) {
            requireNone(text, from, matcher.start());
            blocks.add(new PemBlock(matcher.group(1), decoded(matcher)));
            from = matcher.end();
        }
        requireNone(text, from, text.length());
        return blocks;
    }

    private static byte[] decoded(Matcher matcher) {
        String body = matcher.group(2);
        if (body.contains(":")) {
            throw new IllegalArgumentException("holds an encrypted key; it must not be encrypted");
        }
        try {
            return Base64.getMimeDecoder().decode(body);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("holds a damaged " + matcher.group(1) + " block", e);
        }
    }

    private static void requireNone(String text, int from, int to) {
        if (text.substring(from, to).contains(BEGIN)) {
            throw new IllegalArgumentException("holds a block that is cut off or damaged");
        }
    }
}
