package com.unkey.vmcp.core.port;

import com.unkey.vmcp.core.vm.ShortId;
import com.unkey.vmcp.core.vm.VmId;

/** Makes ids. A port so that tests can repeat them. */
public interface IdSource {

    /** A UUID. */
    VmId vmId();

    ShortId shortId();

    /** A locally administered unicast MAC address, six lower-case pairs with colons. */
    String macAddress();
}
