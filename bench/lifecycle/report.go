package lifecycle

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// What the daemon may take on top of what the VMM takes itself.
const (
	createAndBootBudget = 6 * time.Millisecond
	mutationBudget      = 500 * time.Microsecond
	// Of the raw rate of VMs per second.
	parallelBudget = 0.6
	// The rate is held against the budget with so many at once.
	budgetedCrowd = 8
)

const (
	rowFormat   = "%-36s | %8s %8s | %8s %8s | %8s  %s\n"
	rowHead     = "%-36s | %-17s | %-17s |\n"
	crowdFormat = "%-10s | %8s %8s %8s | %8s %8s %8s | %5s  %s\n"
	crowdHead   = "%-10s | %-26s | %-26s |\n"
)

// row is a call to the daemon, and the steps that stand for it where the VMM is driven directly.
type row struct {
	name   string
	of     func(life) time.Duration
	budget time.Duration
}

func step(step Step) func(life) time.Duration {
	return func(l life) time.Duration { return l[step] }
}

func rows() []row {
	return []row{
		{"CreateVm (spawn + ready + create)", life.created, 0},
		{"BootVm", step(Boot), 0},
		{"CreateVm + BootVm", life.upToBooted, createAndBootBudget},
		{"PauseVm", step(Pause), mutationBudget},
		{"ResumeVm", step(Resume), mutationBudget},
		{"ShutdownVm, force", step(Shutdown), mutationBudget},
		{"DeleteVm (delete + end + exit)", step(Delete), mutationBudget},
	}
}

func printReport(out io.Writer, plan Plan, result outcome) {
	line(out, rowHead, "milliseconds", plan.Name, "daemon")
	line(out, rowFormat, "one by one", "p50", "p99", "p50", "p99", "p50 more", "budget")
	rule(out)
	for _, part := range []Step{Spawn, Ready, Create} {
		times := pick(result.lives[direct], step(part))
		line(out, rowFormat, "  "+string(part), ms(times, 0.5), ms(times, 0.99), "", "", "", "")
	}
	for _, row := range rows() {
		printRow(out, row, result.lives)
	}
	printCrowds(out, plan, result.parallel)
	printNotes(out, plan, result)
}

func printRow(out io.Writer, row row, lives [2][]life) {
	ours, theirs := pick(lives[through], row.of), pick(lives[direct], row.of)
	more := quantile(ours, 0.5) - quantile(theirs, 0.5)
	budget := ""
	if row.budget > 0 {
		budget = fmt.Sprintf("%+.1f %s", milliseconds(row.budget), verdict(more <= row.budget))
	}
	line(out, rowFormat, row.name, ms(theirs, 0.5), ms(theirs, 0.99), ms(ours, 0.5), ms(ours, 0.99),
		fmt.Sprintf("%+.2f", milliseconds(more)), budget)
}

func printCrowds(out io.Writer, plan Plan, crowds []crowd) {
	fmt.Fprintln(out)
	line(out, crowdHead, "create", plan.Name, "daemon")
	line(out, crowdFormat, "and boot", "VMs/s", "p50", "p99", "VMs/s", "p50", "p99", "ratio", "budget")
	rule(out)
	for _, crowd := range crowds {
		ratio, budget := crowd.perSecond(through)/crowd.perSecond(direct), ""
		if crowd.size == budgetedCrowd {
			budget = fmt.Sprintf("%.1f %s", parallelBudget, verdict(ratio >= parallelBudget))
		}
		cells := []any{fmt.Sprintf("%d at once", crowd.size)}
		for _, way := range []int{direct, through} {
			cells = append(cells, fmt.Sprintf("%.0f", crowd.perSecond(way)),
				ms(crowd.booted[way], 0.5), ms(crowd.booted[way], 0.99))
		}
		line(out, crowdFormat, append(cells, fmt.Sprintf("%.2f", ratio), budget)...)
	}
}

func printNotes(out io.Writer, plan Plan, result outcome) {
	fmt.Fprintf(out, `
p50 more:   the median through the daemon less the median of %[1]s driven directly.
one by one: %[2]d rounds of each way in turns, after %[3]d VMs through the daemon that do not count; %[4]v
            between boot and pause and after each VM.
at once:    %[5]d batches of each way in turns, after one through the daemon that does not count. VMs/s: their
            number over the time until the last is booted; p50 and p99: create and boot of each VM.
`, plan.Name, plan.Rounds, plan.WarmUp, plan.Settle, plan.Batches)
	fmt.Fprintf(out, "disk:       fsync after 4 KiB in the file system of the state directory takes %s ms, p99 %s; each mutation of\n"+
		"            the daemon writes durably twice.\n", ms(result.disk, 0.5), ms(result.disk, 0.99))
}

func verdict(met bool) string {
	if met {
		return "met"
	}
	return "MISSED"
}

func pick(lives []life, of func(life) time.Duration) []time.Duration {
	times := make([]time.Duration, len(lives))
	for i, life := range lives {
		times[i] = of(life)
	}
	return times
}

func ms(times []time.Duration, q float64) string {
	return fmt.Sprintf("%.2f", milliseconds(quantile(times, q)))
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func line(out io.Writer, format string, cells ...any) {
	fmt.Fprintln(out, strings.TrimRight(fmt.Sprintf(format, cells...), " \n"))
}

func rule(out io.Writer) { fmt.Fprintln(out, strings.Repeat("-", 96)) }
