package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

const (
	host         = "golden.test"
	answerWithin = 20 * time.Second
)

// raw is an answer as it came, whatever the version of HTTP.
type raw struct {
	status   int
	reset    string
	headers  http.Header
	body     []byte
	trailers http.Header
}

func sendHTTP1(address string, request *request) (*raw, error) {
	connection, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	if err := connection.SetDeadline(time.Now().Add(answerWithin)); err != nil {
		return nil, err
	}
	if _, err := connection.Write(bytesOf(request)); err != nil {
		return nil, err
	}
	response, err := http.ReadResponse(
		bufio.NewReader(connection), &http.Request{Method: request.Method})
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return &raw{reset: "closed"}, nil
	}
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, fmt.Errorf("read body: %w", err)
	}
	if response.Close {
		response.Header.Set("Connection", "close")
	}
	return &raw{status: response.StatusCode, headers: response.Header, body: body, trailers: response.Trailer}, nil
}

func bytesOf(request *request) []byte {
	body := request.body()
	buffer := &bytes.Buffer{}
	fmt.Fprintf(buffer, "%s %s HTTP/1.1\r\nHost: %s\r\n", request.Method, request.Path, host)
	for _, header := range request.Headers {
		fmt.Fprintf(buffer, "%s: %s\r\n", header[0], header[1])
	}
	switch {
	case strings.EqualFold(request.header("Transfer-Encoding"), "chunked"):
		fmt.Fprintf(buffer, "\r\n%x\r\n%s\r\n0\r\n\r\n", len(body), body)
	case len(body) > 0 || request.Method == http.MethodPost:
		fmt.Fprintf(buffer, "Content-Length: %d\r\n\r\n%s", len(body), body)
	default:
		buffer.WriteString("\r\n")
	}
	return buffer.Bytes()
}
