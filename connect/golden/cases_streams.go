package main

func streams() []*golden {
	down := func(name string, body []byte) *golden { return post("server: "+name, "Download", body, connectJSON) }
	up := func(name string, body []byte) *golden { return post("client: "+name, "Upload", body, connectJSON) }
	both := func(name string, body []byte) *golden {
		return post("two ways: "+name, "Chat", body, connectJSON).only(http2)
	}
	const one, a, b = `{"answers": 1}`, `{"text": "a"}`, `{"text": "b"}`
	return []*golden{
		down("one answer", envelopes(one)),
		down("no answer", envelopes(`{}`)),
		down("three answers", envelopes(`{"answers": 3, "textLength": 2}`)),
		down("empty message", envelopes("")),
		down("no message", nil),
		down("two messages", envelopes(one, one)),
		down("end of stream from the client", envelope(2, []byte("{}"))),
		down("end of stream from the client after the message", join(envelopes(one), envelope(2, []byte("{}")))),
		down("prefix cut short", []byte{0, 0, 0}),
		down("message cut short", envelopes(one)[:10]),
		down("message left out", []byte{0, 0, 0, 0, 5}),
		down("prefix cut short after the message", join(envelopes(one), []byte{0, 0})),
		down("garbage after the message", join(envelopes(one), []byte("garbage that is longer than a prefix"))),
		down("unknown flag 4", envelope(4, []byte(one))),
		down("unknown flag 64", envelope(64, []byte(one))),
		down("flag 128", envelope(128, []byte(one))),
		down("flags 3", envelope(3, []byte(one))),
		down("broken JSON", envelopes(`{`)),
		down("JSON without an envelope", []byte(one)),
		down("text after the object", envelopes(one+" x")),
		post("server: binary", "Download", envelopes(string(planned(one))), connectProto),
		post("server: empty binary message", "Download", envelopes(""), connectProto),
		post("server: broken binary message", "Download", envelopes("\x10\x80"), connectProto),
		post("server: no binary message", "Download", nil, connectProto),
		post("server: two binary messages", "Download", envelopes(string(planned(one)), string(planned(one))), connectProto),
		post("server: in one chunk", "Download", envelopes(one), connectJSON, "Transfer-Encoding: chunked"),
		up("no message", nil),
		up("one message", envelopes(a)),
		up("two messages", envelopes(a, b)),
		up("empty messages", envelopes("", "")),
		up("second message broken", envelopes(a, "{")),
		up("second message cut short", envelopes(a, b)[:25]),
		up("second prefix cut short", join(envelopes(a), []byte{0})),
		up("end of stream from the client", join(envelopes(a), envelope(2, []byte("{}")), envelopes(b))),
		up("end of stream from the client, empty", join(envelopes(a), envelope(2, nil))),
		up("end of stream from the client, broken", join(envelopes(a), envelope(2, []byte("x")))),
		post("client: binary", "Upload", envelopes(string(everything(a)), string(everything(b))), connectProto),
		both("no message", nil),
		both("two messages", envelopes(a, b)),
		both("second message broken", envelopes(a, "{")),
		both("second message cut short", envelopes(a, b)[:25]),
		both("end of stream from the client", join(envelopes(a), envelope(2, []byte("{}")))),
		both("unknown flag", join(envelopes(a), envelope(8, []byte(b)))),
	}
}
