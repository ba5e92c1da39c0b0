package load

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"google.golang.org/protobuf/proto"

	vmmv1 "vmm-controlplane/gen/vmm/v1"
)

const (
	// What part of a server's CPU time its compiler may still use at the end of a warm-up.
	quietCompiler = 0.05
	// In halves of the warm-up time.
	longestWarmUp = 12
)

// Plan says what is measured and for how long.
type Plan struct {
	// The daemon, and the Go server it is held against.
	Ours, Theirs Server
	// The VM that is asked for; both servers have it.
	VM        string
	Protocols []Protocol
	Workers   []int
	// How long each server is called at the least before anything counts, twice with each protocol.
	WarmUp time.Duration
	// How long each server is measured for each line of the table, all rounds together.
	Time time.Duration
	// The two servers take turns this often in each line, so that drift hits both.
	Rounds int
	// Whether the client accepts compressed answers, as a connect-go client does by default.
	Gzip bool
	// What is told during the run.
	Progress io.Writer
}

// line is one line of the table.
type line struct {
	protocol Protocol
	workers  int
	// Ours first.
	samples [2]sample
	// Ours over theirs by requests per second, of each round.
	ratios []float64
}

// pair has a client for each server, ours first.
type pair struct {
	protocol Protocol
	clients  [2]*client
}

// Compare measures both servers and prints the table.
func Compare(ctx context.Context, plan Plan, out io.Writer) error {
	pairs, notes, err := plan.connect(ctx)
	if err != nil {
		return err
	}
	if err := plan.warmUp(ctx, pairs); err != nil {
		return err
	}
	var lines []line
	for _, pair := range pairs {
		for _, workers := range plan.Workers {
			line, err := plan.line(ctx, pair, workers)
			if err != nil {
				return fmt.Errorf("%s with %d workers: %w", pair.protocol.Title, workers, err)
			}
			fmt.Fprintf(plan.Progress, "  %s, %d workers: measured\n", pair.protocol.Title, workers)
			lines = append(lines, line)
		}
	}
	printTable(out, plan, lines, notes)
	return nil
}

func (p Plan) servers() [2]Server { return [2]Server{p.Ours, p.Theirs} }

// connect makes the clients and looks at one answer of each: the two servers must answer the same.
func (p Plan) connect(ctx context.Context) ([]pair, []string, error) {
	var pairs []pair
	var notes []string
	for _, protocol := range p.Protocols {
		pair := pair{protocol: protocol}
		var answers [2]*vmmv1.GetVmInfoResponse
		for i, server := range p.servers() {
			pair.clients[i] = newClient(server, protocol, p.VM, p.Gzip)
			answer, note, err := pair.clients[i].probe(ctx)
			if err != nil {
				return nil, nil, fmt.Errorf("%s to %s: %w", protocol.Title, server.Name, err)
			}
			answers[i] = answer
			notes = append(notes, fmt.Sprintf("%s from %s: %s", protocol.Title, server.Name, note))
		}
		if !sameAnswer(answers[0], answers[1]) {
			return nil, nil, errors.New(protocol.Title + ": the two servers answer different things")
		}
		pairs = append(pairs, pair)
	}
	return pairs, notes, nil
}

// sameAnswer leaves out what tells the age of a sample: it differs from call to call.
func sameAnswer(a, b *vmmv1.GetVmInfoResponse) bool {
	for _, answer := range []*vmmv1.GetVmInfoResponse{a, b} {
		delete(answer.GetBackendInfo(), "sample_age_ms")
	}
	return proto.Equal(a, b)
}

// warmUp comes before all measuring, so that no line finds a server that has just begun to compile.
// All protocols first, then once more, as what one makes the compiler learn may undo what another did.
func (p Plan) warmUp(ctx context.Context, pairs []pair) error {
	for range 2 {
		for _, pair := range pairs {
			for i, server := range p.servers() {
				if err := p.warm(ctx, pair.clients[i], server); err != nil {
					return fmt.Errorf("%s to %s: %w", pair.protocol.Title, server.Name, err)
				}
			}
		}
	}
	return nil
}

// warm calls a server for the warm-up time, and again until its compiler has little left to do: on a
// busy machine that takes longer.
func (p Plan) warm(ctx context.Context, client *client, server Server) error {
	defer client.close()
	for turn := range longestWarmUp {
		before, err := used(server.PID)
		if err != nil {
			return err
		}
		calls, err := drive(ctx, client, 16, p.WarmUp/2)
		if err != nil {
			return err
		}
		after, err := used(server.PID)
		if err != nil {
			return err
		}
		share := after.compiling(before)
		fmt.Fprintf(p.Progress, "  warming up %s: %.0f calls/s, %.0f %% of its CPU time compiling\n",
			server.Name, calls.perSecond(), 100*share)
		if turn > 0 && share < quietCompiler {
			return nil
		}
	}
	return nil
}

func (p Plan) line(ctx context.Context, pair pair, workers int) (line, error) {
	result := line{protocol: pair.protocol, workers: workers}
	length := p.Time / time.Duration(p.Rounds)
	for round := range p.Rounds {
		var rates [2]float64
		for turn := range 2 {
			// Whoever went second goes first the next time.
			i := (turn + round) % 2
			server := p.servers()[i]
			measured, err := measure(ctx, pair.clients[i], server.PID, workers, length/5, length)
			if err != nil {
				return line{}, fmt.Errorf("%s: %w", server.Name, err)
			}
			rates[i] = measured.perSecond()
			result.samples[i].add(measured)
		}
		result.ratios = append(result.ratios, rates[0]/rates[1])
	}
	return result, nil
}
