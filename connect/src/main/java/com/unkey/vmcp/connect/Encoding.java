package com.unkey.vmcp.connect;

/**
 * What a content type stands for.
 *
 * @param contentType in lower case; the answer's is the same
 */
record Encoding(String contentType, Protocol protocol, Codec codec) {}
