package main

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

const (
	flagCompressed  = 0x01
	flagConnectEnd  = 0x02
	flagWebTrailers = 0x80
	envelopePrefix  = 5
)

// Of no interest, or never the same twice.
var unrecorded = map[string]bool{
	"Content-Length": true, "Date": true, "Trailer": true, "X-Content-Type-Options": true,
}

// reader takes answers apart; every answer of the service is of one message type.
type reader struct {
	answers protoreflect.MessageDescriptor
}

func (r reader) read(raw *raw) (*answer, error) {
	result := &answer{
		Status:   raw.status,
		Reset:    raw.reset,
		Headers:  recorded(raw.headers),
		Trailers: recorded(raw.trailers),
	}
	contentType := raw.headers.Get("Content-Type")
	body, err := inflate(raw.body, raw.headers.Get("Content-Encoding"))
	if err != nil {
		return nil, err
	}
	if isStream(contentType) && raw.status == http.StatusOK {
		result.Frames, err = r.frames(body, contentType)
		return result, err
	}
	if len(body) > 0 || contentType == "application/proto" {
		result.Body, err = r.content(body, contentType)
	}
	return result, err
}

func isStream(contentType string) bool {
	return strings.HasPrefix(contentType, "application/connect+") ||
		strings.HasPrefix(contentType, "application/grpc")
}

func recorded(headers http.Header) map[string][]string {
	result := map[string][]string{}
	for name, values := range headers {
		if len(values) > 0 && !unrecorded[http.CanonicalHeaderKey(name)] {
			for i, value := range values {
				values[i] = settled(value)
			}
			result[strings.ToLower(name)] = values
		}
	}
	return result
}

func inflate(body []byte, encoding string) ([]byte, error) {
	if encoding != "gzip" || len(body) == 0 {
		return body, nil
	}
	unzip, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(unzip)
}

func (r reader) frames(body []byte, contentType string) ([]frame, error) {
	var frames []frame
	for len(body) > 0 {
		if len(body) < envelopePrefix {
			return nil, fmt.Errorf("envelope cut short: %x", body)
		}
		flags, length := body[0], int(binary.BigEndian.Uint32(body[1:]))
		data := body[envelopePrefix : envelopePrefix+length]
		body = body[envelopePrefix+length:]
		if flags&flagCompressed != 0 {
			var err error
			if data, err = inflate(data, "gzip"); err != nil {
				return nil, err
			}
		}
		content, err := r.content(data, typeOfFrame(flags, contentType))
		if err != nil {
			return nil, err
		}
		frames = append(frames, frame{flags, *content})
	}
	return frames, nil
}

func typeOfFrame(flags byte, contentType string) string {
	switch {
	case flags&flagWebTrailers != 0:
		return "text/plain"
	case flags&flagConnectEnd != 0, strings.Contains(contentType, "+json"):
		return "application/json"
	default:
		return "application/proto"
	}
}

func (r reader) content(body []byte, contentType string) (*content, error) {
	switch contentType {
	case "application/proto":
		return r.binary(body)
	case "application/json", "application/json; charset=utf-8":
		compact, err := compactJSON(body)
		return &content{JSON: compact}, err
	default:
		return &content{Text: settled(string(body))}, nil
	}
}

// binary messages are written anew, as the order of fields and map entries is left to the writer.
func (r reader) binary(body []byte) (*content, error) {
	message := dynamicpb.NewMessage(r.answers)
	if err := proto.Unmarshal(body, message); err != nil {
		return nil, err
	}
	ordered, err := proto.MarshalOptions{Deterministic: true}.Marshal(message)
	if err != nil {
		return nil, err
	}
	asJSON, err := protojson.Marshal(message)
	if err != nil {
		return nil, err
	}
	compact, err := compactJSON(asJSON)
	encoded := base64.StdEncoding.EncodeToString(ordered)
	return &content{JSON: compact, Proto: &encoded}, err
}

func compactJSON(body []byte) (json.RawMessage, error) {
	buffer := &bytes.Buffer{}
	err := json.Compact(buffer, body)
	return json.RawMessage(settled(buffer.String())), err
}

// settled undoes what protobuf-go varies from build to build on purpose: the kind of space in its
// errors, here in JSON and in the trailers of gRPC.
func settled(text string) string {
	return strings.NewReplacer("\u00a0", " ", `\u00a0`, " ", "%C2%A0", " ").Replace(text)
}
