package com.unkey.vmcp.daemon;

import java.util.List;

/** The configuration is wrong; the message has a line for each variable. */
final class ConfigException extends RuntimeException {

    ConfigException(List<String> errors) {
        super(String.join(System.lineSeparator(), errors));
    }
}
