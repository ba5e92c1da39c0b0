package com.unkey.vmcp.rpc.transport;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;

/**
 * Follows the requests and responses of an HTTP/1 connection, right behind the codec: whether a
 * request is coming in, and how many are still to be answered.
 */
final class Http1Progress extends ChannelDuplexHandler {

    private long requests;
    private long answers;
    private boolean receiving;
    private boolean interim;
    private boolean closing;

    /** Requests whose headers were read. */
    long requests() {
        return requests;
    }

    /** Whether the next byte belongs to a new request. */
    boolean betweenRequests() {
        return !receiving;
    }

    boolean answeredAll() {
        return requests == answers;
    }

    /** Closes the connection as soon as nobody waits for an answer on it. */
    void closeWhenAnswered(ChannelHandlerContext ctx) {
        closing = true;
        if (answeredAll()) {
            var _ = ctx.channel().close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpRequest) {
            requests++;
            receiving = true;
        }
        if (message instanceof LastHttpContent) {
            receiving = false;
        }
        ctx.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof HttpResponse response) {
            interim = response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        }
        if (message instanceof LastHttpContent && !interim) {
            answers++;
            if (closing && answeredAll()) {
                var _ =
                        ctx.write(message, promise.unvoid())
                                .addListener(ChannelFutureListener.CLOSE);
                return;
            }
        }
        var _ = ctx.write(message, promise);
    }
}
