package load

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// What a worker may wait beyond the end of its time before the run fails.
const grace = 15 * time.Second

// sample is what was measured of one server, in one stretch of time or in several added up.
type sample struct {
	elapsed   time.Duration
	cpu       time.Duration
	latencies []time.Duration
}

func (s *sample) add(other sample) {
	s.elapsed += other.elapsed
	s.cpu += other.cpu
	s.latencies = append(s.latencies, other.latencies...)
	slices.Sort(s.latencies)
}

func (s *sample) perSecond() float64 { return float64(len(s.latencies)) / s.elapsed.Seconds() }

// cpuPerRequest is the CPU time the server used for one request.
func (s *sample) cpuPerRequest() time.Duration { return s.cpu / time.Duration(len(s.latencies)) }

// quantile of a sorted sample, by nearest rank: 0.99 is the smallest that 99 % do not exceed.
func (s *sample) quantile(q float64) time.Duration {
	rank := int(q*float64(len(s.latencies)) + 0.999999)
	return s.latencies[max(rank, 1)-1]
}

// measure lets the workers run unobserved for the settling time, so that connections are made and
// caches are warm, then for the time that counts.
func measure(ctx context.Context, client *client, pid, workers int, settle, length time.Duration) (sample, error) {
	defer client.close()
	if _, err := drive(ctx, client, workers, settle); err != nil {
		return sample{}, err
	}
	before, err := cpuTime(pid)
	if err != nil {
		return sample{}, err
	}
	measured, err := drive(ctx, client, workers, length)
	if err != nil {
		return sample{}, err
	}
	after, err := cpuTime(pid)
	measured.cpu = after - before
	return measured, err
}

// drive is the closed loop: each worker calls again as soon as it has its answer. The first error of
// any of them ends all.
func drive(ctx context.Context, client *client, workers int, length time.Duration) (sample, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	// Not a deadline of the context: that would be sent along with every call.
	late := time.AfterFunc(length+grace, func() { cancel(errors.New("no answer in time")) })
	defer late.Stop()
	results := make([][]time.Duration, workers)
	start := time.Now()
	var running sync.WaitGroup
	for worker := range workers {
		running.Go(func() {
			var err error
			if results[worker], err = work(ctx, client, start.Add(length)); err != nil {
				cancel(err)
			}
		})
	}
	running.Wait()
	return sample{elapsed: time.Since(start), latencies: slices.Concat(results...)}, context.Cause(ctx)
}

func work(ctx context.Context, client *client, end time.Time) ([]time.Duration, error) {
	latencies := make([]time.Duration, 0, 1<<14)
	for begin := time.Now(); begin.Before(end); {
		if _, err := client.call(ctx); err != nil {
			return nil, err
		}
		done := time.Now()
		latencies = append(latencies, done.Sub(begin))
		begin = done
	}
	return latencies, nil
}
