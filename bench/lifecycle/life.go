package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"
)

// Step is a part of a VM's life, as a driver of it sees it.
type Step string

// A VMM that is driven directly takes the first three for what is one call to the daemon.
const (
	Spawn    Step = "spawn"
	Ready    Step = "ready"
	Create   Step = "create"
	Boot     Step = "boot"
	Pause    Step = "pause"
	Resume   Step = "resume"
	Shutdown Step = "shutdown"
	Delete   Step = "delete"
)

// vm is one that has been created; its later steps are the same for both ways.
type vm interface {
	do(ctx context.Context, step Step) error
	// discard ends what is left of it, after a failure as well.
	discard()
}

// driver makes VMs in one way, and says what each step of that took.
type driver interface {
	create(ctx context.Context, times life) (vm, error)
}

// life is what each step of one VM took.
type life map[Step]time.Duration

func (l life) timed(step Step, work func() error) error {
	begin := time.Now()
	err := work()
	l[step] = time.Since(begin)
	if err != nil {
		return fmt.Errorf("%s: %w", step, err)
	}
	return nil
}

// upToBooted is what a user waits for: all that makes a VM, and its boot.
func (l life) upToBooted() time.Duration { return l.created() + l[Boot] }

func (l life) created() time.Duration { return l[Spawn] + l[Ready] + l[Create] }

// live takes one VM through its whole life. The pause after boot keeps the guest's first moments, in
// which a VMM is slow to end it, out of what follows.
func live(ctx context.Context, driver driver, settle time.Duration) (life, error) {
	times := life{}
	made, err := boot(ctx, driver, times)
	if err != nil {
		return nil, err
	}
	defer made.discard()
	time.Sleep(settle)
	for _, step := range []Step{Pause, Resume, Shutdown, Delete} {
		if err := times.timed(step, func() error { return made.do(ctx, step) }); err != nil {
			return nil, err
		}
	}
	return times, ctx.Err()
}

func boot(ctx context.Context, driver driver, times life) (vm, error) {
	made, err := driver.create(ctx, times)
	if err != nil {
		return nil, err
	}
	if err := times.timed(Boot, func() error { return made.do(ctx, Boot) }); err != nil {
		made.discard()
		return nil, err
	}
	return made, nil
}

// raw drives the VMM directly.
type raw struct {
	vmm       VMM
	guest     Guest
	directory string
	births    *births
	made      atomic.Int64
}

type rawVM struct {
	driver    *raw
	directory string
	process   *process
}

// driveDirectly puts everything below the directory.
func driveDirectly(vmm VMM, guest Guest, directory string) (*raw, error) {
	sockets := filepath.Join(directory, "sockets")
	if err := os.Mkdir(sockets, 0o700); err != nil {
		return nil, err
	}
	births, err := watchBirths(sockets)
	if err != nil {
		return nil, err
	}
	return &raw{vmm: vmm, guest: guest, directory: directory, births: births}, nil
}

func (r *raw) create(ctx context.Context, times life) (vm, error) {
	made := &rawVM{driver: r, directory: filepath.Join(r.directory, fmt.Sprintf("%08d", r.made.Add(1)))}
	if err := os.Mkdir(made.directory, 0o700); err != nil {
		return nil, err
	}
	for _, step := range []Step{Spawn, Ready, Create} {
		if err := times.timed(step, func() error { return made.do(ctx, step) }); err != nil {
			made.discard()
			return nil, err
		}
	}
	return made, nil
}

func (v *rawVM) do(ctx context.Context, step Step) error {
	if step == Spawn {
		return v.spawn(ctx)
	}
	api, vmm := v.process.api, v.driver.vmm
	switch step {
	case Ready:
		return vmm.Ready(api)
	case Create:
		return vmm.Create(api, v.driver.guest, v.directory)
	case Boot:
		return vmm.Boot(api)
	case Pause:
		return vmm.Pause(api)
	case Resume:
		return vmm.Resume(api)
	case Shutdown:
		return vmm.Shutdown(v.process)
	case Delete:
		return errors.Join(vmm.End(v.process), v.process.awaitEnd())
	default:
		return fmt.Errorf("no such step of a VMM: %s", step)
	}
}

func (v *rawVM) spawn(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	started, err := spawn(v.driver.vmm, v.directory, v.driver.births)
	v.process = started
	return err
}

func (v *rawVM) discard() {
	if v.process != nil {
		v.process.kill()
	}
	_ = os.RemoveAll(v.directory)
}
