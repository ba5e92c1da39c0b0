package main

import "strings"

func jsonSyntax() []*golden {
	return []*golden{
		echoJSON("unknown field", `{"unknown": 1, "text": "a"}`),
		echoJSON("unknown field with an object", `{"unknown": {"a": [1, {"b": null}]}, "text": "a"}`),
		echoJSON("unknown field in a nested message", `{"nested": {"unknown": true, "text": "a"}}`),
		echoJSON("unknown field with a broken value", `{"unknown": {"a": tru}, "text": "a"}`),
		echoJSON("object cut short", `{"text": "a"`),
		echoJSON("value cut short", `{"text":`),
		echoJSON("string cut short", `{"text": "a`),
		echoJSON("lone brace", `{`),
		echoJSON("words", `not json`),
		echoJSON("array", `[]`),
		echoJSON("string", `"text"`),
		echoJSON("number", `1`),
		echoJSON("null", `null`),
		echoJSON("comma at the end of an object", `{"text": "a",}`),
		echoJSON("comma at the end of an array", `{"numbers": [1,]}`),
		echoJSON("comma first", `{,"text": "a"}`),
		echoJSON("comma left out", `{"text": "a" "maybe": "b"}`),
		echoJSON("colon left out", `{"text" "a"}`),
		echoJSON("semicolon for comma", `{"text": "a"; "maybe": "b"}`),
		echoJSON("equals for colon", `{"text" = "a"}`),
		echoJSON("text after the object", `{"text": "a"} x`),
		echoJSON("brace after the object", `{"text": "a"}}`),
		echoJSON("second object", `{"text": "a"}{"text": "b"}`),
		echoJSON("space around the object", " \t\r\n{\"text\": \"a\"} \t\r\n"),
		echoJSON("space only", " \n"),
		echoJSON("NUL after the object", "{\"text\": \"a\"}\x00"),
		echoJSON("vertical tab as space", "{\v\"text\": \"a\"}"),
		echoJSON("single quotes", `{'text': 'a'}`),
		echoJSON("bare name", `{text: "a"}`),
		echoJSON("bare value", `{"text": a}`),
		echoJSON("line comment", "{\"text\": \"a\" // why\n}"),
		echoJSON("block comment", `{"text": /* why */ "a"}`),
		echoJSON("hash comment", "{\"text\": \"a\" # why\n}"),
		echoJSON("name given twice", `{"text": "a", "text": "b"}`),
		echoJSON("name given in both spellings", `{"int64Value": "1", "int64_value": "2"}`),
		echoJSON("unknown name given twice", `{"unknown": 1, "unknown": 2}`),
		echoJSON("map key given twice", `{"labels": {"a": "1", "a": "2"}}`),
		echoJSON("both of a oneof", `{"left": "a", "right": 1}`),
		echoJSON("null and a value of a oneof", `{"left": null, "right": 1}`),
		echoJSON("camel case name", `{"int64Value": "1"}`),
		echoJSON("proto name", `{"int64_value": "1"}`),
		echoJSON("name in other case", `{"Text": "a"}`),
		echoJSON("name with an escape", `{"te\u0078t": "a"}`),
		echoJSON("empty name", `{"": "a"}`),
		echoJSON("literal in other case", `{"boolValue": True}`),
		echoJSON("literal with a tail", `{"boolValue": truex}`),
		echoJSON("byte order mark", "\xef\xbb\xbf{\"text\": \"a\"}"),
		echoJSON("UTF-16", "{\x00}\x00"),
		echoJSON("empty body", ""),
		echoJSON("empty object", "{}"),
		echoJSON("nested 90 times", nested(90)),
		echoJSON("nested 200 times", nested(200)),
		echoJSON("list nested 400 times", list(400)),
		echoJSON("unknown list nested 4000 times", strings.Replace(list(4000), "value", "unknown", 1)),
		echoJSON("brackets without end", `{"unknown": `+strings.Repeat("[", 4000)),
	}
}

func nested(depth int) string {
	return strings.Repeat(`{"nested":`, depth) + "{}" + strings.Repeat("}", depth)
}

func list(depth int) string {
	return `{"value":` + strings.Repeat("[", depth) + strings.Repeat("]", depth) + "}"
}

func jsonOutput() []*golden {
	return []*golden{
		echoJSON("defaults", `{"int64Value": "0", "text": "", "boolValue": false, "color": 0, "numbers": [], "labels": {}, "bytesValue": ""}`),
		echoJSON("present but empty", `{"maybe": "", "left": "", "nested": {}, "boxed": "0"}`),
		echoJSON("characters of HTML", `{"text": "<a href='x'>&amp;=</a>"}`),
		echoJSON("characters beyond ASCII", `{"text": "\u00fc \u20ac \ud83d\ude00 \u2028 \u007f \u0000 \u001f \\ \" /"}`),
		echoJSON("escapes", `{"text": "\b\f\n\r\t\/\\\""}`),
		echoJSON("round double", `{"doubleValue": 1.0}`),
		echoJSON("large double", `{"doubleValue": 1e21}`),
		echoJSON("small double", `{"doubleValue": 1e-7}`),
		echoJSON("negative zero", `{"doubleValue": -0.0}`),
		echoJSON("double with all digits", `{"doubleValue": 0.1234567890123456789}`),
		echoJSON("float", `{"floatValue": 0.1}`),
		echoJSON("largest integers", `{"int64Value": "9223372036854775807", "uint64Value": "18446744073709551615", "int32Value": 2147483647, "uint32Value": 4294967295}`),
		echoJSON("smallest integers", `{"int64Value": "-9223372036854775808", "int32Value": -2147483648}`),
		echoJSON("repeated and maps", `{"numbers": [1, 2], "colors": [1, 0, 2], "labels": {"a": "b"}, "switches": {"-1": true}}`),
		echoJSON("time without fraction", `{"time": "2026-01-02T03:04:05Z", "span": "3s"}`),
		echoJSON("time with milliseconds", `{"time": "2026-01-02T03:04:05.5Z", "span": "3.000001s"}`),
		echoJSON("Any of a message", `{"any": {"@type": "type.googleapis.com/connect.testing.v1.Everything", "text": "a", "int64_value": 1}}`),
		echoJSON("Any of a duration", `{"any": {"@type": "type.googleapis.com/google.protobuf.Duration", "value": "1.5s"}}`),
		echoJSON("Value of every kind", `{"value": {"a": [1, "b", true, null, {"c": 1.5}]}}`),
	}
}
