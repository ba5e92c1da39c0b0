package com.unkey.vmcp.backends.http;

import com.unkey.vmcp.backends.http.Exchange.Outcome;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One established connection to a VMM, for one caller at a time. */
final class Connection {

    /** What a VMM ever answers is far below. */
    private static final int LONGEST_ANSWER = 8 << 20;

    private static final int DECODED_PART = 64 << 10;

    private final Channel channel;
    private final AnswerReader reader;

    private Connection(Channel channel, AnswerReader reader) {
        this.channel = channel;
        this.reader = reader;
    }

    /**
     * @param onEnd called once on the event loop, when the connection has ended
     * @throws LinkException where it cannot be had in time
     */
    static Connection open(EventLoopGroup loop, Path socket, Runnable onEnd, Deadline deadline) {
        AnswerReader reader = new AnswerReader(onEnd);
        ChannelFuture opening = begin(loop, socket, reader);
        try {
            var opened = new CompletableFuture<Boolean>();
            opening.addListener(done -> opened.complete(done.isSuccess()));
            if (opened.get(deadline.nanosLeft(), TimeUnit.NANOSECONDS)) {
                return new Connection(opening.channel(), reader);
            }
        } catch (TimeoutException e) {
            var _ = opening.channel().close();
            throw new LinkException(
                    "the VMM cannot be reached: no connection " + deadline, false, e);
        } catch (InterruptedException e) {
            var _ = opening.channel().close();
            Thread.currentThread().interrupt();
            throw new LinkException("interrupted while connecting to the VMM", false, e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("connecting ends with yes or no, always", e);
        }
        throw unreachable(socket, opening.cause());
    }

    private static ChannelFuture begin(EventLoopGroup loop, Path socket, AnswerReader reader) {
        try {
            return new Bootstrap()
                    .group(loop)
                    .channel(NioDomainSocketChannel.class)
                    .disableResolver()
                    .handler(pipeline(reader))
                    .connect(UnixDomainSocketAddress.of(socket));
        } catch (RejectedExecutionException e) {
            throw new LinkException(HttpLink.LET_GO, false, e);
        }
    }

    private static ChannelInitializer<Channel> pipeline(AnswerReader reader) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                var config = new HttpDecoderConfig().setMaxChunkSize(DECODED_PART);
                channel.pipeline()
                        .addLast(reader.gate(), new HttpClientCodec(config, false, false), reader);
            }
        };
    }

    /** A server that only has too many callers at this moment is there. */
    private static LinkException unreachable(Path socket, Throwable cause) {
        String message = "the VMM cannot be reached: ";
        if (!Files.exists(socket)) {
            return new UnreachableException(message + "its socket is not there", cause);
        }
        return cause instanceof ConnectException
                ? new UnreachableException(message + "nobody serves its socket", cause)
                : new LinkException(message + "its socket takes no connection", false, cause);
    }

    /** Why a call was not sent. */
    String refusal(HttpRequest request) {
        String words = reader.unasked();
        return words.isEmpty()
                ? "the VMM closed the connection before " + request
                : "the VMM turned the connection away: " + words;
    }

    /** Whether a call can be tried; the VMM may have ended it all the same. */
    boolean usable() {
        return reader.usable();
    }

    /**
     * Sends a request and waits for its answer; empty where the connection had ended before the
     * request was on its way.
     *
     * @throws LinkException where there is no answer; the connection is given up then
     */
    Optional<HttpAnswer> call(HttpRequest request, Deadline deadline) {
        Exchange exchange = new Exchange(request, LONGEST_ANSWER);
        try {
            channel.eventLoop().execute(() -> send(exchange));
        } catch (RejectedExecutionException e) {
            throw new LinkException(HttpLink.LET_GO, false, e);
        }
        return switch (await(exchange, deadline)) {
            case Outcome.Answered(HttpAnswer answer) -> Optional.of(answer);
            case Outcome.NotSent() -> Optional.empty();
            case Outcome.Failed(String why, boolean sent) -> throw new LinkException(why, sent);
        };
    }

    private Outcome await(Exchange exchange, Deadline deadline) {
        try {
            return exchange.await(deadline);
        } catch (TimeoutException e) {
            throw abandoned(
                    exchange,
                    "the VMM does not answer: %s got no answer %s"
                            .formatted(exchange.request(), deadline),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw abandoned(
                    exchange,
                    "interrupted while waiting for the answer to " + exchange.request(),
                    e);
        }
    }

    private LinkException abandoned(Exchange exchange, String why, Exception cause) {
        boolean sent = exchange.giveUp();
        reader.retire();
        var _ = channel.close();
        return new LinkException(why, sent, cause);
    }

    /** On the event loop, as all below. */
    private void send(Exchange exchange) {
        if (!exchange.begin()) {
            return;
        }
        if (!reader.usable() || !channel.isActive()) {
            notSent(exchange);
            return;
        }
        reader.expect(exchange);
        channel.writeAndFlush(Wire.encode(exchange.request()))
                .addListener(
                        written -> {
                            if (!written.isSuccess()) {
                                notSent(exchange);
                            }
                        });
    }

    /** No part of a request is a request: what was not sent whole was not carried out. */
    private void notSent(Exchange exchange) {
        reader.retire();
        exchange.notSent();
        var _ = channel.close();
    }

    /** Ends it, and a call under way with it; any thread may say so. */
    void close() {
        reader.retire();
        try {
            channel.eventLoop()
                    .execute(
                            () -> {
                                reader.letGo();
                                var _ = channel.close();
                            });
        } catch (RejectedExecutionException e) {
            // The event loop has ended, and all connections with it.
        }
    }
}
