package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"time"
)

// Plan says what is measured and how often.
type Plan struct {
	// The VMM that is driven directly, and what it is called.
	VMM  VMM
	Name string
	// The URL of a daemon with that VMM as its backend.
	Daemon string
	Guest  Guest
	// An empty directory in the file system of the daemon's state.
	Directory string
	// Whole lives of VMs through the daemon before anything counts.
	WarmUp int
	// Whole lives of VMs, one after the other, for each way.
	Rounds int
	// How many VMs are made at once, and how often that many for each way.
	Parallel []int
	Batches  int
	// How long a guest runs before it is paused, and how long nothing happens after its end, as the
	// kernel goes on to clear away a VM for a while.
	Settle time.Duration
	// What is told during the run.
	Progress io.Writer
}

// The two ways, in the order of every pair of results.
const (
	direct = iota
	through
)

// outcome is all that was measured.
type outcome struct {
	disk     []time.Duration
	lives    [2][]life
	parallel []crowd
}

// crowd is what was measured of VMs that are made at once.
type crowd struct {
	size   int
	booted [2][]time.Duration
	spent  [2]time.Duration
}

func (c crowd) perSecond(way int) float64 {
	return float64(len(c.booted[way])) / c.spent[way].Seconds()
}

// Compare measures both ways and prints the table.
func Compare(ctx context.Context, plan Plan, out io.Writer) error {
	raw, err := driveDirectly(plan.VMM, plan.Guest, plan.Directory)
	if err != nil {
		return err
	}
	defer raw.births.close()
	drivers := [2]driver{raw, newDaemon(plan.Daemon, plan.Guest)}
	var result outcome
	if result.disk, err = measureDisk(plan.Directory); err != nil {
		return err
	}
	if err := plan.warmUp(ctx, drivers[through]); err != nil {
		return fmt.Errorf("warm-up: %w", err)
	}
	if result.lives, err = plan.lives(ctx, drivers); err != nil {
		return err
	}
	for _, size := range plan.Parallel {
		crowd, err := plan.crowd(ctx, drivers, size)
		if err != nil {
			return fmt.Errorf("%d at once: %w", size, err)
		}
		result.parallel = append(result.parallel, crowd)
	}
	printReport(out, plan, result)
	return nil
}

// warmUp is for the JVM, which compiles what it has seen often enough.
func (p Plan) warmUp(ctx context.Context, driver driver) error {
	fmt.Fprintf(p.Progress, "  warm-up: %d VMs through the daemon\n", p.WarmUp)
	for range p.WarmUp {
		if _, err := live(ctx, driver, 0); err != nil {
			return err
		}
	}
	return nil
}

// lives takes turns, and whoever went second goes first the next time, so that drift hits both.
func (p Plan) lives(ctx context.Context, drivers [2]driver) ([2][]life, error) {
	var lives [2][]life
	for round := range p.Rounds {
		for turn := range 2 {
			way := (turn + round) % 2
			life, err := live(ctx, drivers[way], p.Settle)
			if err != nil {
				return lives, fmt.Errorf("%s, round %d: %w", p.wayName(way), round+1, err)
			}
			lives[way] = append(lives[way], life)
			time.Sleep(p.Settle)
		}
		if (round+1)%50 == 0 {
			fmt.Fprintf(p.Progress, "  one by one: %d of %d rounds\n", round+1, p.Rounds)
		}
	}
	return lives, nil
}

func (p Plan) wayName(way int) string { return [2]string{p.Name, "daemon"}[way] }

// crowd makes so many VMs at once, batch after batch in turns. One batch through the daemon comes first
// and does not count.
func (p Plan) crowd(ctx context.Context, drivers [2]driver, size int) (crowd, error) {
	result := crowd{size: size}
	if _, _, err := batch(ctx, drivers[through], size); err != nil {
		return result, err
	}
	for round := range p.Batches {
		for turn := range 2 {
			way := (turn + round) % 2
			booted, spent, err := batch(ctx, drivers[way], size)
			if err != nil {
				return result, fmt.Errorf("%s: %w", p.wayName(way), err)
			}
			result.booted[way] = append(result.booted[way], booted...)
			result.spent[way] += spent
			time.Sleep(5 * p.Settle)
		}
	}
	fmt.Fprintf(p.Progress, "  %d at once: measured\n", size)
	return result, nil
}

// batch starts all at the same time and waits for the last to be booted. That they go again is not
// measured.
func batch(ctx context.Context, driver driver, size int) ([]time.Duration, time.Duration, error) {
	lives, made, failures := make([]life, size), make([]vm, size), make([]error, size)
	begin := time.Now()
	var booting sync.WaitGroup
	for i := range size {
		lives[i] = life{}
		booting.Go(func() { made[i], failures[i] = boot(ctx, driver, lives[i]) })
	}
	booting.Wait()
	spent := time.Since(begin)
	discardAll(made)
	booted := make([]time.Duration, size)
	for i := range lives {
		booted[i] = lives[i].upToBooted()
	}
	return booted, spent, errors.Join(append(failures, ctx.Err())...)
}

func discardAll(made []vm) {
	var going sync.WaitGroup
	for _, each := range made {
		if each != nil {
			going.Go(each.discard)
		}
	}
	going.Wait()
}

// measureDisk writes a page and waits until it is on the disk, as each record of the daemon's does.
func measureDisk(directory string) ([]time.Duration, error) {
	file, err := os.CreateTemp(directory, "disk")
	if err != nil {
		return nil, err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	page := make([]byte, 4096)
	times := make([]time.Duration, 200)
	for i := range times {
		begin := time.Now()
		if _, err := file.Write(page); err != nil {
			return nil, err
		}
		if err := file.Sync(); err != nil {
			return nil, err
		}
		times[i] = time.Since(begin)
	}
	return times, nil
}

// quantile by nearest rank: 0.99 is the smallest that 99 % do not exceed.
func quantile(times []time.Duration, q float64) time.Duration {
	sorted := slices.Sorted(slices.Values(times))
	rank := int(q*float64(len(sorted)) + 0.999999)
	return sorted[max(rank, 1)-1]
}
