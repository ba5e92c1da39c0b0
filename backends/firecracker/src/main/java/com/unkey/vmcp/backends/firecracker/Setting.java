package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.backends.http.HttpRequest;

/**
 * A part of a VM's configuration.
 *
 * @param call that tells it to Firecracker
 * @param field of the request that it stands for, for messages
 */
record Setting(HttpRequest call, String field) {}
