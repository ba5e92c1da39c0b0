package com.unkey.vmcp.rpc.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends connections whose client takes too long over a handshake or over the headers of a request,
 * counted from the first byte of it. Knows a connection at rest and one with a call under way, and
 * leaves both alone. Stands in front of Armeria's codecs, which come in once the protocol shows; no
 * timer is set for headers that arrive in one piece.
 */
final class HeaderDeadline extends ChannelInboundHandlerAdapter {

    /** What Armeria needs to tell HTTP/2 from HTTP/1. */
    private static final int TELLING = 4;

    /** Armeria has a codec of its own; like Netty's, it is the only combined one. */
    private static final Class<? extends ChannelHandler> HTTP1_CODEC =
            CombinedChannelDuplexHandler.class;

    private static final String TOO_SLOW =
            """
            HTTP/1.1 408 Request Timeout\r
            connection: close\r
            content-length: 0\r
            \r
            """;

    private enum Protocol {
        UNKNOWN,
        HTTP1,
        HTTP2
    }

    private final Duration limit;
    private final Http1Progress http1 = new Http1Progress();
    private Http2Progress http2 = new Http2Progress();
    private Protocol protocol = Protocol.UNKNOWN;
    private boolean handshaking;
    private @Nullable ChannelHandlerContext codec;
    private @Nullable Future<?> timer;

    private HeaderDeadline(Duration limit, boolean handshaking) {
        this.limit = limit;
        this.handshaking = handshaking;
    }

    static HeaderDeadline inTheClear(Duration limit) {
        return new HeaderDeadline(limit, false);
    }

    /** For a place behind the handler of TLS; the handshake counts from the beginning. */
    static HeaderDeadline behindTls(Duration limit) {
        return new HeaderDeadline(limit, true);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (handshaking) {
            start(ctx);
        }
        ctx.fireChannelActive();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        ctx.fireUserEventTriggered(event);
        if (handshaking && event instanceof SslHandshakeCompletionEvent) {
            handshaking = false;
            stop();
            detect(ctx);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        detect(ctx);
        if (message instanceof ByteBuf bytes) {
            read(ctx, bytes);
        } else {
            ctx.fireChannelRead(message);
        }
    }

    private void read(ChannelHandlerContext ctx, ByteBuf bytes) {
        switch (protocol) {
            case UNKNOWN -> first(ctx, bytes);
            case HTTP1 -> http1(ctx, bytes);
            case HTTP2 -> http2(ctx, bytes);
        }
    }

    /** Hands on just enough to show the protocol, so that nothing is read before we watch. */
    private void first(ChannelHandlerContext ctx, ByteBuf bytes) {
        ByteBuf telling = bytes.readRetainedSlice(Math.min(TELLING, bytes.readableBytes()));
        http2.read(telling);
        start(ctx);
        ctx.fireChannelRead(telling);
        detect(ctx);
        if (bytes.isReadable()) {
            read(ctx, bytes);
        } else {
            bytes.release();
        }
    }

    private void http1(ChannelHandlerContext ctx, ByteBuf bytes) {
        boolean between = http1.betweenRequests();
        boolean blank = isBlank(bytes);
        long requests = http1.requests();
        ctx.fireChannelRead(bytes);
        if (http1.requests() > requests || !between) {
            stop();
        } else if (!blank) {
            start(ctx);
        }
    }

    private void http2(ChannelHandlerContext ctx, ByteBuf bytes) {
        long finished = http2.finished();
        http2.read(bytes);
        if (http2.finished() > finished) {
            stop();
        }
        if (http2.unfinished()) {
            start(ctx);
        }
        ctx.fireChannelRead(bytes);
    }

    /** Some old clients end a request with a line too many. */
    private static boolean isBlank(ByteBuf bytes) {
        return bytes.forEachByte(octet -> octet == '\r' || octet == '\n') < 0;
    }

    private void detect(ChannelHandlerContext ctx) {
        if (protocol == Protocol.HTTP2 || (codec != null && !codec.isRemoved())) {
            return;
        }
        codec = ctx.pipeline().context(HTTP1_CODEC);
        if (codec != null) {
            protocol = Protocol.HTTP1;
            ctx.pipeline().addAfter(codec.name(), null, http1);
        } else if (ctx.pipeline().context(Http2ConnectionHandler.class) != null) {
            detectedHttp2();
        }
    }

    private void detectedHttp2() {
        if (protocol == Protocol.HTTP1) {
            // Upgraded: the preface comes next.
            http2 = new Http2Progress();
            stop();
        }
        protocol = Protocol.HTTP2;
    }

    private void start(ChannelHandlerContext ctx) {
        if (timer == null) {
            timer =
                    ctx.executor()
                            .schedule(() -> end(ctx), limit.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void stop() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    /** Closes from here on: HTTP/2 would first wait for the calls under way. */
    private void end(ChannelHandlerContext ctx) {
        if (protocol == Protocol.HTTP1 && http1.answeredAll()) {
            var _ =
                    ctx.writeAndFlush(Unpooled.copiedBuffer(TOO_SLOW, StandardCharsets.US_ASCII))
                            .addListener(ChannelFutureListener.CLOSE);
        } else {
            var _ = ctx.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        stop();
        ctx.fireChannelInactive();
    }
}
