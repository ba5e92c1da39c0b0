package com.unkey.vmcp.testkit.cloudhypervisor;

import com.unkey.vmcp.testkit.vmm.OwnFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Where a serial port's output goes. Output never blocks the guest. */
interface Console extends AutoCloseable {

    void print(byte[] text) throws IOException;

    /** Ends it as the shutdown of a VM does. */
    @Override
    void close() throws IOException;

    /** Output that goes nowhere. */
    static Console none() {
        return new Console() {
            @Override
            public void print(byte[] text) {
                // Nobody listens.
            }

            @Override
            public void close() {
                // Nothing is open.
            }
        };
    }

    /** Output to a stream that is somebody else's to close. */
    static Console stream(OutputStream stream) {
        return new Console() {
            @Override
            public void print(byte[] text) throws IOException {
                stream.write(text);
                stream.flush();
            }

            @Override
            public void close() throws IOException {
                stream.flush();
            }
        };
    }

    /** Creates the file, or empties it where it is there; it stays the same file. */
    static Console file(Path path) throws IOException {
        FileChannel file =
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
        OwnFiles.restrict(path);
        return new Console() {
            @Override
            public void print(byte[] text) throws IOException {
                file.write(ByteBuffer.wrap(text));
            }

            @Override
            public void close() throws IOException {
                file.close();
            }
        };
    }
}
