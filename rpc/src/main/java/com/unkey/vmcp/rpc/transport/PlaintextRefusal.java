package com.unkey.vmcp.rpc.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * First on a port that speaks TLS: tells those who speak HTTP in the clear what is wrong, in the
 * words of Go's net/http, and ends the connections of all others who do not begin with a handshake.
 */
final class PlaintextRefusal extends ByteToMessageDecoder {

    private static final int HANDSHAKE = 22;
    private static final int TELLING = 5;

    /** How requests begin; as many bytes as the header of a TLS record has. */
    private static final Set<String> METHODS =
            Set.of("GET /", "HEAD ", "POST ", "PUT /", "OPTIO", "PATCH", "DELET", "TRACE", "CONNE");

    private static final String ANSWER =
            """
            HTTP/1.0 400 Bad Request\r
            \r
            Client sent an HTTP request to an HTTPS server.
            """;

    private boolean refused;

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (refused) {
            in.skipBytes(in.readableBytes());
        } else if (in.getByte(in.readerIndex()) == HANDSHAKE) {
            ctx.pipeline().remove(this);
        } else if (in.readableBytes() >= TELLING) {
            refuse(ctx, in);
        }
    }

    private void refuse(ChannelHandlerContext ctx, ByteBuf in) {
        refused = true;
        String start = in.toString(in.readerIndex(), TELLING, StandardCharsets.ISO_8859_1);
        in.skipBytes(in.readableBytes());
        if (METHODS.contains(start)) {
            tell(ctx);
        } else {
            var _ = ctx.close();
        }
    }

    /** Swallows the rest of the request: a reset could overtake the answer. */
    private static void tell(ChannelHandlerContext ctx) {
        var _ =
                ctx.writeAndFlush(Unpooled.copiedBuffer(ANSWER, StandardCharsets.US_ASCII))
                        .addListener(
                                (ChannelFutureListener)
                                        sent -> {
                                            var _ =
                                                    ((DuplexChannel) sent.channel())
                                                            .shutdownOutput();
                                        });
        Runnable end =
                () -> {
                    var _ = ctx.close();
                };
        var _ = ctx.executor().schedule(end, 1, TimeUnit.SECONDS);
    }
}
