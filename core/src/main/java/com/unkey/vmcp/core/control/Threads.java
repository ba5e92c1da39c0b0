package com.unkey.vmcp.core.control;

/** Where the control plane's threads come from: virtual, named, none dying unheard. */
final class Threads {

    private static final System.Logger LOG = System.getLogger(Threads.class.getName());

    private Threads() {}

    static Thread start(String name, Runnable task) {
        return Thread.ofVirtual()
                .name(name)
                .uncaughtExceptionHandler(
                        (thread, cause) ->
                                LOG.log(
                                        System.Logger.Level.ERROR,
                                        "thread " + thread.getName() + " died",
                                        cause))
                .start(task);
    }
}
