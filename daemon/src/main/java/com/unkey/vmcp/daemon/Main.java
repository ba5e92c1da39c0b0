package com.unkey.vmcp.daemon;

import com.unkey.vmcp.core.port.FailPoints;

/** Where the daemon begins. */
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(Daemon.run(arguments, FailPoints.none()));
    }
}
