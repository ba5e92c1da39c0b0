package main

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

const (
	jsonType        = "Content-Type: application/json"
	protoType       = "Content-Type: application/proto"
	connectJSON     = "Content-Type: application/connect+json"
	connectProto    = "Content-Type: application/connect+proto"
	grpcType        = "Content-Type: application/grpc"
	grpcWebType     = "Content-Type: application/grpc-web+proto"
	trailersWelcome = "Te: trailers"
)

func groups() map[string][]*golden {
	return map[string][]*golden{
		"json-syntax":     jsonSyntax(),
		"json-values":     jsonValues(),
		"json-output":     jsonOutput(),
		"binary":          binaryMessages(),
		"content-types":   contentTypes(),
		"verbs-and-paths": verbsAndPaths(),
		"limits":          limits(),
		"compression":     compression(),
		"timeouts":        timeouts(),
		"get":             get(),
		"errors":          failures(),
		"metadata":        metadata(),
		"streams":         streams(),
		"grpc":            grpc(),
		"grpc-web":        grpcWeb(),
	}
}

// post is a call of a method of the service, over both versions of HTTP unless told otherwise.
// Headers are written as on the wire.
func post(name, method string, body []byte, headers ...string) *golden {
	return send(name, "POST", servicePath+method, body, headers...)
}

func send(name, verb, path string, body []byte, headers ...string) *golden {
	result := &golden{
		Name:    name,
		Over:    []string{http1, http2},
		Request: request{Method: verb, Path: path, Headers: [][2]string{}},
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ":")
		result.Request.Headers = append(result.Request.Headers, [2]string{name, strings.TrimPrefix(value, " ")})
	}
	result.Request.setBody(body)
	return result
}

func (g *golden) only(version string) *golden {
	g.Over = []string{version}
	return g
}

// onlyOver is for cases whose answers depend on the version of HTTP: one golden each.
func onlyOver(version string, goldens ...*golden) []*golden {
	for _, each := range goldens {
		each.only(version)
	}
	return goldens
}

func echoJSON(name, body string) *golden { return post(name, "Echo", []byte(body), jsonType) }

// everything and planned are the binary forms of messages given as JSON.
func everything(asJSON string) []byte { return encoded("Everything", asJSON) }

func planned(asJSON string) []byte { return encoded("Plan", asJSON) }

func encoded(name, asJSON string) []byte {
	kind, err := protoregistry.GlobalTypes.FindMessageByName(
		protoreflect.FullName("connect.testing.v1." + name))
	if err != nil {
		panic(err)
	}
	message := kind.New().Interface()
	if err := protojson.Unmarshal([]byte(asJSON), message); err != nil {
		panic(fmt.Sprintf("%s: %v", asJSON, err))
	}
	body, err := proto.MarshalOptions{Deterministic: true}.Marshal(message)
	if err != nil {
		panic(err)
	}
	return body
}

// envelope is one frame of a stream.
func envelope(flags byte, data []byte) []byte {
	return append(binary.BigEndian.AppendUint32([]byte{flags}, uint32(len(data))), data...)
}

func envelopes(messages ...string) []byte {
	var body []byte
	for _, message := range messages {
		body = append(body, envelope(0, []byte(message))...)
	}
	return body
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// zipped stores instead of compressing, so that it is the same with every release of Go.
func zipped(data []byte) []byte {
	buffer := &bytes.Buffer{}
	writer, err := gzip.NewWriterLevel(buffer, gzip.NoCompression)
	if err != nil {
		panic(err)
	}
	if _, err := writer.Write(data); err != nil {
		panic(err)
	}
	if err := writer.Close(); err != nil {
		panic(err)
	}
	return buffer.Bytes()
}

func padded(asJSON string, length int) []byte {
	return append([]byte(asJSON), bytes.Repeat([]byte(" "), length-len(asJSON))...)
}

func decode(base64Text string) []byte {
	body, err := base64.StdEncoding.DecodeString(base64Text)
	if err != nil {
		panic(err)
	}
	return body
}

// with replaces a header.
func (g *golden) with(index int, header string) *golden {
	name, value, _ := strings.Cut(header, ": ")
	g.Request.Headers[index] = [2]string{name, value}
	return g
}
