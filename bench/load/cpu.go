package load

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// ticksPerSecond is the unit of /proc/PID/stat, which Linux has fixed for programs at 100.
const ticksPerSecond = 100

// usage is what a process has used so far.
type usage struct{ all, compiler time.Duration }

func used(pid int) (usage, error) {
	all, err1 := cpuTime(pid)
	compiler, err2 := compilerTime(pid)
	return usage{all, compiler}, errors.Join(err1, err2)
}

// compiling is the part of the CPU time since then that went into compilers.
func (u usage) compiling(then usage) float64 {
	return float64(u.compiler-then.compiler) / float64(max(u.all-then.all, 1))
}

// cpuTime is what a process has used so far, with all its threads, in user mode and in the kernel.
func cpuTime(pid int) (time.Duration, error) {
	return cpuTimeIn(fmt.Sprintf("/proc/%d/stat", pid))
}

// compilerTime is what the JIT compilers of a JVM have used so far; nothing where it is no JVM.
// Threads that have ended are forgotten, so that it may also become less.
func compilerTime(pid int) (time.Duration, error) {
	names, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/comm", pid))
	if err != nil {
		return 0, err
	}
	var sum time.Duration
	for _, name := range names {
		comm, err := os.ReadFile(name)
		if err != nil || !strings.Contains(string(comm), " Compiler") {
			continue
		}
		if used, err := cpuTimeIn(filepath.Join(filepath.Dir(name), "stat")); err == nil {
			sum += used
		}
	}
	return sum, nil
}

func cpuTimeIn(name string) (time.Duration, error) {
	stat, err := os.ReadFile(name)
	if err != nil {
		return 0, err
	}
	// The second field, a name in parentheses, may hold spaces and parentheses itself.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(fields) < 13 {
		return 0, fmt.Errorf("%s has too few fields", name)
	}
	user, err1 := strconv.ParseInt(fields[11], 10, 64)
	system, err2 := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * time.Second / ticksPerSecond, errors.Join(err1, err2)
}
