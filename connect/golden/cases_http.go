package main

import (
	"fmt"
	"strings"
)

func contentTypes() []*golden {
	var all []*golden
	message := []byte(`{"text": "a"}`)
	add := func(method string, body []byte, types ...string) {
		for _, each := range types {
			all = append(all, post(fmt.Sprintf("%s as %q", method, each), method, body, "Content-Type: "+each))
		}
	}
	add("Echo", message,
		"application/json;charset=utf-8", "application/json; charset=utf-8", "application/json; charset=UTF-8",
		"application/json; Charset=utf-8", `application/json; charset="utf-8"`, "application/json; charset=utf8",
		"application/json; charset=ascii", "application/json; charset=us-ascii", "application/json; charset=iso-8859-1",
		"application/json; charset=utf-16", "application/json; foo=bar", "application/json; charset=utf-8; foo=bar",
		"application/json;", "application/json; charset", "application/json; charset=", "Application/JSON",
		"APPLICATION/JSON; CHARSET=UTF-8", "text/json", "text/plain", "application/x-www-form-urlencoded",
		"multipart/form-data; boundary=x", "application/vnd.api+json", "*/*", "json", "",
		"application/connect+json", "application/connect+proto")
	add("Echo", []byte{},
		"application/proto; charset=utf-8", "application/proto; foo=bar", "Application/Proto", "application/protobuf",
		"application/x-protobuf", "application/octet-stream", "application/json, application/proto")
	add("Download", envelopes(`{"answers": 1}`),
		"application/json", "application/proto", "application/connect+json; charset=utf-8",
		"application/connect+json; charset=UTF-8", "application/connect+json; foo=bar", "Application/Connect+JSON",
		"application/connect+xml", "application/connect", "")
	return append(all,
		post("Echo without a type", "Echo", message),
		post("Echo without type and body", "Echo", nil),
		post("Echo with two types", "Echo", message, jsonType, "Content-Type: text/plain"),
		post("EchoSafe without a type", "EchoSafe", message),
		post("Download without a type", "Download", envelopes(`{"answers": 1}`)),
	)
}

func verbsAndPaths() []*golden {
	var all []*golden
	for _, method := range []string{"Echo", "EchoSafe", "Download"} {
		for _, verb := range []string{"GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "post", "BREW"} {
			all = append(all, send(verb+" "+method, verb, servicePath+method, nil))
		}
	}
	all = append(all,
		send("PUT with a message", "PUT", servicePath+"Echo", []byte("{}"), jsonType),
		send("GET with the type of a message", "GET", servicePath+"Echo", nil, jsonType),
		send("preflight of a browser", "OPTIONS", servicePath+"Echo", nil, "Origin: https://example.test",
			"Access-Control-Request-Method: POST", "Access-Control-Request-Headers: content-type"),
		send("call of a browser", "POST", servicePath+"Echo", []byte("{}"), jsonType, "Origin: https://example.test"),
	)
	all = append(all, paths()...)
	chat := servicePath + "Chat"
	all = append(all, onlyOver(http1,
		send("two-way stream over HTTP/1.1", "POST", chat, envelopes("{}"), connectJSON),
		send("GET of a two-way stream over HTTP/1.1", "GET", chat, nil),
		send("two-way stream of the wrong type over HTTP/1.1", "POST", chat, []byte("{}"), jsonType),
		send("two-way stream in gRPC over HTTP/1.1", "POST", chat, envelopes(""), grpcType),
	)...)
	return append(all, onlyOver(http2,
		send("two-way stream over HTTP/2", "POST", chat, envelopes("{}"), connectJSON),
		send("GET of a two-way stream over HTTP/2", "GET", chat, nil),
		send("two-way stream of the wrong type over HTTP/2", "POST", chat, []byte("{}"), jsonType),
	)...)
}

func paths() []*golden {
	var all []*golden
	for _, path := range []string{
		"/", "/connect.testing.v1.TestService", servicePath, servicePath + "NoSuch", servicePath + "Echo/",
		servicePath + "Echo/more", servicePath + "echo", "/no.such.Service/Echo", "/Echo",
		"/connect.testing.v1.TestService%2FEcho", servicePath + "%45cho", servicePath + "Ech%6F", servicePath + "Echo%20",
		servicePath + "Echo;x=1", servicePath + "Echo?x=1", servicePath + "Echo?", servicePath + "%ff",
		"/connect.testing.v1.TestService//Echo", "/" + servicePath + "Echo", "/connect.testing.v1.TestService/./Echo",
		"/x/.." + servicePath + "Echo", "/prefix" + servicePath + "Echo",
	} {
		all = append(all, send("path "+path, "POST", path, []byte("{}"), jsonType))
	}
	missing := servicePath + "NoSuch"
	return append(all,
		send("GET of an unknown method", "GET", missing, nil),
		send("unknown method in gRPC", "POST", missing, envelopes(""), grpcType, trailersWelcome),
		send("unknown method in gRPC-Web", "POST", missing, envelopes(""), grpcWebType),
		send("unknown method as a stream", "POST", missing, envelopes("{}"), connectJSON),
		send("method left out by the server", "POST", servicePath+"LeftOut", []byte("{}"), jsonType),
		send("method left out by the server, binary", "POST", servicePath+"LeftOut", nil, protoType),
	)
}

// 64 KiB of zeros, in 96 bytes.
const bomb = "H4sIAAAAAAAC/+3BAQEAAACAkP6v7ggKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAauuOl9cAAAEA"

func limits() []*golden {
	over := strings.Repeat("x", maxMessageBytes)
	return []*golden{
		post("JSON at the limit", "Run", padded(`{}`, maxMessageBytes), jsonType),
		post("JSON over the limit", "Run", padded(`{}`, maxMessageBytes+1), jsonType),
		post("JSON over the limit in one chunk", "Run", padded(`{}`, maxMessageBytes+1), jsonType,
			"Transfer-Encoding: chunked"),
		post("broken JSON over the limit", "Run", padded(`{x`, maxMessageBytes+1), jsonType),
		post("binary over the limit", "Run", []byte(over+"x"), protoType),
		post("binary over the limit for a wrong version", "Run", []byte(over+"x"), protoType,
			"Connect-Protocol-Version: 2"),
		post("at the limit, and over it while compressed", "Run",
			zipped(padded(`{}`, maxMessageBytes)), jsonType, "Content-Encoding: gzip"),
		post("gzip bomb", "Run", decode(bomb), jsonType, "Content-Encoding: gzip"),
		post("gzip bomb in a stream", "Download", envelope(1, decode(bomb)), connectJSON, "Connect-Content-Encoding: gzip"),
		post("gzip bomb in gRPC", "Run", envelope(1, decode(bomb)), grpcType, trailersWelcome, "Grpc-Encoding: gzip").only(http2),
		post("envelope over the limit", "Download", envelopes(over+"x"), connectJSON),
		post("envelope that declares too much", "Download", []byte{0, 0xff, 0xff, 0xff, 0xff, 1, 2, 3}, connectProto),
		post("envelope that declares 2 GiB", "Download", []byte{0, 0x80, 0, 0, 0, 1, 2, 3}, connectProto),
		post("second envelope over the limit", "Upload", envelopes("{}", over+"x"), connectJSON),
		post("many envelopes that are over the limit together", "Upload",
			envelopes(fmt.Sprint(`{"unknown":"`, over[:5000], `"}`), fmt.Sprint(`{"unknown":"`, over[:5000], `"}`)), connectJSON),
		post("gRPC message over the limit", "Run", envelopes(over+"x"), grpcType, trailersWelcome).only(http2),
		post("gRPC message that declares too much", "Run", []byte{0, 0xff, 0xff, 0xff, 0xff, 1}, grpcType, trailersWelcome).only(http2),
		post("gRPC-Web message over the limit", "Run", envelopes(over+"x"), grpcWebType),
		send("GET over the limit", "GET", servicePath+"RunSafe?connect=v1&encoding=json&message="+
			strings.Repeat("%20", 10)+strings.Repeat("+", maxMessageBytes), nil),
	}
}
