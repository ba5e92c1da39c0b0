package main

import (
	"fmt"
	"maps"
	"slices"
)

func sortedKeys[V any](values map[string]V) []string { return slices.Sorted(maps.Keys(values)) }

func grpc() []*golden {
	a := string(everything(`{"text": "a"}`))
	call := func(name, method string, body []byte, headers ...string) *golden {
		return post(name, method, body, append([]string{grpcType, trailersWelcome}, headers...)...).only(http2)
	}
	all := []*golden{
		call("one message", "Echo", envelopes(a)),
		call("no message", "Echo", nil),
		call("two messages", "Echo", envelopes(a, a)),
		call("empty message", "Echo", envelopes("")),
		call("broken message", "Echo", envelopes("\x08\x80")),
		call("message cut short", "Echo", envelopes(a)[:6]),
		call("prefix cut short", "Echo", []byte{0, 0, 0}),
		call("prefix cut short after the message", "Echo", join(envelopes(a), []byte{0})),
		call("flag 2", "Echo", envelope(2, []byte(a))),
		call("flag 128", "Echo", envelope(128, []byte(a))),
		call("message without an envelope", "Echo", []byte(a)),
		call("JSON", "Echo", envelopes(`{"text": "a"}`)).with(0, "Content-Type: application/grpc+json"),
		call("broken JSON", "Echo", envelopes(`{`)).with(0, "Content-Type: application/grpc+json"),
		call("empty JSON", "Echo", envelopes(``)).with(0, "Content-Type: application/grpc+json"),
		call("gzip", "Echo", envelope(1, zipped([]byte(a))), "Grpc-Encoding: gzip"),
		call("gzip welcome", "Echo", envelopes(a), "Grpc-Accept-Encoding: identity,deflate,gzip"),
		call("gzip welcome with spaces", "Echo", envelopes(a), "Grpc-Accept-Encoding: br, gzip"),
		call("gzip and none welcome", "Echo", envelope(1, zipped([]byte(a))), "Grpc-Encoding: gzip", "Grpc-Accept-Encoding: identity"),
		call("gzip without telling", "Echo", envelope(1, zipped([]byte(a)))),
		call("gzip called identity", "Echo", envelope(1, zipped([]byte(a))), "Grpc-Encoding: identity"),
		call("broken gzip", "Echo", envelope(1, []byte(a)), "Grpc-Encoding: gzip"),
		call("unknown encoding", "Echo", envelopes(a), "Grpc-Encoding: br"),
		call("unknown encoding and a bad timeout", "Echo", envelopes(a), "Grpc-Encoding: br", "Grpc-Timeout: x"),
		call("answer with headers and trailers", "Run", envelopes(string(planned(fmt.Sprintf(richPlan, ""))))),
		call("header twice", "Echo", envelopes(a), "X-One: 1", "X-One: 2"),
		call("binary header", "Echo", envelopes(a), "X-Data-Bin: AQ=="),
		call("binary header that is none", "Echo", envelopes(a), "X-Data-Bin: !!!"),
		call("binary trailer", "Run", envelopes(string(planned(`{"trailers": [{"name": "x-data-bin", "value": "AQ"}]}`)))),
		call("version of Connect", "Echo", envelopes(a), "Connect-Protocol-Version: 2"),
		call("method left out by the server", "LeftOut", envelopes(a)),
		post("without te", "Echo", envelopes(a), grpcType).only(http2),
		post("wrong te", "Echo", envelopes(a), grpcType, "Te: gzip").only(http2),
		send("GET", "GET", servicePath+"EchoSafe", nil, grpcType, trailersWelcome).only(http2),
		send("PUT", "PUT", servicePath+"Echo", envelopes(a), grpcType, trailersWelcome).only(http2),
		post("over HTTP/1.1", "Echo", envelopes(a), grpcType, trailersWelcome).only(http1),
		post("failure over HTTP/1.1", "Run", envelopes(string(planned(`{"code": 5, "message": "gone"}`))), grpcType, trailersWelcome).only(http1),
	}
	for _, subtype := range []string{
		"+proto", "+json", "+foo", "+", ";charset=utf-8", "+json; charset=utf-8", "+proto; charset=utf-8", "; foo=bar", "foo", "+PROTO",
	} {
		all = append(all, call(fmt.Sprintf("type application/grpc%s", subtype), "Echo", envelopes("")).
			with(0, "Content-Type: application/grpc"+subtype))
	}
	all = append(all, grpcTimeouts()...)
	all = append(all, eachPlan(func(name, plan string) *golden {
		return call(name, "Run", envelopes(string(planned(plan))))
	})...)
	return append(all, grpcStreams()...)
}

func grpcTimeouts() []*golden {
	var all []*golden
	slow := envelopes(string(planned(`{"delayMs": 10000}`)))
	call := func(name string, body []byte, timeout string) *golden {
		return post(name, "Run", body, grpcType, trailersWelcome, "Grpc-Timeout: "+timeout).only(http2)
	}
	for _, timeout := range []string{
		"1H", "1M", "10S", "5000m", "99999999u", "99999999H", "100000000H", "100000000n", "010S", "0S", "0n",
		"-1S", "+10S", "1", "S", "", "1s", "1h", "1x", "10 S", "1.5S", "abc",
	} {
		all = append(all, call(fmt.Sprintf("timeout %q", timeout), envelopes(""), timeout))
	}
	return append(all,
		call("timeout 50m shorter than the handler", slow, "50m"),
		call("timeout 1u shorter than the handler", slow, "1u"),
		post("timeout of Connect", "Run", envelopes(""), grpcType, trailersWelcome, "Connect-Timeout-Ms: x").only(http2),
	)
}

func grpcStreams() []*golden {
	one := string(planned(`{"answers": 1}`))
	call := func(name, method string, body []byte) *golden {
		return post("stream: "+name, method, body, grpcType, trailersWelcome).only(http2)
	}
	return []*golden{
		call("one answer", "Download", envelopes(one)),
		call("no answer", "Download", envelopes("")),
		call("no message", "Download", nil),
		call("two messages", "Download", envelopes(one, one)),
		call("broken message", "Download", envelopes("\x10\x80")),
		call("failure after answers", "Download", envelopes(string(planned(`{"answers": 2, "code": 5, "message": "gone"}`)))),
		call("headers and trailers", "Download", envelopes(string(planned(fmt.Sprintf(richPlan, `, "answers": 1`))))),
		call("upload of nothing", "Upload", nil),
		call("upload cut short", "Upload", join(envelopes(""), []byte{0, 0})),
		call("two ways", "Chat", envelopes("", "")),
	}
}

func grpcWeb() []*golden {
	a := string(everything(`{"text": "a"}`))
	one := string(planned(`{"answers": 1}`))
	call := func(name, method string, body []byte, headers ...string) *golden {
		return post(name, method, body, append([]string{grpcWebType}, headers...)...)
	}
	all := []*golden{
		call("one message", "Echo", envelopes(a)),
		call("no message", "Echo", nil),
		call("two messages", "Echo", envelopes(a, a)),
		call("broken message", "Echo", envelopes("\x08\x80")),
		call("message cut short", "Echo", envelopes(a)[:6]),
		call("trailers from the client", "Echo", join(envelopes(a), envelope(128, []byte("x-a: 1\r\n")))),
		call("JSON", "Echo", envelopes(`{"text": "a"}`)).with(0, "Content-Type: application/grpc-web+json"),
		call("gzip", "Echo", envelope(1, zipped([]byte(a))), "Grpc-Encoding: gzip"),
		call("gzip welcome", "Echo", envelopes(a), "Grpc-Accept-Encoding: gzip"),
		call("failure to a client that welcomes gzip", "Run", envelopes(string(planned(`{"code": 5, "message": "gone"}`))), "Grpc-Accept-Encoding: gzip"),
		call("unknown encoding", "Echo", envelopes(a), "Grpc-Encoding: br"),
		call("bad timeout", "Run", envelopes(""), "Grpc-Timeout: x"),
		call("timeout shorter than the handler", "Run", envelopes(string(planned(`{"delayMs": 10000}`))), "Grpc-Timeout: 50m"),
		call("answer with headers and trailers", "Run", envelopes(string(planned(fmt.Sprintf(richPlan, ""))))),
		call("binary trailer", "Run", envelopes(string(planned(`{"trailers": [{"name": "x-data-bin", "value": "AQ"}]}`)))),
		call("trailer with capitals", "Run", envelopes(string(planned(`{"trailers": [{"name": "X-Capital", "value": "A"}]}`)))),
		call("stream: one answer", "Download", envelopes(one)),
		call("stream: no answer", "Download", envelopes("")),
		call("stream: no message", "Download", nil),
		call("stream: two messages", "Download", envelopes(one, one)),
		call("stream: failure after answers", "Download", envelopes(string(planned(`{"answers": 2, "code": 5, "message": "gone"}`)))),
		call("stream: upload", "Upload", envelopes(a, a)),
		call("stream: two ways", "Chat", envelopes(a, a)).only(http2),
		call("stream: two ways over HTTP/1.1", "Chat", envelopes(a, a)).only(http1),
		call("browser", "Echo", envelopes(a), "X-Grpc-Web: 1", "Origin: https://example.test"),
	}
	for _, subtype := range []string{
		"", "+proto", "+json", "+foo", "+json; charset=utf-8", "+proto; charset=utf-8", "-text", "-text+proto",
	} {
		all = append(all, call(fmt.Sprintf("type application/grpc-web%s", subtype), "Echo", envelopes("")).
			with(0, "Content-Type: application/grpc-web"+subtype))
	}
	return append(all, eachPlan(func(name, plan string) *golden {
		return call(name, "Run", envelopes(string(planned(plan))))
	})...)
}
