package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// answering gives a connection whose other end says these words to whatever it is asked.
func answering(t *testing.T, words string) *connection {
	t.Helper()
	ours, theirs := net.Pipe()
	t.Cleanup(func() { ours.Close() })
	go func() {
		defer theirs.Close()
		_, _ = theirs.Read(make([]byte, 4096))
		_, _ = theirs.Write([]byte(words))
	}()
	return newConnection(ours)
}

func TestAnAnswerNeedsNoReasonPhrase(t *testing.T) {
	api := answering(t, "HTTP/1.1 204 \r\nServer: Cloud Hypervisor API\r\nConnection: keep-alive\r\n\r\n")
	if err := api.call("PUT", "/api/v1/vm.boot", nil, 204); err != nil {
		t.Error(err)
	}
}

func TestAnotherAnswerIsAnErrorWithItsWords(t *testing.T) {
	api := answering(t, "HTTP/1.1 500 \r\nContent-Length: 10\r\n\r\n[\"reason\"]")
	err := api.call("PUT", "/api/v1/vm.boot", nil, 204)
	if err == nil || !strings.Contains(err.Error(), `vm.boot answered 500 instead of 204: ["reason"]`) {
		t.Errorf("got %v", err)
	}
}

func TestAVMMThatEndsIsNotWaitedFor(t *testing.T) {
	begin := time.Now()
	driver, err := driveDirectly(cloudHypervisor{"/bin/false"}, Guest{}, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer driver.births.close()
	_, err = driver.create(context.Background(), life{})
	if err == nil || !strings.Contains(err.Error(), "exit status 1") || time.Since(begin) > 5*time.Second {
		t.Errorf("got %v after %v", err, time.Since(begin))
	}
}

func TestQuantilesByNearestRank(t *testing.T) {
	var times []time.Duration
	for i := 100; i > 0; i-- {
		times = append(times, time.Duration(i))
	}
	if p50, p99, most := quantile(times, 0.5), quantile(times, 0.99), quantile(times, 1); p50 != 50 || p99 != 99 || most != 100 {
		t.Errorf("p50 %d, p99 %d, highest %d", p50, p99, most)
	}
}

// fakeDriver makes VMs that do nothing, and can fail at a step.
type fakeDriver struct {
	failAt    Step
	discarded int
}

type fakeVM struct{ driver *fakeDriver }

func (d *fakeDriver) create(_ context.Context, times life) (vm, error) {
	times[Create] = time.Millisecond
	return &fakeVM{d}, nil
}

func (v *fakeVM) do(_ context.Context, step Step) error {
	if step == v.driver.failAt {
		return errors.New("as told")
	}
	return nil
}

func (v *fakeVM) discard() { v.driver.discarded++ }

func TestWhateverFailsIsDiscarded(t *testing.T) {
	for _, step := range []Step{Boot, Pause, Delete} {
		driver := &fakeDriver{failAt: step}
		if _, err := live(context.Background(), driver, 0); err == nil || driver.discarded != 1 {
			t.Errorf("%s: %v, %d discarded", step, err, driver.discarded)
		}
	}
	driver := &fakeDriver{failAt: Boot}
	if _, _, err := batch(context.Background(), driver, 3); err == nil || driver.discarded != 3 {
		t.Errorf("%v, %d discarded", err, driver.discarded)
	}
}

func TestTheReportHoldsTheDaemonAgainstTheBudget(t *testing.T) {
	rawLife := life{Spawn: 2e6, Ready: 1e6, Create: 1e5, Boot: 1e6, Pause: 1e6, Resume: 1e6, Shutdown: 1e6, Delete: 1e6}
	ourLife := life{Create: 7e6, Boot: 2e6, Pause: 1_400_000, Resume: 1_600_000, Shutdown: 1e6, Delete: 1e6}
	eight := crowd{size: 8, booted: [2][]time.Duration{{1e6, 1e6}, {2e6}}, spent: [2]time.Duration{1e9, 1e9}}
	var out strings.Builder
	printReport(&out, Plan{Name: "vmm"}, outcome{
		disk: []time.Duration{1e6}, lives: [2][]life{{rawLife}, {ourLife}}, parallel: []crowd{eight},
	})
	for _, want := range []string{
		"CreateVm + BootVm                    |     4.10     4.10 |     9.00     9.00 |    +4.90  +6.0 met",
		"PauseVm                              |     1.00     1.00 |     1.40     1.40 |    +0.40  +0.5 met",
		"ResumeVm                             |     1.00     1.00 |     1.60     1.60 |    +0.60  +0.5 MISSED",
		"8 at once  |        2     1.00     1.00 |        1     2.00     2.00 |  0.50  0.6 MISSED",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

// On the real programs, where they are and may use KVM.
func TestARealVMMLivesAndLeavesNothing(t *testing.T) {
	for backend, program := range map[string]string{"cloudhypervisor": "cloud-hypervisor", "firecracker": "firecracker"} {
		t.Run(backend, func(t *testing.T) {
			binary, err := exec.LookPath(program)
			if err != nil {
				t.Skip("needs VMM binary " + program)
			}
			vmm, err := Find(backend, binary)
			if err != nil {
				t.Fatal(err)
			}
			livesAndLeavesNothing(t, vmm)
		})
	}
}

func livesAndLeavesNothing(t *testing.T, vmm VMM) {
	t.Helper()
	directory := t.TempDir()
	driver, err := driveDirectly(vmm, Guest{haltingGuest(t), 128 << 20, 1}, directory)
	if err != nil {
		t.Fatal(err)
	}
	defer driver.births.close()
	times, err := live(context.Background(), driver, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(times) != 8 {
		t.Errorf("not every step has its time: %v", times)
	}
	left, _ := filepath.Glob(filepath.Join(directory, "*", "*"))
	if len(left) > 0 || len(driver.births.waiting) > 0 {
		t.Error("left behind:", left, driver.births.waiting)
	}
}

// haltingGuest is an ELF file with a PVH note whose code is cli; hlt; and a jump back to the hlt.
func haltingGuest(t *testing.T) string {
	t.Helper()
	file := make([]byte, 0x1004)
	put := func(at int, bytes string) { copy(file[at:], bytes) }
	put(0, "\x7fELF\x02\x01\x01")
	put(16, "\x02\x00\x3e\x00\x01\x00\x00\x00\x00\x00\x10")
	put(32, "\x40")
	put(52, "\x40\x00\x38\x00\x02\x00")
	put(64, "\x01\x00\x00\x00\x07\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00\x10")
	put(96, "\x04\x00\x00\x00\x00\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x10")
	put(120, "\x04\x00\x00\x00\x04\x00\x00\x00\xb0")
	put(152, "\x14\x00\x00\x00\x00\x00\x00\x00\x14\x00\x00\x00\x00\x00\x00\x00\x04")
	put(176, "\x04\x00\x00\x00\x04\x00\x00\x00\x12\x00\x00\x00Xen\x00\x00\x00\x10\x00")
	put(0x1000, "\xfa\xf4\xeb\xfd")
	name := filepath.Join(t.TempDir(), fmt.Sprintf("guest-%d.elf", len(file)))
	if err := os.WriteFile(name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}
