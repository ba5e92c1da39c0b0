package com.unkey.vmcp.daemon;

import java.util.Optional;

/** The version of this build. */
final class Version {

    private Version() {}

    /** As the package carries it; {@code dev} where the classes were never packaged. */
    static String current() {
        return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                .orElse("dev");
    }
}
