package com.unkey.vmcp.rpc.tls;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import java.util.Optional;

/** Private keys as the usual tools write them. The JDK reads PKCS#8; the others are wrapped. */
final class PrivateKeys {

    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");

    /** SEQUENCE { 1.2.840.113549.1.1.1 (rsaEncryption), NULL }. */
    private static final byte[] RSA = {
        0x30,
        0x0d,
        0x06,
        0x09,
        0x2a,
        (byte) 0x86,
        0x48,
        (byte) 0x86,
        (byte) 0xf7,
        0x0d,
        0x01,
        0x01,
        0x01,
        0x05,
        0x00
    };

    /** 1.2.840.10045.2.1 (id-ecPublicKey). */
    private static final byte[] EC = {
        0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01
    };

    private PrivateKeys() {}

    /**
     * The one key of a file.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    static PrivateKey read(String text) {
        List<PemBlock> keys =
                PemBlock.all(text).stream().filter(b -> b.label().endsWith("PRIVATE KEY")).toList();
        if (keys.size() != 1) {
            throw new IllegalArgumentException(
                    "must hold one private key, but holds " + keys.size());
        }
        return key(keys.getFirst());
    }

    private static PrivateKey key(PemBlock block) {
        return switch (block.label()) {
            case "PRIVATE KEY" -> decode(block.der());
            case "RSA PRIVATE KEY" -> decode(pkcs8(RSA, block.der()));
            case "EC PRIVATE KEY" -> decode(pkcs8(ecAlgorithm(block.der()), block.der()));
            case "ENCRYPTED PRIVATE KEY" ->
                    throw new IllegalArgumentException(
                            "holds an encrypted key; it must not be encrypted");
            default ->
                    throw new IllegalArgumentException(
                            "holds a " + block.label() + ", which is not supported");
        };
    }

    private static PrivateKey decode(byte[] pkcs8) {
        return ALGORITHMS.stream()
                .flatMap(algorithm -> decode(algorithm, pkcs8).stream())
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "holds no RSA, EC or Ed25519 key that can be read"));
    }

    private static Optional<PrivateKey> decode(String algorithm, byte[] pkcs8) {
        try {
            KeyFactory factory = KeyFactory.getInstance(algorithm);
            return Optional.of(factory.generatePrivate(new PKCS8EncodedKeySpec(pkcs8)));
        } catch (InvalidKeySpecException e) {
            // It is of another kind, or of none.
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no " + algorithm, e);
        }
    }

    private static byte[] pkcs8(byte[] algorithm, byte[] key) {
        byte[] version = {0x02, 0x01, 0x00};
        return Der.wrap(Der.SEQUENCE, version, algorithm, Der.wrap(Der.OCTET_STRING, key));
    }

    /** An EC key of SEC 1 has its curve inside, in element [0]; PKCS#8 has it outside. */
    private static byte[] ecAlgorithm(byte[] sec1) {
        byte[] curve = Der.element(Der.body(sec1), Der.CONTEXT_0);
        return Der.wrap(Der.SEQUENCE, EC, curve);
    }
}
