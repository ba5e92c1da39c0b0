// Package load calls GetVmInfo as fast as a number of workers can, and compares servers by it.
// Start with Compare.
package load

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"connectrpc.com/connect"

	vmmv1 "vmm-controlplane/gen/vmm/v1"
	"vmm-controlplane/gen/vmm/v1/vmmv1connect"
)

// Protocol is one way to make the call.
type Protocol struct {
	Name    string
	Title   string
	http2   bool
	options []connect.ClientOption
}

// Protocols are all that are measured, in the order of the table.
func Protocols() []Protocol {
	return []Protocol{
		{Name: "connect", Title: "Connect binary, h2c", http2: true},
		{Name: "json", Title: "Connect JSON, HTTP/1.1", options: []connect.ClientOption{connect.WithProtoJSON()}},
		{Name: "grpc", Title: "gRPC, h2c", http2: true, options: []connect.ClientOption{connect.WithGRPC()}},
	}
}

// Server is one that is measured. Its process is read for the CPU time it used.
type Server struct {
	Name string
	URL  string
	PID  int
}

// client makes one kind of call to one server, and can drop its connections.
type client struct {
	vm        string
	service   vmmv1connect.VmServiceClient
	transport *http.Transport
	wire      *wire
}

// newClient has as many HTTP/1.1 connections as workers ask for, and one of HTTP/2, as any Go program.
func newClient(server Server, protocol Protocol, vm string, gzip bool) *client {
	transport := &http.Transport{
		Protocols: new(http.Protocols), MaxIdleConnsPerHost: 1_024, DisableCompression: true,
	}
	transport.Protocols.SetHTTP1(!protocol.http2)
	transport.Protocols.SetUnencryptedHTTP2(protocol.http2)
	options := protocol.options
	if !gzip {
		options = append(options[:len(options):len(options)], connect.WithAcceptCompression("gzip", nil, nil))
	}
	wire := &wire{next: transport}
	service := vmmv1connect.NewVmServiceClient(&http.Client{Transport: wire}, server.URL, options...)
	return &client{vm: vm, service: service, transport: transport, wire: wire}
}

func (c *client) call(ctx context.Context) (*vmmv1.GetVmInfoResponse, error) {
	response, err := c.service.GetVmInfo(ctx, connect.NewRequest(&vmmv1.GetVmInfoRequest{VmId: c.vm}))
	if err != nil {
		return nil, err
	}
	if response.Msg.GetVmId() != c.vm {
		return nil, fmt.Errorf("asked for VM %q, answered was %q", c.vm, response.Msg.GetVmId())
	}
	return response.Msg, nil
}

func (c *client) close() { c.transport.CloseIdleConnections() }

// Fetch makes the call once.
func Fetch(ctx context.Context, url, vm string) (*vmmv1.GetVmInfoResponse, error) {
	client := newClient(Server{URL: url}, Protocols()[1], vm, false)
	defer client.close()
	return client.call(ctx)
}

// wire looks at one answer as it comes over the network.
type wire struct {
	next     http.RoundTripper
	watch    bool
	response *http.Response
	bytes    int
	first    byte
}

func (w *wire) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := w.next.RoundTrip(request)
	if err != nil || !w.watch {
		return response, err
	}
	w.response, w.bytes, w.first = response, 0, 0
	response.Body = &watchedBody{ReadCloser: response.Body, wire: w}
	return response, nil
}

// coding is how the message came. In gRPC the header tells what may be used, and the first byte of the
// body whether it was.
func (w *wire) coding() string {
	header := w.response.Header
	if coding := header.Get("Grpc-Encoding"); coding != "" && w.first == 1 {
		return coding
	}
	if coding := header.Get("Content-Encoding"); coding != "" && coding != "identity" {
		return coding
	}
	return "plain"
}

type watchedBody struct {
	io.ReadCloser
	wire *wire
}

func (b *watchedBody) Read(target []byte) (int, error) {
	n, err := b.ReadCloser.Read(target)
	if n > 0 && b.wire.bytes == 0 {
		b.wire.first = target[0]
	}
	b.wire.bytes += n
	return n, err
}

// probe makes the call once and tells how the answer came: version of HTTP, compression, size.
func (c *client) probe(ctx context.Context) (*vmmv1.GetVmInfoResponse, string, error) {
	c.wire.watch = true
	defer func() { c.wire.watch = false }()
	answer, err := c.call(ctx)
	if err != nil {
		return nil, "", err
	}
	return answer, fmt.Sprintf("%s, %s, %d bytes", c.wire.response.Proto, c.wire.coding(), c.wire.bytes), nil
}
