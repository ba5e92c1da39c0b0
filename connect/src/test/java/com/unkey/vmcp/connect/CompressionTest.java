package com.unkey.vmcp.connect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.StatusException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CompressionTest {

    static List<Compression> all() {
        return List.of(Compression.gzip(), Compression.brotli(), Compression.zstd());
    }

    @ParameterizedTest
    @MethodSource("all")
    void reversesItself(Compression compression) throws Exception {
        Random random = new Random(7);
        for (int size : new int[] {0, 1, 100, 8_191, 8_192, 100_000}) {
            byte[] data = new byte[size + 10];
            random.nextBytes(data);
            Arrays.fill(data, 5, 5 + size / 2, (byte) 'x');
            byte[] small = compression.compress(data, 5, size);
            byte[] padded = new byte[small.length + 6];
            System.arraycopy(small, 0, padded, 3, small.length);
            assertThat(compression.inflate(padded, 3, small.length, size))
                    .isEqualTo(Arrays.copyOfRange(data, 5, 5 + size));
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void stopsAtTheLimit(Compression compression) {
        byte[] zeros = new byte[10_000_000];
        byte[] bomb = compression.compress(zeros, 0, zeros.length);
        assertThat(bomb.length).isLessThan(100_000);
        assertThatThrownBy(() -> compression.inflate(bomb, 0, bomb.length, 9_999_999))
                .isInstanceOf(Compression.TooLargeException.class)
                .hasMessageContaining("9999999 bytes");
    }

    @ParameterizedTest
    @MethodSource("all")
    void refusesWhatIsNone(Compression compression) {
        byte[] text = "by no means compressed".getBytes(UTF_8);
        byte[] good = compression.compress(text, 0, text.length);
        assertThatThrownBy(() -> compression.inflate(text, 0, text.length, 1_000))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> compression.inflate(good, 0, good.length - 3, 1_000))
                .isInstanceOf(IOException.class);
    }

    @Test
    void picksLikeTheRequestElseTheFirstKnown() throws Exception {
        Compressions compressions = new Compressions(all());
        assertThat(compressions.names()).isEqualTo("gzip,br,zstd");
        assertThat(compressions.choose("br", "gzip").response().name()).isEqualTo("br");
        assertThat(compressions.choose(null, "deflate, zstd,gzip").response().name())
                .isEqualTo("zstd");
        assertThat(compressions.choose("identity", "gzip;q=1")).isEqualTo(Compressions.Choice.NONE);
        assertThatThrownBy(() -> compressions.choose("snappy", "gzip"))
                .isInstanceOf(StatusException.class)
                .hasMessageContaining("\"snappy\": supported encodings are gzip,br,zstd");
    }
}
