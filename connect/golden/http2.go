package main

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	h2 "golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

const streamID = 1

// sendHTTP2 speaks HTTP/2 frame by frame, as a client library would mend the request.
func sendHTTP2(address string, request *request) (*raw, error) {
	connection, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	if err := connection.SetDeadline(time.Now().Add(answerWithin)); err != nil {
		return nil, err
	}
	if _, err := connection.Write([]byte(h2.ClientPreface)); err != nil {
		return nil, err
	}
	framer := h2.NewFramer(connection, connection)
	framer.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	if err := framer.WriteSettings(); err != nil {
		return nil, err
	}
	if err := writeRequest(framer, request); err != nil {
		return nil, err
	}
	return readAnswer(framer)
}

func writeRequest(framer *h2.Framer, request *request) error {
	body := request.body()
	err := framer.WriteHeaders(h2.HeadersFrameParam{
		StreamID:      streamID,
		BlockFragment: headerBlock(request),
		EndHeaders:    true,
		EndStream:     len(body) == 0,
	})
	for len(body) > 0 && err == nil {
		part := min(len(body), 16384)
		err = framer.WriteData(streamID, part == len(body), body[:part])
		body = body[part:]
	}
	return err
}

func headerBlock(request *request) []byte {
	block := &bytes.Buffer{}
	encoder := hpack.NewEncoder(block)
	add := func(name, value string) { _ = encoder.WriteField(hpack.HeaderField{Name: name, Value: value}) }
	add(":method", request.Method)
	add(":scheme", "http")
	add(":path", request.Path)
	add(":authority", host)
	for _, header := range request.Headers {
		switch name := strings.ToLower(header[0]); name {
		case "connection", "transfer-encoding":
		default:
			add(name, header[1])
		}
	}
	return block.Bytes()
}

func readAnswer(framer *h2.Framer) (*raw, error) {
	answer := &raw{}
	for {
		frame, err := framer.ReadFrame()
		if err != nil {
			return nil, fmt.Errorf("read frame: %w", err)
		}
		ended, err := answer.take(framer, frame)
		if ended || err != nil {
			return answer, err
		}
	}
}

func (a *raw) take(framer *h2.Framer, frame h2.Frame) (ended bool, err error) {
	switch frame := frame.(type) {
	case *h2.SettingsFrame:
		if !frame.IsAck() {
			err = framer.WriteSettingsAck()
		}
	case *h2.MetaHeadersFrame:
		a.takeHeaders(frame)
		ended = frame.StreamEnded()
	case *h2.DataFrame:
		a.body = append(a.body, frame.Data()...)
		ended = frame.StreamEnded()
	case *h2.RSTStreamFrame:
		// Go resets with NO_ERROR after an answer that did not wait for the body.
		a.reset = frame.ErrCode.String()
		ended = true
	case *h2.GoAwayFrame:
		a.reset = "GOAWAY " + frame.ErrCode.String()
		ended = true
	}
	return ended, err
}

func (a *raw) takeHeaders(frame *h2.MetaHeadersFrame) {
	headers := http.Header{}
	for _, field := range frame.RegularFields() {
		headers.Add(field.Name, field.Value)
	}
	if a.status == 0 {
		a.status, _ = strconv.Atoi(frame.PseudoValue("status"))
		a.headers = headers
	} else {
		a.trailers = headers
	}
}
