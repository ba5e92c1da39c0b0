package com.unkey.vmcp.rpc.transport;

import com.linecorp.armeria.common.Flags;
import com.linecorp.armeria.common.util.ThreadFactories;
import com.linecorp.armeria.common.util.TransportType;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that carry all connections. Knows the sockets that are listened on, so that they can
 * be closed while calls are still under way, and ends at once when told to: all connections are
 * closed by then.
 */
final class EventLoops extends MultiThreadIoEventLoopGroup {

    /**
     * The handlers of calls need the other half of the processors: on two of them a second loop
     * costs 64 callers over HTTP/1.1 a quarter of their throughput.
     */
    private static final int THREADS =
            Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, 4);

    private static final long DEADLINE_SECONDS = 1;

    private final ChannelGroup listening = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

    EventLoops() {
        super(THREADS, ThreadFactories.newEventLoopThreadFactory("rpc-io", false), handlers());
    }

    private static IoHandlerFactory handlers() {
        return Flags.transportType() == TransportType.EPOLL
                ? EpollIoHandler.newFactory()
                : NioIoHandler.newFactory();
    }

    @Override
    public ChannelFuture register(Channel channel) {
        if (channel instanceof ServerChannel) {
            listening.add(channel);
        }
        return super.register(channel);
    }

    /** From now on, connecting is refused. */
    void stopListening() {
        listening.close().awaitUninterruptibly(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public Future<?> shutdownGracefully() {
        return shutdownGracefully(0, DEADLINE_SECONDS, TimeUnit.SECONDS);
    }
}
