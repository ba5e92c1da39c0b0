// Command vmm-lifecycle measures the steps of a VM's life, with the VMM driven directly and through the
// daemon, in turns, and prints a table.
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
	"strconv"
	"strings"
	"syscall"
	"time"

	"vmm-controlplane/bench/lifecycle"
)

func main() {
	log.SetFlags(0)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		log.Fatalln("vmm-lifecycle:", err)
	}
}

func run(ctx context.Context, arguments []string) error {
	if len(arguments) == 1 && arguments[0] == "version" {
		fmt.Println(runtime.Version())
		return nil
	}
	plan := lifecycle.Plan{Progress: os.Stderr, Guest: lifecycle.Guest{MemoryBytes: 128 << 20, VCPUs: 1}}
	flags := flag.NewFlagSet("vmm-lifecycle", flag.ExitOnError)
	backend := flags.String("backend", "cloudhypervisor", "the daemon's name for the VMM")
	binary := flags.String("binary", "", "the VMM")
	flags.StringVar(&plan.Daemon, "daemon", "", "URL of a daemon with that backend")
	flags.StringVar(&plan.Guest.Kernel, "kernel", "", "guest of every VM")
	flags.StringVar(&plan.Directory, "directory", "", "where VMMs that are driven directly have their files")
	flags.IntVar(&plan.WarmUp, "warm-up", 300, "VMs through the daemon before anything counts")
	flags.IntVar(&plan.Rounds, "rounds", 200, "VMs of each way, one by one, at least 1")
	flags.IntVar(&plan.Batches, "batches", 20, "batches of each way for each number at once, at least 1")
	flags.DurationVar(&plan.Settle, "settle", 30*time.Millisecond, "how long a guest runs before it is paused")
	parallel := flags.String("parallel", "8,32", "how many VMs are made at once")
	_ = flags.Parse(arguments)
	vmm, err := lifecycle.Find(*backend, *binary)
	if err := errors.Join(err, count(&plan, *parallel)); err != nil {
		return err
	}
	plan.VMM, plan.Name = vmm, *backend
	return lifecycle.Compare(ctx, plan, os.Stdout)
}

func count(plan *lifecycle.Plan, numbers string) error {
	if plan.Rounds < 1 || plan.Batches < 1 {
		return fmt.Errorf("rounds %d, batches %d: neither may be less than 1", plan.Rounds, plan.Batches)
	}
	for number := range strings.SplitSeq(numbers, ",") {
		size, err := strconv.Atoi(number)
		if err != nil || size < 1 || size > 256 {
			return fmt.Errorf("%q at once is no number from 1 to 256", number)
		}
		plan.Parallel = append(plan.Parallel, size)
	}
	return nil
}
