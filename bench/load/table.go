package load

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

const rowFormat = "%-22s %7s | %7s %7s %7s %7s | %7s %7s %7s %7s | %5s %-9s %5s\n"

func printTable(out io.Writer, plan Plan, lines []line, notes []string) {
	row(out, "", "", plan.Ours.Name, "", "", "", plan.Theirs.Name, "", "", "", "", "", "")
	row(out, "protocol", "workers",
		"req/s", "p50 ms", "p99 ms", "CPU ms", "req/s", "p50 ms", "p99 ms", "CPU ms", "ratio", "(rounds)", "CPU")
	fmt.Fprintln(out, strings.Repeat("-", 125))
	for _, line := range lines {
		cells := []any{line.protocol.Title, fmt.Sprint(line.workers)}
		cells = append(cells, figures(&line.samples[0])...)
		cells = append(cells, figures(&line.samples[1])...)
		row(out, append(cells, fmt.Sprintf("%.2f", line.ratio()), spread(line.ratios), fmt.Sprintf("%.2f", line.cpuRatio()))...)
	}
	fmt.Fprintf(out, `
CPU ms: CPU time that the server used for a request; the same figure is seconds for 1,000 requests.
ratio:  requests per second of %s over those of %s; more is better for %[1]s. In brackets: the lowest and
        highest of %[3]d rounds. CPU: the same for CPU time; less is better for %[1]s.
`, plan.Ours.Name, plan.Theirs.Name, plan.Rounds)
	for _, note := range notes {
		fmt.Fprintln(out, note)
	}
}

func row(out io.Writer, cells ...any) {
	text := fmt.Sprintf(rowFormat, cells...)
	fmt.Fprintln(out, strings.TrimRight(text, " \n"))
}

func figures(s *sample) []any {
	return []any{
		fmt.Sprintf("%.0f", s.perSecond()), milliseconds(s.quantile(0.5)), milliseconds(s.quantile(0.99)),
		milliseconds(s.cpuPerRequest()),
	}
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.3f", float64(d)/float64(time.Millisecond))
}

func (l *line) ratio() float64 { return l.samples[0].perSecond() / l.samples[1].perSecond() }

// cpuRatio is infinite or no number where the Go server was too short at work to be charged a tick.
func (l *line) cpuRatio() float64 {
	return float64(l.samples[0].cpuPerRequest()) / float64(l.samples[1].cpuPerRequest())
}

func spread(ratios []float64) string {
	return fmt.Sprintf("%.2f-%.2f", slices.Min(ratios), slices.Max(ratios))
}
