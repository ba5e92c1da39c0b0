// Command go-server is a minimal connect-go server of the API: what the daemon is measured against.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"google.golang.org/protobuf/proto"

	vmmv1 "vmm-controlplane/gen/vmm/v1"

	"vmm-controlplane/bench/vmserver"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "address and port; port 0 picks a free one")
	answer := flag.String("answer", "", "file with the GetVmInfoResponse to answer, as binary protobuf")
	flag.Parse()
	if err := run(*listen, *answer); err != nil {
		log.Fatalln("go-server:", err)
	}
}

func run(listen, answer string) error {
	vm, err := load(answer)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	server := vmserver.HTTP(vmserver.New(vm))
	stopped := make(chan os.Signal, 1)
	signal.Notify(stopped, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		<-stopped
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		_ = server.Shutdown(ctx)
	}()
	fmt.Printf("go-server ready on http://%s\n", listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func load(file string) (*vmmv1.GetVmInfoResponse, error) {
	if file == "" {
		return vmserver.Sample("sample"), nil
	}
	bytes, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	vm := new(vmmv1.GetVmInfoResponse)
	if err := proto.Unmarshal(bytes, vm); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return vm, nil
}
