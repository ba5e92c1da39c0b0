package com.unkey.vmcp.rpc.transport;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;

/** All open connections, to be told when the server stops. */
final class Connections {

    private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

    void add(Channel connection) {
        open.add(connection);
    }

    /**
     * Closes connections at rest. On the others, calls under way go on, HTTP/2 clients are told to
     * begin no more (GOAWAY), and each connection ends with its last answer.
     *
     * @return ends with the last of them
     */
    Future<?> drain() {
        for (Channel connection : open) {
            connection.eventLoop().execute(() -> drain(connection));
        }
        return open.newCloseFuture();
    }

    private static void drain(Channel connection) {
        ChannelHandlerContext http2 = connection.pipeline().context(Http2ConnectionHandler.class);
        ChannelHandlerContext http1 = connection.pipeline().context(Http1Progress.class);
        if (http2 != null) {
            drain(http2, (Http2ConnectionHandler) http2.handler());
        } else if (http1 != null) {
            ((Http1Progress) http1.handler()).closeWhenAnswered(http1);
        } else {
            var _ = connection.close();
        }
    }

    private static void drain(ChannelHandlerContext context, Http2ConnectionHandler http2) {
        if (http2.connection().numActiveStreams() == 0) {
            var _ = context.channel().close();
            return;
        }
        var _ =
                http2.goAway(
                        context,
                        http2.connection().remote().lastStreamCreated(),
                        Http2Error.NO_ERROR.code(),
                        Unpooled.EMPTY_BUFFER,
                        context.newPromise());
        context.flush();
        http2.connection().addListener(new LastStream(context));
    }

    /** Closes the connection when the last stream has ended. */
    private static final class LastStream extends Http2ConnectionAdapter {

        private final ChannelHandlerContext context;

        LastStream(ChannelHandlerContext context) {
            this.context = context;
        }

        @Override
        public void onStreamRemoved(Http2Stream stream) {
            context.executor().execute(() -> closeAtRest(context));
        }
    }

    private static void closeAtRest(ChannelHandlerContext context) {
        Http2ConnectionHandler http2 = (Http2ConnectionHandler) context.handler();
        if (http2.connection().numActiveStreams() == 0) {
            var _ = context.channel().close();
        }
    }
}
