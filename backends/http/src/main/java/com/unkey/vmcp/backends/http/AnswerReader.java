package com.unkey.vmcp.backends.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts together the answer of the one exchange that is under way, and ends the connection on
 * anything else that comes in. All of it runs on the event loop.
 */
final class AnswerReader extends ChannelInboundHandlerAdapter {

    private static final Logger log = LoggerFactory.getLogger(AnswerReader.class);

    /** A request that was not understood may be answered once more, whenever the server likes. */
    private static final HttpResponseStatus BAD_REQUEST = HttpResponseStatus.BAD_REQUEST;

    private static final String END_OF_HEAD = "\r\n\r\n";
    private static final int LONGEST_WORDS = 200;

    private final Runnable onEnd;
    private @Nullable Exchange pending;
    private boolean last;
    private volatile String unasked = "";
    private volatile boolean usable = true;

    /**
     * @param onEnd called once, when the connection has ended
     */
    AnswerReader(Runnable onEnd) {
        this.onEnd = onEnd;
    }

    /** Stands before the decoder, which would keep a piece of a line for the next exchange. */
    ChannelInboundHandlerAdapter gate() {
        return new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object bytes) {
                if (pending == null) {
                    unasked = words(bytes);
                    log.debug("a VMM said unasked: {}", unasked);
                    ReferenceCountUtil.release(bytes);
                    end(context);
                } else {
                    pending.answerBegins();
                    context.fireChannelRead(bytes);
                }
            }
        };
    }

    /** The body of an answer, if it is one, fit for a message. */
    private static String words(Object bytes) {
        if (!(bytes instanceof ByteBuf buffer)) {
            return "";
        }
        String text = buffer.toString(StandardCharsets.UTF_8);
        String body =
                text.substring(text.indexOf(END_OF_HEAD) + 1)
                        .replaceAll("\\p{Cntrl}+", " ")
                        .strip();
        return body.substring(0, Math.min(body.length(), LONGEST_WORDS));
    }

    /**
     * What the VMM said before it was asked anything, as one does that takes no more clients; empty
     * where it did not. Any thread may ask.
     */
    String unasked() {
        return unasked;
    }

    /** Whether an exchange can begin; any thread may ask. */
    boolean usable() {
        return usable;
    }

    /** Keeps further exchanges from beginning; any thread may say so. */
    void retire() {
        usable = false;
    }

    /** What comes in from now on is the answer to this. */
    void expect(Exchange exchange) {
        pending = exchange;
    }

    /** The exchange under way ends with the connection because we want it so. */
    void letGo() {
        if (pending != null) {
            pending.letGo();
            pending = null;
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (pending == null) {
                surplus(context);
            } else if (!(message instanceof HttpObject part) || part.decoderResult().isFailure()) {
                fail(context, pending, "what the VMM answered to %s is not HTTP");
            } else {
                read(context, pending, part);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void read(ChannelHandlerContext context, Exchange exchange, HttpObject part) {
        if (part instanceof HttpResponse head) {
            if (!sound(head)) {
                fail(context, exchange, "the VMM's answer to %s has no beginning or no end");
                return;
            }
            exchange.head(head.status().code());
            last = !HttpUtil.isKeepAlive(head) || head.status().equals(BAD_REQUEST);
        }
        if (part instanceof HttpContent content && !taken(exchange, content)) {
            fail(context, exchange, "the VMM's answer to %s is too long");
        } else if (part instanceof LastHttpContent) {
            finish(context, exchange);
        }
    }

    /** One that goes on until the connection ends could have been cut anywhere. */
    private static boolean sound(HttpResponse head) {
        int status = head.status().code();
        return status >= 200
                && status < 600
                && (status == HttpResponseStatus.NO_CONTENT.code()
                        || HttpUtil.isContentLengthSet(head)
                        || HttpUtil.isTransferEncodingChunked(head));
    }

    private static boolean taken(Exchange exchange, HttpContent part) {
        try {
            return exchange.append(part.content());
        } catch (IOException e) {
            throw new IllegalStateException("memory cannot be written to", e);
        }
    }

    private void finish(ChannelHandlerContext context, Exchange exchange) {
        pending = null;
        if (last) {
            end(context);
        }
        exchange.answered();
    }

    private void fail(ChannelHandlerContext context, Exchange exchange, String why) {
        pending = null;
        end(context);
        exchange.fail(why.formatted(exchange.request()));
    }

    /** Once is enough: the rest of it is dropped with the connection. */
    private void surplus(ChannelHandlerContext context) {
        if (usable) {
            log.warn("a VMM answered a request twice; its connection is given up");
        }
        end(context);
    }

    private void end(ChannelHandlerContext context) {
        usable = false;
        var _ = context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        usable = false;
        if (pending != null) {
            pending.lost();
            pending = null;
        }
        onEnd.run();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            log.debug("a connection to a VMM broke", cause);
        } else {
            log.warn("a connection to a VMM is given up", cause);
        }
        end(context);
    }
}
