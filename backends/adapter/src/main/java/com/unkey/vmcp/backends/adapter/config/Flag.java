package com.unkey.vmcp.backends.adapter.config;

/**
 * A flag of the command line, {@code -NAME ARGUMENT}, that overrides a variable.
 *
 * @param name without a dash
 * @param argument what the help calls its value, {@code PATH} for one
 * @param meaning for the help, as a phrase
 * @param variable that it sets, without {@link Variables#PREFIX}
 */
public record Flag(String name, String argument, String meaning, String variable) {}
