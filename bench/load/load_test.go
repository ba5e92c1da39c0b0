package load

import (
	"context"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"vmm-controlplane/bench/vmserver"
)

// start serves the sample under an id on a free port until the test is over.
func start(t *testing.T, id string) Server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := vmserver.HTTP(vmserver.New(vmserver.Sample(id)))
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return Server{Name: "server", URL: "http://" + listener.Addr().String(), PID: os.Getpid()}
}

func shortPlan(t *testing.T) Plan {
	return Plan{
		Ours: start(t, "vm"), Theirs: start(t, "vm"), VM: "vm", Protocols: Protocols(), Workers: []int{1, 3},
		WarmUp: 10 * time.Millisecond, Time: 40 * time.Millisecond, Rounds: 2, Gzip: true, Progress: io.Discard,
	}
}

func TestComparesOverEachProtocol(t *testing.T) {
	var out strings.Builder
	if err := Compare(context.Background(), shortPlan(t), &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"Connect binary, h2c          1 |", "Connect JSON, HTTP/1.1       3 |", "gRPC, h2c                    3 |",
		"Connect binary, h2c from server: HTTP/2.0, gzip", "Connect JSON, HTTP/1.1 from server: HTTP/1.1, gzip",
		"gRPC, h2c from server: HTTP/2.0, gzip",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

func TestAsksForPlainAnswers(t *testing.T) {
	for _, protocol := range Protocols() {
		_, note, err := newClient(start(t, "vm"), protocol, "vm", false).probe(context.Background())
		if err != nil || !strings.Contains(note, ", plain, ") {
			t.Errorf("%s: %s, %v", protocol.Name, note, err)
		}
	}
}

func TestAnErrorEndsTheRun(t *testing.T) {
	plan := shortPlan(t)
	plan.VM = "another"
	err := Compare(context.Background(), plan, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "no VM of that vm_id") {
		t.Errorf("got %v", err)
	}
	client := newClient(plan.Ours, plan.Protocols[0], "another", true)
	if _, err := drive(context.Background(), client, 4, time.Minute); err == nil {
		t.Error("workers went on after an error")
	}
}

func TestDifferentAnswersAreRefused(t *testing.T) {
	plan := shortPlan(t)
	other := vmserver.Sample("vm")
	other.Metrics.UptimeSeconds++
	if sameAnswer(vmserver.Sample("vm"), other) {
		t.Error("another uptime passed as the same answer")
	}
	other = vmserver.Sample("vm")
	other.BackendInfo["sample_age_ms"] = "1"
	if !sameAnswer(vmserver.Sample("vm"), other) {
		t.Error("the age of a sample counts")
	}
	if _, err := Fetch(context.Background(), plan.Ours.URL, "vm"); err != nil {
		t.Error(err)
	}
}

func TestQuantilesByNearestRank(t *testing.T) {
	var s sample
	for i := 100; i > 0; i-- {
		s.add(sample{latencies: []time.Duration{time.Duration(i)}})
	}
	if p50, p99, most := s.quantile(0.5), s.quantile(0.99), s.quantile(1); p50 != 50 || p99 != 99 || most != 100 {
		t.Errorf("p50 %d, p99 %d, highest %d", p50, p99, most)
	}
}

func TestCpuTimeGrows(t *testing.T) {
	before, err := cpuTime(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		if after, err := cpuTime(os.Getpid()); err != nil || after > before {
			return
		}
	}
	t.Error("20 s of computing used no CPU time")
}
