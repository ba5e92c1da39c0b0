package main

import "fmt"

func compression() []*golden {
	message := []byte(`{"text": "a"}`)
	gz := zipped(message)
	broken := append([]byte{}, gz...)
	broken[len(broken)-6] ^= 1
	unary := func(name string, body []byte, headers ...string) *golden {
		return post(name, "Echo", body, append([]string{jsonType}, headers...)...)
	}
	const encoded = "Content-Encoding: gzip"
	all := []*golden{
		unary("gzip", gz, encoded),
		unary("gzip of a binary message", zipped(everything(`{"text": "a"}`)), encoded).with(0, protoType),
		unary("gzip that welcomes identity only", gz, encoded, "Accept-Encoding: identity"),
		unary("gzip of nothing", zipped(nil), encoded),
		unary("no body called gzip", nil, encoded),
		unary("no binary body called gzip", nil, encoded).with(0, protoType),
		unary("identity called gzip", message, encoded),
		unary("gzip called identity", gz, "Content-Encoding: identity"),
		unary("gzip not told of", gz),
		unary("gzip cut short in its header", gz[:5], encoded),
		unary("gzip cut short", gz[:len(gz)-10], encoded),
		unary("gzip without its checksum", gz[:len(gz)-8], encoded),
		unary("gzip with a wrong checksum", broken, encoded),
		unary("gzip with trailing garbage", join(gz, []byte("xyz")), encoded),
		unary("gzip of two members", join(zipped(message[:5]), zipped(message[5:])), encoded),
		unary("gzip twice", zipped(gz), "Content-Encoding: gzip, gzip"),
		unary("two encoding headers", gz, encoded, encoded),
	}
	for _, encoding := range []string{"br", "deflate", "zstd", "identity", "GZIP", "x-gzip", "", "gzip;q=1"} {
		all = append(all, unary(fmt.Sprintf("content-encoding %q", encoding), message, "Content-Encoding: "+encoding))
	}
	for _, accepted := range []string{
		"gzip", "gzip;q=1", "gzip;q=0", "br", "br, gzip", "gzip, br", "br,gzip", "deflate , gzip", "*", "identity",
		"identity, gzip", "GZIP", "", "gzip, deflate, br, zstd",
	} {
		all = append(all, unary(fmt.Sprintf("accept-encoding %q", accepted), message, "Accept-Encoding: "+accepted))
	}
	return append(append(all,
		unary("two accept-encoding headers", message, "Accept-Encoding: br", "Accept-Encoding: gzip"),
		unary("failure to a client that welcomes gzip", []byte("{"), "Accept-Encoding: gzip"),
		unary("empty answer to a client that welcomes gzip", []byte("{}"), "Accept-Encoding: gzip"),
		unary("empty binary answer to a client that welcomes gzip", nil, "Accept-Encoding: gzip").with(0, protoType),
		unary("header of streams on a unary call", message, "Connect-Content-Encoding: br", "Connect-Accept-Encoding: gzip"),
	), streamCompression()...)
}

func streamCompression() []*golden {
	plan := []byte(`{"answers": 1}`)
	stream := func(name string, body []byte, headers ...string) *golden {
		return post("stream: "+name, "Download", body, append([]string{connectJSON}, headers...)...)
	}
	const encoded, welcome = "Connect-Content-Encoding: gzip", "Connect-Accept-Encoding: gzip"
	return []*golden{
		stream("gzip", envelope(1, zipped(plan)), encoded),
		stream("gzip that welcomes identity only", envelope(1, zipped(plan)), encoded, "Connect-Accept-Encoding: identity"),
		stream("gzip told of and not used", envelope(0, plan), encoded),
		stream("gzip welcome", envelope(0, plan), welcome),
		stream("br welcome", envelope(0, plan), "Connect-Accept-Encoding: br"),
		stream("q-value", envelope(0, plan), "Connect-Accept-Encoding: gzip;q=1"),
		stream("gzip without telling", envelope(1, zipped(plan))),
		stream("gzip called identity", envelope(1, zipped(plan)), "Connect-Content-Encoding: identity"),
		stream("broken gzip", envelope(1, plan), encoded),
		stream("gzip cut short", envelope(1, zipped(plan)[:20]), encoded),
		stream("empty message marked as compressed", envelope(1, nil), encoded),
		stream("empty message marked as compressed without telling", envelope(1, nil)),
		stream("unknown encoding", envelope(0, plan), "Connect-Content-Encoding: br"),
		stream("unknown encoding of a unary call", envelope(0, plan), "Content-Encoding: br"),
		stream("gzip welcome as in a unary call", envelope(0, plan), "Accept-Encoding: gzip"),
		stream("failure to a client that welcomes gzip", envelope(0, []byte(`{"code": 5, "message": "gone"}`)), welcome),
	}
}

func timeouts() []*golden {
	quick := []byte(`{}`)
	slow := []byte(`{"delayMs": 10000}`)
	slowAfterHeaders := []byte(`{"delayMs": 10000, "headers": [{"name": "x-before", "value": "1"}]}`)
	var all []*golden
	for _, timeout := range []string{
		"0", "-1", "-0", "+5000", "5000", "9999999999", "10000000000", "00000000005", "0000005000", "-999999999", "-9999999999",
		"abc", "1.5", "5s", "0x10", "", "1_000", "5000,5000", "\u0661",
	} {
		all = append(all, post(fmt.Sprintf("timeout %q", timeout), "Run", quick, jsonType, "Connect-Timeout-Ms: "+timeout))
	}
	// The longer one is for cases in which the method does something first.
	const short, enough = "Connect-Timeout-Ms: 50", "Connect-Timeout-Ms: 500"
	return append(all,
		post("two timeouts", "Run", quick, jsonType, "Connect-Timeout-Ms: 5000", "Connect-Timeout-Ms: x"),
		post("timeout shorter than the handler", "Run", slowAfterHeaders, jsonType, enough),
		post("timeout shorter than the handler, binary", "Run", planned(string(slow)), protoType, short),
		post("timeout of gRPC on a Connect call", "Run", quick, jsonType, "Grpc-Timeout: 1n"),
		post("timeout 0 and a broken message", "Run", []byte("{"), jsonType, "Connect-Timeout-Ms: 0"),
		post("bad timeout and a wrong version", "Run", quick, jsonType, "Connect-Timeout-Ms: x", "Connect-Protocol-Version: 2"),
		post("bad timeout and an unknown encoding", "Run", quick, jsonType, "Connect-Timeout-Ms: x", "Content-Encoding: br"),
		post("bad timeout of the wrong type", "Run", quick, "Content-Type: text/plain", "Connect-Timeout-Ms: x"),
		post("stream: timeout 0", "Download", envelopes(`{"answers": 1}`), connectJSON, "Connect-Timeout-Ms: 0"),
		post("stream: bad timeout", "Download", envelopes(`{"answers": 1}`), connectJSON, "Connect-Timeout-Ms: x"),
		post("stream: timeout after two answers", "Download", envelopes(`{"answers": 2, "delayMs": 10000}`), connectJSON, enough),
		post("stream: timeout before the first answer", "Download", envelopes(`{"delayMs": 10000}`), connectJSON, short),
		send("GET: timeout 0", "GET", servicePath+"RunSafe?encoding=json&message={}", nil, "Connect-Timeout-Ms: 0"),
		send("GET: bad timeout", "GET", servicePath+"RunSafe?encoding=json&message={}", nil, "Connect-Timeout-Ms: x"),
		send("GET: timeout shorter than the handler", "GET",
			servicePath+"RunSafe?encoding=json&message=%7B%22delayMs%22%3A10000%7D", nil, short),
		send("GET: timeout as a parameter", "GET", servicePath+"RunSafe?encoding=json&message={}&connect-timeout-ms=x", nil),
	)
}
