package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

const (
	http1 = "1.1"
	http2 = "2"
)

// golden is one case: what is sent, over which versions of HTTP, and the one answer to all of them.
type golden struct {
	Name    string
	Over    []string
	Request request
	Answer  *answer
	// OwnMessage tells that the message of the failure is the method's own, not connect-go's.
	OwnMessage bool
}

// request is sent as it stands, with these additions. HTTP/1.1: Host first; last the length of the
// body, where there is a body or the verb is POST, or the body as one chunk where the headers have
// Transfer-Encoding. HTTP/2: header names in lower case, without those that name the connection.
type request struct {
	Method  string      `json:"method"`
	Path    string      `json:"path"`
	Headers [][2]string `json:"headers"`
	Text    string      `json:"text,omitempty"`
	Base64  string      `json:"base64,omitempty"`
}

func (r *request) setBody(body []byte) {
	if utf8.Valid(body) && !bytes.ContainsRune(body, 0) && !bytes.ContainsRune(body, 0xfeff) {
		r.Text = string(body)
	} else {
		r.Base64 = base64.StdEncoding.EncodeToString(body)
	}
}

func (r *request) body() []byte {
	if r.Base64 == "" {
		return []byte(r.Text)
	}
	body, err := base64.StdEncoding.DecodeString(r.Base64)
	if err != nil {
		panic(err)
	}
	return body
}

func (r *request) header(name string) string {
	for _, header := range r.Headers {
		if strings.EqualFold(header[0], name) {
			return header[1]
		}
	}
	return ""
}

// answer is what came back, with its body decompressed and taken apart.
type answer struct {
	// 0 where the connection was closed, or the stream reset, without an answer.
	Status   int                 `json:"status"`
	Reset    string              `json:"reset,omitempty"`
	Headers  map[string][]string `json:"headers,omitempty"`
	Body     *content            `json:"body,omitempty"`
	Frames   []frame             `json:"frames,omitempty"`
	Trailers map[string][]string `json:"trailers,omitempty"`
}

// content has one of its fields, except for binary messages: those have their JSON for the reader.
type content struct {
	JSON  json.RawMessage `json:"json,omitempty"`
	Proto *string         `json:"proto,omitempty"`
	Text  string          `json:"text,omitempty"`
}

// frame is an envelope of a stream.
type frame struct {
	Flags byte `json:"flags"`
	content
}

func (a *answer) equals(other *answer) bool {
	return bytes.Equal(encode(a), encode(other))
}

// encode writes a value on one line.
func encode(value any) []byte {
	buffer := &bytes.Buffer{}
	encoder := json.NewEncoder(buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err)
	}
	return bytes.TrimSpace(buffer.Bytes())
}

// write makes a file with a line for each request and each answer, so that a change is a short one.
func write(directory, group string, goldens []*golden) error {
	text := &bytes.Buffer{}
	for i, each := range goldens {
		separator := ","
		if i == len(goldens)-1 {
			separator = ""
		}
		ownMessage := ""
		if each.OwnMessage {
			ownMessage = "\n    \"ownMessage\": true,"
		}
		fmt.Fprintf(text, "  {\n    \"name\": %s,\n    \"over\": %s,%s\n    \"request\": %s,\n    \"answer\": %s\n  }%s\n",
			encode(each.Name), encode(each.Over), ownMessage, encode(each.Request), encode(each.Answer), separator)
	}
	content := fmt.Sprintf("[\n%s]\n", text)
	return os.WriteFile(filepath.Join(directory, group+".json"), []byte(content), 0o644)
}

func checkNames(goldens []*golden) error {
	names := map[string]bool{}
	for _, each := range goldens {
		if names[each.Name] {
			return fmt.Errorf("two cases are named %q", each.Name)
		}
		names[each.Name] = true
	}
	return nil
}
