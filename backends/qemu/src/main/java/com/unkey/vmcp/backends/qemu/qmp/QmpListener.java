package com.unkey.vmcp.backends.qemu.qmp;

/**
 * Is told what comes unasked. Called on the connection's reading thread, so before any reply that
 * follows is delivered: implementations must not block.
 */
public interface QmpListener {

    /** QEMU has greeted: commands are answered from now on. */
    void ready();

    /** An event has come. */
    void event(QmpEvent event);

    /** The connection is over and was not closed by us. */
    void lost(String reason);
}
