package main

import (
	"encoding/base64"
	"net/url"
	"strings"
)

func get() []*golden {
	binary := everything(`{"text": "a?b>c~", "int64Value": "-1"}`)
	json := url.QueryEscape(`{"text": "a b+c"}`)
	padded := url.QueryEscape(base64.URLEncoding.EncodeToString(binary))
	unpadded := base64.RawURLEncoding.EncodeToString(binary)
	standard := url.QueryEscape(base64.StdEncoding.EncodeToString(binary))
	gz := base64.RawURLEncoding.EncodeToString(zipped([]byte(`{"text": "a"}`)))
	safe := func(name, query string, headers ...string) *golden {
		return send(name, "GET", servicePath+"EchoSafe"+query, nil, headers...)
	}
	return append([]*golden{
		safe("JSON", "?connect=v1&encoding=json&message="+json),
		safe("JSON in base64", "?connect=v1&encoding=json&base64=1&message="+base64.RawURLEncoding.EncodeToString([]byte(`{"text": "a"}`))),
		safe("binary in padded base64", "?connect=v1&encoding=proto&base64=1&message="+padded),
		safe("binary in unpadded base64", "?connect=v1&encoding=proto&base64=1&message="+unpadded),
		safe("binary in base64 with unescaped padding", "?connect=v1&encoding=proto&base64=1&message="+base64.URLEncoding.EncodeToString(binary)),
		safe("binary in standard base64", "?connect=v1&encoding=proto&base64=1&message="+standard),
		safe("binary in broken base64", "?connect=v1&encoding=proto&base64=1&message=!!!!"),
		safe("binary in base64 cut short", "?connect=v1&encoding=proto&base64=1&message="+unpadded[:5]),
		safe("binary in base64 with a space", "?connect=v1&encoding=proto&base64=1&message=C+Q"),
		safe("binary in percent escapes", "?connect=v1&encoding=proto&message="+url.QueryEscape(string(binary))),
		safe("binary in percent escapes, each byte", "?connect=v1&encoding=proto&message="+escapedAll(binary)),
		safe("base64=0", "?connect=v1&encoding=json&base64=0&message="+json),
		safe("base64=true", "?connect=v1&encoding=json&base64=true&message="+json),
		safe("base64 without a value", "?connect=v1&encoding=json&base64&message="+json),
		safe("plus signs for spaces", "?connect=v1&encoding=json&message={\"text\":+\"a+b%2Bc\"}"),
		safe("unescaped braces and quotes", "?connect=v1&encoding=json&message={\"text\":\"a\"}"),
		safe("percent escape cut short", "?connect=v1&encoding=json&message=%7B%7"),
		safe("broken percent escape", "?connect=v1&encoding=json&message=%7B%7D%zz"),
		safe("broken percent escape in another parameter", "?connect=v1&encoding=json&message=%7B%7D&other=%zz"),
		safe("semicolon", "?connect=v1&encoding=json&message=%7B%7D;x"),
		safe("bad UTF-8", "?connect=v1&encoding=json&message=%7B%22text%22%3A%22%ff%22%7D"),
		safe("bare bytes", "?connect=v1&encoding=json&message={\"text\":\"\u00fc\"}"),
		safe("no query", ""),
		safe("message left out", "?connect=v1&encoding=json"),
		safe("message left out, binary", "?connect=v1&encoding=proto"),
		safe("message empty, JSON", "?connect=v1&encoding=json&message="),
		safe("message empty, binary", "?connect=v1&encoding=proto&message="),
		safe("message without a value", "?connect=v1&encoding=proto&message"),
		safe("message broken, JSON", "?connect=v1&encoding=json&message=%7B"),
		safe("message broken, binary", "?connect=v1&encoding=proto&base64=1&message=CIA"),
		safe("encoding left out", "?connect=v1&message=%7B%7D"),
		safe("encoding empty", "?connect=v1&encoding=&message=%7B%7D"),
		safe("encoding unknown", "?connect=v1&encoding=xml&message=%7B%7D"),
		safe("encoding in other case", "?connect=v1&encoding=JSON&message=%7B%7D"),
		safe("encoding with a charset", "?connect=v1&encoding=json;%20charset=utf-8&message=%7B%7D"),
		safe("encoding with an escaped charset", "?connect=v1&encoding=json%3B%20charset%3Dutf-8&message=%7B%7D"),
		safe("encoding of a stream", "?connect=v1&encoding=connect%2Bjson&message=%7B%7D"),
		safe("connect left out", "?encoding=json&message=%7B%7D"),
		safe("connect=v2", "?connect=v2&encoding=json&message=%7B%7D"),
		safe("connect=1", "?connect=1&encoding=json&message=%7B%7D"),
		safe("connect empty", "?connect=&encoding=json&message=%7B%7D"),
		safe("connect=v2 and message left out", "?connect=v2&encoding=json"),
		safe("version as a header", "?encoding=json&message=%7B%7D", "Connect-Protocol-Version: 1"),
		safe("wrong version as a header", "?connect=v1&encoding=json&message=%7B%7D", "Connect-Protocol-Version: 2"),
		safe("unknown parameter", "?connect=v1&encoding=json&message=%7B%7D&x=1"),
		safe("parameters in another order", "?message=%7B%7D&x=1&encoding=json&connect=v1"),
		safe("parameters in other case", "?Connect=v1&Encoding=json&Message=%7B%7D"),
		safe("message given twice", "?connect=v1&encoding=json&message=%7B%22text%22%3A%22a%22%7D&message=%7B%22text%22%3A%22b%22%7D"),
		safe("encoding given twice", "?connect=v1&encoding=json&encoding=xml&message=%7B%7D"),
		safe("gzip", "?connect=v1&encoding=json&base64=1&compression=gzip&message="+gz),
		safe("gzip without base64", "?connect=v1&encoding=json&compression=gzip&message="+url.QueryEscape(string(zipped([]byte(`{"text": "a"}`))))),
		safe("gzip of nothing", "?connect=v1&encoding=json&compression=gzip&message="),
		safe("broken gzip", "?connect=v1&encoding=json&compression=gzip&message=%7B%7D"),
		safe("compression=identity", "?connect=v1&encoding=json&compression=identity&message=%7B%7D"),
		safe("compression empty", "?connect=v1&encoding=json&compression=&message=%7B%7D"),
		safe("compression=br", "?connect=v1&encoding=json&compression=br&message=%7B%7D"),
		safe("compression=br and message left out", "?connect=v1&encoding=json&compression=br"),
		safe("content-encoding as a header", "?connect=v1&encoding=json&message=%7B%7D", "Content-Encoding: br"),
		safe("answer in gzip", "?connect=v1&encoding=json&message=%7B%7D", "Accept-Encoding: gzip"),
		safe("failure to a client that welcomes gzip", "?connect=v1&encoding=json&message=%7B", "Accept-Encoding: gzip"),
		safe("content type of a message", "?connect=v1&encoding=json&message=%7B%7D", protoType),
		safe("wrong content type", "?connect=v1&encoding=json&message=%7B%7D", "Content-Type: text/plain"),
		safe("content type of gRPC", "?connect=v1&encoding=json&message=%7B%7D", grpcType),
		safe("length 0", "?connect=v1&encoding=json&message=%7B%7D", "Content-Length: 0"),
		safe("message of 5 kB", "?connect=v1&encoding=json&message=%7B%7D"+strings.Repeat("%20", 1667)),
		safe("message of 20 kB", "?connect=v1&encoding=json&message=%7B%7D"+strings.Repeat("%20", 6667)),
	},
		send("body", "GET", servicePath+"EchoSafe?connect=v1&encoding=json&message=%7B%7D", []byte("{}")),
		send("body in a chunk", "GET", servicePath+"EchoSafe?connect=v1&encoding=json&message=%7B%7D", []byte("{}"), "Transfer-Encoding: chunked"),
		send("body and no message", "GET", servicePath+"EchoSafe?connect=v1&encoding=json", []byte("{}")),
		send("POST with a query", "POST", servicePath+"EchoSafe?connect=v2&encoding=xml&message=x", []byte(`{"text": "a"}`), jsonType),
		send("failing method", "GET", servicePath+"RunSafe?encoding=json&message="+url.QueryEscape(`{"code": 5, "message": "gone"}`), nil),
		send("HEAD with a message", "HEAD", servicePath+"EchoSafe?connect=v1&encoding=json&message=%7B%7D", nil),
	)
}

func escapedAll(data []byte) string {
	const digits = "0123456789abcdef"
	text := &strings.Builder{}
	for _, each := range data {
		text.WriteByte('%')
		text.WriteByte(digits[each>>4])
		text.WriteByte(digits[each&15])
	}
	return text.String()
}
