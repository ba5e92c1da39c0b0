// The Go side of the project: the API's generated code under gen/, which clients import, and the
// programs of bench/. A module of the repository's root, since its import paths are fixed.
module vmm-controlplane

go 1.25.0

ignore (
	node_modules
	target
)

require (
	connectrpc.com/connect v1.20.0
	google.golang.org/protobuf v1.36.12
)

// Built by scripts/generate.sh at just these versions.
tool (
	connectrpc.com/connect/cmd/protoc-gen-connect-go
	google.golang.org/protobuf/cmd/protoc-gen-go
)
