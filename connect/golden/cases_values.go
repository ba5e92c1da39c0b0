package main

import "fmt"

func jsonValues() []*golden {
	var all []*golden
	field := func(kind, name string, values ...string) {
		for _, value := range values {
			all = append(all, echoJSON(fmt.Sprintf("%s %s", kind, value), fmt.Sprintf(`{%q: %s}`, name, value)))
		}
	}
	field("int64", "int64Value",
		`1`, `"1"`, `-1`, `"-1"`, `1e3`, `"1e3"`, `1E+3`, `1e-1`, `10e-1`, `1.0`, `"1.0"`, `1.5`, `"1.5"`,
		`9223372036854775807`, `9223372036854775808`, `"9223372036854775808"`, `-9223372036854775809`,
		`01`, `"01"`, `+1`, `"+1"`, `-0`, `-`, `1.`, `.5`, `" 1"`, `"1 "`, `""`, `0x10`, `"0x10"`, `1_000`, `"abc"`,
		`true`, `{}`, `[1]`, `null`)
	field("uint64", "uint64Value", `18446744073709551615`, `"18446744073709551616"`, `-1`, `-0`, `null`)
	field("int32", "int32Value", `2147483648`, `-2147483649`, `1e2`, `1.0`, `1.5`, `"7"`, `null`)
	field("uint32", "uint32Value", `4294967296`, `-1`, `"4294967295"`)
	field("double", "doubleValue",
		`"NaN"`, `NaN`, `"Infinity"`, `"-Infinity"`, `Infinity`, `"inf"`, `"nan"`, `1e400`, `"1e400"`, `1e-400`,
		`"1.5"`, `" 1.5"`, `""`, `true`, `null`)
	field("float", "floatValue", `1e39`, `3.4028236e38`, `"NaN"`, `1e-50`)
	field("bool", "boolValue", `true`, `"true"`, `1`, `null`)
	field("string", "text", `5`, `true`, `{}`, `["a"]`, `null`)
	field("enum", "color", `"COLOR_RED"`, `1`, `"COLOR_PINK"`, `77`, `-1`, `"color_red"`, `"1"`, `1.0`, `1.5`, `""`, `true`, `null`, `2147483648`)
	field("enums", "colors", `["COLOR_RED", "COLOR_PINK", "COLOR_BLUE"]`, `["COLOR_RED", null]`, `"COLOR_RED"`, `[1, 77]`)
	field("bytes", "bytesValue",
		`"+/+/"`, `"-_-_"`, `"+/-_"`, `"YQ=="`, `"YQ"`, `"YQ="`, `"YQ==="`, `"YR=="`, `"Y"`, `"Y Q="`, `"YQ\n=="`, `"!"`, `""`, `1`, `null`)
	field("repeated", "numbers", `null`, `[]`, `[null]`, `1`, `{}`, `[1, "2"]`, `[[1]]`)
	field("map", "labels", `null`, `{}`, `{"a": null}`, `{"a": 1}`, `[]`, `{"": ""}`)
	field("map with number keys", "switches", `{"1": true}`, `{"01": true}`, `{"x": true}`, `{"1": true, "1": false}`, `{"1.0": true}`, `{"": true}`)
	field("message", "nested", `null`, `{}`, `[]`, `"a"`, `1`)
	field("optional", "maybe", `null`, `""`, `"a"`)
	field("oneof", "left", `null`, `"a"`)
	field("time", "time",
		`"2026-01-02T03:04:05Z"`, `"2026-01-02T03:04:05+01:00"`, `"2026-01-02T03:04:05.123456789Z"`,
		`"2026-01-02T03:04:05.1234567891Z"`, `"2026-01-02 03:04:05Z"`, `"2026-01-02T03:04:05"`, `"2026-02-30T00:00:00Z"`,
		`"2026-01-02t03:04:05z"`, `"0000-01-01T00:00:00Z"`, `"9999-12-31T23:59:59.999999999Z"`, `"10000-01-01T00:00:00Z"`, `5`, `null`)
	field("duration", "span", `"1.5s"`, `"-1.5s"`, `"1.5"`, `"1m"`, `".5s"`, `"1.s"`, `"315576000001s"`, `"0.0000000001s"`, `1`, `null`)
	field("any", "any",
		`{}`, `{"text": "a"}`, `{"@type": "type.googleapis.com/no.Such"}`, `{"@type": ""}`, `null`,
		`{"@type": "type.googleapis.com/connect.testing.v1.Everything", "unknown": 1}`,
		`{"text": "a", "@type": "connect.testing.v1.Everything"}`)
	field("wrapper", "boxed", `5`, `"5"`, `null`, `{"value": 5}`)
	field("value", "value", `null`, `1`, `"a"`, `[null]`, `{"a": {}}`, `1e400`)
	return append(all,
		echoJSON("bad UTF-8 in a string", "{\"text\": \"a\xffb\"}"),
		echoJSON("UTF-8 cut short in a string", "{\"text\": \"a\xe2\x82\"}"),
		echoJSON("overlong UTF-8 in a string", "{\"text\": \"\xc0\xaf\"}"),
		echoJSON("surrogate as UTF-8", "{\"text\": \"\xed\xa0\x80\"}"),
		echoJSON("bad UTF-8 in a name", "{\"te\xffxt\": \"a\"}"),
		echoJSON("surrogate pair", `{"text": "\ud83d\ude00"}`),
		echoJSON("high surrogate alone", `{"text": "\ud83d"}`),
		echoJSON("high surrogate and a letter", `{"text": "\ud83dx"}`),
		echoJSON("low surrogate alone", `{"text": "\ude00"}`),
		echoJSON("surrogates in wrong order", `{"text": "\ude00\ud83d"}`),
		echoJSON("escape cut short", `{"text": "\u12"}`),
		echoJSON("escape unknown", `{"text": "\x41"}`),
		echoJSON("newline in a string", "{\"text\": \"a\nb\"}"),
		echoJSON("tab in a string", "{\"text\": \"a\tb\"}"),
		echoJSON("NUL in a string", "{\"text\": \"a\x00b\"}"),
		echoJSON("DEL in a string", "{\"text\": \"a\x7fb\"}"),
	)
}

func binaryMessages() []*golden {
	echo := func(name string, body ...byte) *golden { return post(name, "Echo", body, protoType) }
	return []*golden{
		echo("empty"),
		post("everything", "Echo", everything(`{"int64Value": "-1", "text": "a", "numbers": [1, 2], "labels": {"a": "b"}, "maybe": ""}`), protoType),
		echo("unknown fields", 0x98, 0x06, 0x01, 0xa2, 0x06, 0x01, 'x'),
		echo("number cut short", 0x08, 0x80),
		echo("number of eleven bytes", 0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01),
		echo("length beyond the end", 0x4a, 0x05, 'a'),
		echo("negative length", 0x4a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01),
		echo("field number 0", 0x00, 0x01),
		echo("wire type 7", 0x0f),
		echo("other wire type than declared", 0x48, 0x01),
		echo("end of a group never begun", 0x0c),
		echo("group", 0x9b, 0x06, 0x08, 0x01, 0x9c, 0x06),
		echo("group without end", 0x9b, 0x06, 0x08, 0x01),
		echo("bad UTF-8", 0x4a, 0x01, 0xff),
		echo("unknown enum number", 0x50, 0x4d),
		echo("field given twice", 0x18, 0x01, 0x18, 0x02),
		echo("packed and unpacked", 0x58, 0x01, 0x5a, 0x02, 0x02, 0x03),
		echo("number beyond 32 bits", 0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01),
		echo("nested 90 times", nestedBinary(90)...),
		echo("nested 200 times", nestedBinary(200)...),
		echo("JSON by mistake", []byte(`{"text": "a"}`)...),
		post("binary called JSON", "Echo", everything(`{"text": "a"}`), jsonType),
	}
}

func nestedBinary(depth int) []byte {
	var message []byte
	for range depth {
		length := []byte{byte(len(message))}
		if len(message) > 127 {
			length = []byte{byte(len(message)) | 0x80, byte(len(message) >> 7)}
		}
		message = join([]byte{0x7a}, length, message)
	}
	return message
}
