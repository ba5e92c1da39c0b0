package main

import "fmt"

const richPlan = `{
	"headers": [{"name": "x-header", "value": "h"}],
	"trailers": [{"name": "x-trailer", "value": "t"}]%s}`

// plans are failures that every protocol writes in its own way.
func plans() map[string]string {
	const details = `"details": [
		{"@type": "type.googleapis.com/connect.testing.v1.Header", "name": "a"},
		{"@type": "type.googleapis.com/google.protobuf.Duration", "value": "1.5s"}]`
	return map[string]string{
		"message empty":           `{"code": 5}`,
		"message beyond ASCII":    `{"code": 5, "message": "\u00fc \u20ac \ud83d\ude00"}`,
		"message with percent":    `{"code": 5, "message": "100% %41 %"}`,
		"message of two lines":    `{"code": 5, "message": "a\nb\r\n\tc"}`,
		"message with quotes":     `{"code": 5, "message": "\"<a>\" & '\\'"}`,
		"message with spaces":     `{"code": 5, "message": "a  b"}`,
		"details":                 `{"code": 9, "message": "no", ` + details + `}`,
		"details without message": `{"code": 9, ` + details + `}`,
		"empty detail":            `{"code": 9, "message": "no", "details": [{"@type": "type.googleapis.com/connect.testing.v1.Header"}]}`,
		"headers and trailers":    fmt.Sprintf(richPlan, `, "code": 9, "message": "no"`),
		"metadata":                `{"code": 9, "message": "no", "metadata": [{"name": "x-meta", "value": "m"}]}`,
		"code beyond the known":   `{"code": 17, "message": "no"}`,
		"negative code":           `{"code": -1, "message": "no"}`,
	}
}

// eachPlan is a call for each of plans, in an order that stays.
func eachPlan(call func(name, plan string) *golden) []*golden {
	var all []*golden
	for code := 1; code <= 16; code++ {
		all = append(all, call(fmt.Sprintf("code %d", code), fmt.Sprintf(`{"code": %d, "message": "no"}`, code)))
	}
	known := plans()
	for _, name := range sortedKeys(known) {
		all = append(all, call(name, known[name]))
	}
	for _, each := range all {
		each.OwnMessage = true
	}
	return all
}

func failures() []*golden {
	all := eachPlan(func(name, plan string) *golden { return post(name, "Run", []byte(plan), jsonType) })
	return append(append(all, eachPlan(func(name, plan string) *golden {
		return post("stream: "+name, "Download", envelopes(plan), connectJSON)
	})...),
		post("failure of a binary call", "Run", planned(`{"code": 5, "message": "gone"}`), protoType),
		post("failure of a binary stream", "Download", envelopes(string(planned(`{"code": 5, "message": "gone"}`))), connectProto),
		post("failure after answers", "Download", envelopes(fmt.Sprintf(richPlan, `, "answers": 2, "code": 5, "message": "gone"`)), connectJSON),
	)
}

func metadata() []*golden {
	message := []byte(`{}`)
	echo := func(name string, headers ...string) *golden {
		return post(name, "Echo", message, append([]string{jsonType}, headers...)...)
	}
	run := func(name, plan string) *golden { return post(name, "Run", []byte(plan), jsonType) }
	header := func(field, name, value string) string {
		return fmt.Sprintf(`{%q: [{"name": %q, "value": %q}]}`, field, name, value)
	}
	return []*golden{
		echo("header", "X-One: 1"),
		echo("header without a value", "X-One:"),
		echo("header in other case", "x-ONE: 1"),
		echo("header twice", "X-One: 1", "X-One: 2"),
		echo("header with a list", "X-One: 1, 2"),
		echo("header with bytes beyond ASCII", "X-One: \u00fc"),
		echo("binary header, unpadded", "X-Data-Bin: AQ"),
		echo("binary header, padded", "X-Data-Bin: AQ=="),
		echo("binary header without a value", "X-Data-Bin:"),
		echo("binary header twice", "X-Data-Bin: AQ", "X-Data-Bin: Ag"),
		echo("binary header with a list", "X-Data-Bin: AQ,Ag=="),
		echo("binary header with characters of URLs", "X-Data-Bin: -_8"),
		echo("binary header with characters of base64", "X-Data-Bin: +/8"),
		echo("binary header that is none", "X-Data-Bin: !!!"),
		run("headers and trailers", fmt.Sprintf(richPlan, "")),
		run("header set twice", `{"headers": [{"name": "x-a", "value": "1"}, {"name": "x-a", "value": "2"}]}`),
		run("trailer set twice", `{"trailers": [{"name": "x-a", "value": "1"}, {"name": "x-a", "value": "2"}]}`),
		run("binary trailer", header("trailers", "x-data-bin", "AQ")),
		run("header of the protocol set: content-type", header("headers", "content-type", "text/plain")),
		run("header of the protocol set: content-encoding", header("headers", "content-encoding", "br")),
		run("header of the protocol set: connect-foo", header("headers", "connect-foo", "1")),
		run("header of the protocol set: grpc-foo", header("headers", "grpc-foo", "1")),
		run("header of the protocol set: accept-encoding", header("headers", "accept-encoding", "br")),
		run("header of the protocol set: trailer-foo", header("headers", "trailer-foo", "1")),
		run("trailer of the protocol set: content-type", header("trailers", "content-type", "text/plain")),
		run("trailer of the protocol set: grpc-status", header("trailers", "grpc-status", "5")),
		post("headers and trailers of a binary call", "Run", planned(fmt.Sprintf(richPlan, "")), protoType),
		post("headers and trailers of a stream", "Download", envelopes(fmt.Sprintf(richPlan, `, "answers": 1`)), connectJSON),
		post("headers and trailers of an empty stream", "Download", envelopes(fmt.Sprintf(richPlan, "")), connectJSON),
		post("binary trailer of a stream", "Download", envelopes(header("trailers", "x-data-bin", "AQ")), connectJSON),
		echo("version 1", "Connect-Protocol-Version: 1"),
		echo("version 2", "Connect-Protocol-Version: 2"),
		echo("version v1", "Connect-Protocol-Version: v1"),
		echo("version without a value", "Connect-Protocol-Version:"),
		echo("version twice", "Connect-Protocol-Version: 1", "Connect-Protocol-Version: 2"),
		echo("version 2 and an unknown encoding", "Connect-Protocol-Version: 2", "Content-Encoding: br"),
		post("version 2 of the wrong type", "Echo", message, "Content-Type: text/plain", "Connect-Protocol-Version: 2"),
		post("version 2 on a stream", "Download", envelopes(`{"answers": 1}`), connectJSON, "Connect-Protocol-Version: 2"),
		post("version 2 and a broken binary message", "Echo", []byte{0x08, 0x80}, protoType, "Connect-Protocol-Version: 2"),
	}
}
