// What a client can speak: protocol, codec, compression and HTTP version, and what writes (and reads,
// where they differ) look like on the wire.

import {
  compressionGzip,
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from "@connectrpc/connect-node";
import * as web from "@connectrpc/connect-web";

const connect = (own) => (options) => createConnectTransport({ ...options, ...own });
const grpc = (own) => (options) => createGrpcTransport({ ...options, ...own });
const grpcWeb = (own) => (options) => createGrpcWebTransport({ ...options, ...own });
const webConnect = (own) => (options) => web.createConnectTransport({ ...options, ...own });
const webGrpcWeb = (own) => (options) => web.createGrpcWebTransport({ ...options, ...own });

export const flavours = {
  connect: {
    transport: connect({ httpVersion: "1.1", useBinaryFormat: true }),
    write: "POST application/proto",
  },
  "connect-h2": {
    transport: connect({ httpVersion: "2", useBinaryFormat: true }),
    write: "POST application/proto",
  },
  "connect-json": {
    transport: connect({ httpVersion: "1.1", useBinaryFormat: false }),
    write: "POST application/json",
  },
  "connect-json-h2": {
    transport: connect({ httpVersion: "2", useBinaryFormat: false }),
    write: "POST application/json",
  },
  "connect-get": {
    transport: connect({ httpVersion: "1.1", useBinaryFormat: true, useHttpGet: true }),
    write: "POST application/proto",
    read: "GET",
  },
  "connect-get-json": {
    transport: connect({ httpVersion: "1.1", useBinaryFormat: false, useHttpGet: true }),
    write: "POST application/json",
    read: "GET",
  },
  "connect-gzip": {
    transport: connect({
      httpVersion: "1.1",
      useBinaryFormat: true,
      sendCompression: compressionGzip,
      compressMinBytes: 0,
    }),
    write: "POST application/proto gzip",
  },
  grpc: {
    transport: grpc({}),
    write: "POST application/grpc+proto",
  },
  "grpc-json": {
    transport: grpc({ useBinaryFormat: false }),
    write: "POST application/grpc+json",
  },
  "grpc-gzip": {
    transport: grpc({ sendCompression: compressionGzip, compressMinBytes: 0 }),
    write: "POST application/grpc+proto gzip",
  },
  "grpc-web": {
    transport: grpcWeb({ httpVersion: "1.1" }),
    write: "POST application/grpc-web+proto",
  },
  "grpc-web-h2": {
    transport: grpcWeb({ httpVersion: "2" }),
    write: "POST application/grpc-web+proto",
  },
  "grpc-web-json": {
    transport: grpcWeb({ httpVersion: "1.1", useBinaryFormat: false }),
    write: "POST application/grpc-web+json",
  },
  // The transports of browsers, on Node's fetch.
  "browser-connect": {
    transport: webConnect({}),
    write: "POST application/json",
  },
  "browser-connect-get": {
    transport: webConnect({ useBinaryFormat: true, useHttpGet: true }),
    write: "POST application/proto",
    read: "GET",
  },
  "browser-grpc-web": {
    transport: webGrpcWeb({}),
    write: "POST application/grpc-web+proto",
  },
};
