package com.unkey.vmcp.backends.adapter;

import java.util.regex.Pattern;

/**
 * A VMM as a program, for finding it and for speaking of it.
 *
 * @param title as messages call it, {@code Cloud Hypervisor} for one
 * @param fileName of the executable, looked for on PATH
 * @param variable of the environment that names another one
 * @param remedy what gets it installed, as a phrase: {@code install the package qemu-system-x86}
 * @param version finds the version, as its first group, in what {@code --version} prints
 */
public record VmmProgram(
        String title, String fileName, String variable, String remedy, Pattern version) {}
