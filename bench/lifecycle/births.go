package lifecycle

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"sync"
	"syscall"
)

// births tells when sockets appear in a directory. Asking again and again for them would take the
// processors from the VMMs that are measured, many at once above all. One watch serves the whole run, as
// the kernel takes some 15 ms to give one up.
type births struct {
	directory string
	watch     *os.File
	mutex     sync.Mutex
	waiting   map[string]chan struct{}
}

func watchBirths(directory string) (*births, error) {
	descriptor, err := syscall.InotifyInit1(syscall.IN_CLOEXEC | syscall.IN_NONBLOCK)
	if err != nil {
		return nil, os.NewSyscallError("inotify_init1", err)
	}
	watch := os.NewFile(uintptr(descriptor), "inotify")
	if _, err := syscall.InotifyAddWatch(descriptor, directory, syscall.IN_CREATE); err != nil {
		watch.Close()
		return nil, os.NewSyscallError("inotify_add_watch", err)
	}
	started := &births{directory: directory, watch: watch, waiting: map[string]chan struct{}{}}
	go started.tell()
	return started, nil
}

// expect gives the path of a socket to be, and what is closed when there is one.
func (b *births) expect(name string) (path string, born <-chan struct{}) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	channel := make(chan struct{})
	b.waiting[name] = channel
	return filepath.Join(b.directory, name), channel
}

// forget also removes what a VMM leaves behind: its socket when it is killed, a lock beside it always.
func (b *births) forget(name string) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	delete(b.waiting, name)
	left, _ := filepath.Glob(filepath.Join(b.directory, name+"*"))
	for _, file := range left {
		_ = os.Remove(file)
	}
}

// tell ends when the watch is closed.
func (b *births) tell() {
	events := make([]byte, 64*1024)
	for {
		n, err := b.watch.Read(events)
		if err != nil {
			return
		}
		b.mutex.Lock()
		for rest := events[:n]; len(rest) >= syscall.SizeofInotifyEvent; {
			// The last of the fixed fields is the length of the name behind them.
			end := syscall.SizeofInotifyEvent + int(binary.NativeEndian.Uint32(rest[12:]))
			b.born(string(bytes.TrimRight(rest[syscall.SizeofInotifyEvent:end], "\x00")))
			rest = rest[end:]
		}
		b.mutex.Unlock()
	}
}

func (b *births) born(name string) {
	if channel, expected := b.waiting[name]; expected {
		close(channel)
		delete(b.waiting, name)
	}
}

func (b *births) close() { b.watch.Close() }
