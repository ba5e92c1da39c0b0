package main

import (
	"net/http"
	"strings"
	"sync"

	"connectrpc.com/connect"
)

// A flavour is a protocol with its codec, its compression and its HTTP version.
type flavour struct {
	name    string
	options []connect.ClientOption
	h2      bool
	// What a write and a read look like on the wire: method, content type, compression, version.
	write, read string
}

var flavours = map[string]flavour{
	"connect":      same("POST application/proto HTTP/1.1", false),
	"connect-h2":   same("POST application/proto HTTP/2.0", true),
	"connect-json": same("POST application/json HTTP/1.1", false, connect.WithProtoJSON()),
	"connect-gzip": same("POST application/proto gzip HTTP/1.1", false, connect.WithSendGzip()),
	"connect-get": {
		options: []connect.ClientOption{connect.WithHTTPGet()},
		write:   "POST application/proto HTTP/1.1",
		read:    "GET HTTP/1.1",
	},
	"connect-get-json-h2": {
		options: []connect.ClientOption{connect.WithHTTPGet(), connect.WithProtoJSON()},
		h2:      true,
		write:   "POST application/json HTTP/2.0",
		read:    "GET HTTP/2.0",
	},
	"grpc":          same("POST application/grpc HTTP/2.0", true, connect.WithGRPC()),
	"grpc-json":     same("POST application/grpc+json HTTP/2.0", true, connect.WithGRPC(), connect.WithProtoJSON()),
	"grpc-gzip":     same("POST application/grpc gzip HTTP/2.0", true, connect.WithGRPC(), connect.WithSendGzip()),
	"grpc-web":      same("POST application/grpc-web+proto HTTP/1.1", false, connect.WithGRPCWeb()),
	"grpc-web-json": same("POST application/grpc-web+json HTTP/1.1", false, connect.WithGRPCWeb(), connect.WithProtoJSON()),
	"grpc-web-h2":   same("POST application/grpc-web+proto HTTP/2.0", true, connect.WithGRPCWeb()),
}

func same(wire string, h2 bool, options ...connect.ClientOption) flavour {
	return flavour{options: options, h2: h2, write: wire, read: wire}
}

// A recorder is an HTTP transport that keeps what the last call of each method looked like, since a
// client that silently fell back to another protocol would pass all other checks.
type recorder struct {
	transport http.RoundTripper
	lock      sync.Mutex
	seen      map[string]string
}

func (f flavour) newRecorder() *recorder {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(!f.h2)
	protocols.SetHTTP2(f.h2)
	protocols.SetUnencryptedHTTP2(f.h2)
	return &recorder{transport: &http.Transport{Protocols: protocols}, seen: map[string]string{}}
}

func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := r.transport.RoundTrip(request)
	if err == nil {
		r.note(request, response.Proto)
	}
	return response, err
}

func (r *recorder) note(request *http.Request, version string) {
	words := []string{request.Method}
	for _, name := range []string{"Content-Type", "Content-Encoding", "Grpc-Encoding"} {
		if value := request.Header.Get(name); value != "" {
			words = append(words, value)
		}
	}
	path := request.URL.Path
	r.lock.Lock()
	defer r.lock.Unlock()
	r.seen[path[strings.LastIndex(path, "/")+1:]] = strings.Join(append(words, version), " ")
}

func (r *recorder) wire(method string) string {
	r.lock.Lock()
	defer r.lock.Unlock()
	return r.seen[method]
}
