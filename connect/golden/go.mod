module vmm-controlplane/connect/golden

go 1.25.0

require (
	connectrpc.com/connect v1.20.0
	github.com/bufbuild/protocompile v0.14.1
	golang.org/x/net v0.50.0
	google.golang.org/protobuf v1.36.12
)

require (
	golang.org/x/sync v0.19.0 // indirect
	golang.org/x/text v0.34.0 // indirect
)
