package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"connectrpc.com/connect"
	"github.com/bufbuild/protocompile"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/dynamicpb"
)

const (
	protoDirectory = "../src/test/proto"
	protoFile      = "connect/testing/v1/testing.proto"
	servicePath    = "/connect.testing.v1.TestService/"

	// Read limit of the server, in bytes, before and after decompression.
	maxMessageBytes = 8192
)

// A message of testing.proto, which is read when the recorder starts: no generated code to keep.
type message = dynamicpb.Message

type service struct {
	descriptor protoreflect.ServiceDescriptor
	everything protoreflect.MessageDescriptor
	handlers   map[string]http.Handler
}

func newService() (*service, error) {
	compiler := protocompile.Compiler{
		Resolver: protocompile.WithStandardImports(
			&protocompile.SourceResolver{ImportPaths: []string{protoDirectory}}),
	}
	files, err := compiler.Compile(context.Background(), protoFile)
	if err != nil {
		return nil, err
	}
	messages := files[0].Messages()
	for i := range messages.Len() {
		// For JSON that has one of them in an Any.
		err := protoregistry.GlobalTypes.RegisterMessage(dynamicpb.NewMessageType(messages.Get(i)))
		if err != nil {
			return nil, err
		}
	}
	s := &service{
		descriptor: files[0].Services().Get(0),
		everything: messages.ByName("Everything"),
		handlers:   map[string]http.Handler{},
	}
	s.register()
	return s, nil
}

func (s *service) register() {
	unary := func(name string, handler func(context.Context, *connect.Request[message]) (*connect.Response[message], error)) {
		s.handlers[servicePath+name] = connect.NewUnaryHandler(servicePath+name, handler, s.options(name)...)
	}
	unary("Echo", echo)
	unary("EchoSafe", echo)
	unary("Run", s.run)
	unary("RunSafe", s.run)
	unary("LeftOut", leftOut)
	s.handlers[servicePath+"Download"] =
		connect.NewServerStreamHandler(servicePath+"Download", s.download, s.options("Download")...)
	s.handlers[servicePath+"Upload"] =
		connect.NewClientStreamHandler(servicePath+"Upload", s.upload, s.options("Upload")...)
	s.handlers[servicePath+"Chat"] =
		connect.NewBidiStreamHandler(servicePath+"Chat", chat, s.options("Chat")...)
}

func (s *service) options(method string) []connect.HandlerOption {
	descriptor := s.descriptor.Methods().ByName(protoreflect.Name(method))
	options := []connect.HandlerOption{
		connect.WithSchema(descriptor),
		connect.WithReadMaxBytes(maxMessageBytes),
		connect.WithRequestInitializer(func(_ connect.Spec, request any) error {
			*request.(*message) = *dynamicpb.NewMessage(descriptor.Input())
			return nil
		}),
	}
	if strings.HasSuffix(method, "Safe") {
		options = append(options, connect.WithIdempotency(connect.IdempotencyNoSideEffects))
	}
	return options
}

// ServeHTTP finds the method as the code does that protoc-gen-connect-go generates.
func (s *service) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	handler, ok := s.handlers[request.URL.Path]
	if !ok {
		http.NotFound(writer, request)
		return
	}
	handler.ServeHTTP(writer, request)
}

// start serves HTTP/1.1 and HTTP/2 without TLS on a free port of the loopback interface.
func (s *service) start() (*http.Server, string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", err
	}
	mux := http.NewServeMux()
	mux.Handle(servicePath, s)
	server := &http.Server{Handler: mux, Protocols: new(http.Protocols)}
	server.Protocols.SetHTTP1(true)
	server.Protocols.SetUnencryptedHTTP2(true)
	go func() { _ = server.Serve(listener) }()
	return server, listener.Addr().String(), nil
}

func echo(_ context.Context, request *connect.Request[message]) (*connect.Response[message], error) {
	response := connect.NewResponse(request.Msg)
	for name, values := range request.Header() {
		if !strings.HasPrefix(name, "X-") {
			continue
		}
		for _, value := range values {
			echoed, err := echoHeader(name, value)
			if err != nil {
				return nil, err
			}
			response.Header().Add(name, echoed)
		}
	}
	return response, nil
}

// echoHeader reads and writes binary headers by the means that connect-go has for its users.
func echoHeader(name, value string) (string, error) {
	if !strings.HasSuffix(name, "-Bin") {
		return value, nil
	}
	data, err := connect.DecodeBinaryHeader(value)
	if err != nil {
		return "", connect.NewError(connect.CodeInvalidArgument, err)
	}
	return connect.EncodeBinaryHeader(data), nil
}

func leftOut(context.Context, *connect.Request[message]) (*connect.Response[message], error) {
	return nil, connect.NewError(connect.CodeUnimplemented,
		errors.New("connect.testing.v1.TestService.LeftOut is not implemented"))
}

func (s *service) run(ctx context.Context, request *connect.Request[message]) (*connect.Response[message], error) {
	plan := plan{request.Msg}
	call, _ := connect.CallInfoForHandlerContext(ctx)
	plan.putHeaders("headers", call.ResponseHeader())
	if err := plan.delay(ctx); err != nil {
		return nil, err
	}
	plan.putHeaders("trailers", call.ResponseTrailer())
	if err := plan.failure(); err != nil {
		return nil, err
	}
	return connect.NewResponse(s.answer(0, plan.text())), nil
}

func (s *service) download(
	ctx context.Context, request *connect.Request[message], stream *connect.ServerStream[message],
) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	plan := plan{request.Msg}
	plan.putHeaders("headers", stream.ResponseHeader())
	for i := range plan.int("answers") {
		if err := stream.Send(s.answer(int32(i), plan.text())); err != nil {
			return err
		}
	}
	if err := plan.delay(ctx); err != nil {
		return err
	}
	plan.putHeaders("trailers", stream.ResponseTrailer())
	return plan.failure()
}

func (s *service) upload(_ context.Context, stream *connect.ClientStream[message]) (*connect.Response[message], error) {
	count, texts := int32(0), ""
	for stream.Receive() {
		count++
		texts += stream.Msg().Get(s.everything.Fields().ByName("text")).String()
	}
	if err := stream.Err(); err != nil {
		return nil, err
	}
	return connect.NewResponse(s.answer(count, texts)), nil
}

func chat(_ context.Context, stream *connect.BidiStream[message, message]) error {
	for {
		request, err := stream.Receive()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := stream.Send(request); err != nil {
			return err
		}
	}
}

func (s *service) answer(number int32, text string) *message {
	answer := dynamicpb.NewMessage(s.everything)
	answer.Set(s.everything.Fields().ByName("int32_value"), protoreflect.ValueOfInt32(number))
	answer.Set(s.everything.Fields().ByName("text"), protoreflect.ValueOfString(text))
	return answer
}

// plan reads a message Plan.
type plan struct{ *message }

func (p plan) field(name string) protoreflect.Value {
	return p.Get(p.Descriptor().Fields().ByName(protoreflect.Name(name)))
}

func (p plan) int(name string) int64 { return p.field(name).Int() }

func (p plan) text() string { return strings.Repeat("x", int(p.int("text_length"))) }

func (p plan) delay(ctx context.Context) error {
	select {
	case <-time.After(time.Duration(p.int("delay_ms")) * time.Millisecond):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p plan) putHeaders(field string, target http.Header) {
	list := p.field(field).List()
	for i := range list.Len() {
		header := list.Get(i).Message()
		fields := header.Descriptor().Fields()
		target.Add(header.Get(fields.ByName("name")).String(), header.Get(fields.ByName("value")).String())
	}
}

func (p plan) failure() error {
	code := connect.Code(p.int("code"))
	if code == 0 {
		return nil
	}
	failure := connect.NewError(code, errors.New(p.field("message").String()))
	p.putHeaders("metadata", failure.Meta())
	details := p.field("details").List()
	for i := range details.Len() {
		detail, err := unpack(details.Get(i).Message())
		if err != nil {
			return err
		}
		failure.AddDetail(detail)
	}
	return failure
}

func unpack(anyMessage protoreflect.Message) (*connect.ErrorDetail, error) {
	fields := anyMessage.Descriptor().Fields()
	kind, err := protoregistry.GlobalTypes.FindMessageByURL(anyMessage.Get(fields.ByName("type_url")).String())
	if err != nil {
		return nil, err
	}
	content := kind.New().Interface()
	if err := proto.Unmarshal(anyMessage.Get(fields.ByName("value")).Bytes(), content); err != nil {
		return nil, err
	}
	return connect.NewErrorDetail(content)
}
