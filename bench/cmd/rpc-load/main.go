// Command rpc-load measures how fast servers of the API answer GetVmInfo.
//
//	rpc-load fetch    writes one answer to a file, as binary protobuf
//	rpc-load compare  measures two servers in turns and prints a table
//	rpc-load version  tells what it and the Go server are built with
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"google.golang.org/protobuf/proto"

	"vmm-controlplane/bench/load"
)

func main() {
	log.SetFlags(0)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		log.Fatalln("rpc-load:", err)
	}
}

func run(ctx context.Context, arguments []string) error {
	if len(arguments) > 0 {
		switch arguments[0] {
		case "fetch":
			return fetch(ctx, arguments[1:])
		case "compare":
			return compare(ctx, arguments[1:])
		case "version":
			fmt.Println(version())
			return nil
		}
	}
	return errors.New("the first argument is fetch, compare or version")
}

func version() string {
	words := []string{runtime.Version()}
	if build, ok := debug.ReadBuildInfo(); ok {
		for _, module := range build.Deps {
			words = append(words, module.Path+" "+module.Version)
		}
	}
	return strings.Join(words, ", ")
}

func fetch(ctx context.Context, arguments []string) error {
	flags := flag.NewFlagSet("fetch", flag.ExitOnError)
	url := flags.String("url", "", "server to ask")
	vm := flags.String("vm", "", "VM to ask for")
	file := flags.String("out", "", "file to write")
	_ = flags.Parse(arguments)
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	answer, err := load.Fetch(ctx, *url, *vm)
	if err != nil {
		return err
	}
	bytes, err := proto.Marshal(answer)
	if err != nil {
		return err
	}
	return os.WriteFile(*file, bytes, 0o600)
}

func compare(ctx context.Context, arguments []string) error {
	plan := load.Plan{Progress: os.Stderr, Ours: load.Server{Name: "daemon"}, Theirs: load.Server{Name: "Go"}}
	flags := flag.NewFlagSet("compare", flag.ExitOnError)
	flags.StringVar(&plan.Ours.URL, "daemon", "", "URL of the daemon")
	flags.IntVar(&plan.Ours.PID, "daemon-pid", 0, "process of the daemon")
	flags.StringVar(&plan.Theirs.URL, "go", "", "URL of the Go server")
	flags.IntVar(&plan.Theirs.PID, "go-pid", 0, "process of the Go server")
	flags.StringVar(&plan.VM, "vm", "", "VM to ask for")
	flags.DurationVar(&plan.WarmUp, "warm-up", 5*time.Second, "warm-up of each server with each protocol")
	flags.DurationVar(&plan.Time, "time", 9*time.Second, "measuring of each server for each line")
	flags.IntVar(&plan.Rounds, "rounds", 3, "turns that the time is divided into, at least 1")
	flags.BoolVar(&plan.Gzip, "gzip", true, "accept compressed answers")
	workers := flags.String("workers", "1,16,64", "numbers of workers")
	protocols := flags.String("protocols", "connect,json,grpc", "protocols to measure")
	_ = flags.Parse(arguments)
	if err := errors.Join(choose(&plan, *protocols), count(&plan, *workers)); err != nil {
		return err
	}
	if plan.Rounds < 1 || plan.Time <= 0 {
		return fmt.Errorf("rounds %d, time %v: neither may be less than one round needs", plan.Rounds, plan.Time)
	}
	return load.Compare(ctx, plan, os.Stdout)
}

func choose(plan *load.Plan, names string) error {
	all := load.Protocols()
	for name := range strings.SplitSeq(names, ",") {
		i := slices.IndexFunc(all, func(p load.Protocol) bool { return p.Name == name })
		if i < 0 {
			return fmt.Errorf("protocol %q is none of connect, json, grpc", name)
		}
		plan.Protocols = append(plan.Protocols, all[i])
	}
	return nil
}

func count(plan *load.Plan, numbers string) error {
	for number := range strings.SplitSeq(numbers, ",") {
		workers, err := strconv.Atoi(number)
		if err != nil || workers < 1 || workers > 1_024 {
			return fmt.Errorf("workers %q is no number from 1 to 1024", number)
		}
		plan.Workers = append(plan.Workers, workers)
	}
	return nil
}
