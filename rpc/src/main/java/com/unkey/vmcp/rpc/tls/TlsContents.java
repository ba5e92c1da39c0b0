package com.unkey.vmcp.rpc.tls;

import com.unkey.vmcp.rpc.tls.TlsFiles.NamedFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/**
 * What the files held at one look. Equal contents are equal: no change hides behind a time stamp, a
 * link or a file that was put in the place of another.
 */
record TlsContents(ByteBuffer certificate, ByteBuffer key, Optional<ByteBuffer> clientCa) {

    /** More than any chain needs; keeps a wrong path from filling the heap. */
    private static final int MAX_BYTES = 1 << 20;

    static TlsContents read(TlsFiles files) throws BadTlsFileException {
        return new TlsContents(
                read(files.certificate()),
                read(files.key()),
                files.clientCa().isPresent()
                        ? Optional.of(read(files.clientCa().get()))
                        : Optional.empty());
    }

    private static ByteBuffer read(NamedFile file) throws BadTlsFileException {
        try (InputStream in = Files.newInputStream(file.path())) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new BadTlsFileException(file, "is larger than %d bytes".formatted(MAX_BYTES));
            }
            return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
        } catch (BadTlsFileException e) {
            throw e;
        } catch (NoSuchFileException e) {
            throw new BadTlsFileException(file, "does not exist", e);
        } catch (AccessDeniedException e) {
            throw new BadTlsFileException(file, "may not be read by this user", e);
        } catch (IOException e) {
            throw new BadTlsFileException(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    static String text(ByteBuffer content) {
        return StandardCharsets.ISO_8859_1.decode(content.duplicate()).toString();
    }
}
