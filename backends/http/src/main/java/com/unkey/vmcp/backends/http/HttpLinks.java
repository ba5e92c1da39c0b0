package com.unkey.vmcp.backends.http;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Owner of the event loop that all links share. Thread-safe. */
public final class HttpLinks implements AutoCloseable {

    private static final long END_LIMIT_MILLIS = 2000;

    private final EventLoopGroup loop;
    private final Set<HttpLink> links = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private HttpLinks(EventLoopGroup loop) {
        this.loop = loop;
    }

    /** Has one daemon thread, which starts with the first connection. */
    public static HttpLinks start() {
        return new HttpLinks(
                new MultiThreadIoEventLoopGroup(1, HttpLinks::thread, NioIoHandler.newFactory()));
    }

    private static Thread thread(Runnable work) {
        Thread thread = new FastThreadLocalThread(work, "vmm-http");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * A link that connects when it is first used, to be closed by the caller.
     *
     * @param onLost called on any thread and not to block, each time an established connection ends
     *     other than by {@link HttpLink#close()}: by the VMM, or because a call failed
     */
    public HttpLink open(Path socket, Runnable onLost) {
        HttpLink link = new HttpLink(loop, socket, onLost, links::remove);
        links.add(link);
        if (closed) {
            link.close();
        }
        return link;
    }

    /** Closes the links that are still open and ends the event loop. Idempotent. */
    @Override
    public void close() {
        closed = true;
        links.forEach(HttpLink::close);
        loop.shutdownGracefully(0, END_LIMIT_MILLIS, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(END_LIMIT_MILLIS);
    }
}
