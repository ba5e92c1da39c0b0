package lifecycle

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

const longestStart = 10 * time.Second

// process is a VMM that was started directly.
type process struct {
	command   *exec.Cmd
	api       *connection
	directory string
	// Closed when the process is gone.
	gone   chan struct{}
	forget func()
}

// spawn starts a VMM and returns once its socket accepts. The process ends with this program.
func spawn(vmm VMM, directory string, births *births) (*process, error) {
	name := filepath.Base(directory)
	socket, born := births.expect(name)
	started := &process{command: vmm.Command(directory, socket), directory: directory, gone: make(chan struct{})}
	started.forget = func() { births.forget(name) }
	if err := started.start(directory); err != nil {
		started.forget()
		return nil, err
	}
	connected, err := started.connect(socket, born)
	if err != nil {
		started.kill()
		return nil, fmt.Errorf("%s does not listen: %w: %s", started.command.Path, err, lastWords(directory))
	}
	started.api = newConnection(connected)
	return started, nil
}

// start gives the process what the daemon would: an empty environment, no input, files for its words.
func (p *process) start(directory string) error {
	words, err := os.Create(filepath.Join(directory, "stderr"))
	if err != nil {
		return err
	}
	defer words.Close()
	p.command.Env, p.command.Stdout, p.command.Stderr = []string{}, words, words
	p.command.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
	if err := p.command.Start(); err != nil {
		return err
	}
	go func() {
		_ = p.command.Wait()
		close(p.gone)
	}()
	return nil
}

// connect waits for the socket to be bound, and tries until it listens, which is a moment later.
func (p *process) connect(socket string, born <-chan struct{}) (net.Conn, error) {
	late := time.After(longestStart)
	select {
	case <-born:
	case <-p.gone:
		return nil, fmt.Errorf("it ended: %v", p.command.ProcessState)
	case <-late:
		return nil, fmt.Errorf("no socket within %v", longestStart)
	}
	for {
		connected, err := net.Dial("unix", socket)
		if err == nil || !errors.Is(err, syscall.ECONNREFUSED) {
			return connected, err
		}
		select {
		case <-late:
			return nil, err
		case <-p.gone:
			return nil, fmt.Errorf("it ended: %v", p.command.ProcessState)
		case <-time.After(20 * time.Microsecond):
		}
	}
}

func (p *process) awaitEnd() error {
	select {
	case <-p.gone:
		return nil
	case <-time.After(longestCall):
		return fmt.Errorf("process %d has not ended after %v", p.command.Process.Pid, longestCall)
	}
}

// stop ends the process as nothing can refuse, and returns when it is gone.
func (p *process) stop() error {
	return errors.Join(p.command.Process.Kill(), p.awaitEnd())
}

// clear removes the files of a process that is gone.
func (p *process) clear() error {
	p.forget()
	return os.RemoveAll(p.directory)
}

// kill leaves nothing of the process; one that is gone is no error.
func (p *process) kill() {
	_ = p.command.Process.Kill()
	<-p.gone
	p.forget()
	if p.api != nil {
		p.api.socket.Close()
	}
}

func lastWords(directory string) string {
	words, _ := os.ReadFile(filepath.Join(directory, "stderr"))
	return string(words[max(0, len(words)-500):])
}
