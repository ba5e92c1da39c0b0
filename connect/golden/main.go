// Command golden records what connect-go answers to requests at the edges of its protocols: one JSON
// file per group of cases, to be held against the engine. Run it in its own directory.
package main

import (
	"flag"
	"fmt"
	"os"
)

type sender func(address string, request *request) (*raw, error)

var senders = map[string]sender{http1: sendHTTP1, http2: sendHTTP2}

func main() {
	directory := flag.String("to", "../src/test/resources/golden", "directory of the golden files")
	flag.Parse()
	if err := record(*directory); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func record(directory string) error {
	service, err := newService()
	if err != nil {
		return err
	}
	server, address, err := service.start()
	if err != nil {
		return err
	}
	defer server.Close()
	reader := reader{answers: service.everything}
	groups := groups()
	for _, group := range sortedKeys(groups) {
		goldens := groups[group]
		if err := checkNames(goldens); err != nil {
			return err
		}
		for _, each := range goldens {
			if err := each.record(address, reader); err != nil {
				return fmt.Errorf("%s/%s: %w", group, each.Name, err)
			}
		}
		if err := write(directory, group, goldens); err != nil {
			return err
		}
	}
	return nil
}

func (g *golden) record(address string, reader reader) error {
	for _, version := range g.Over {
		raw, err := senders[version](address, &g.Request)
		if err != nil {
			return fmt.Errorf("HTTP/%s: %w", version, err)
		}
		answer, err := reader.read(raw)
		if err != nil {
			return fmt.Errorf("HTTP/%s: %w", version, err)
		}
		if len(g.Over) > 1 {
			delete(answer.Headers, "connection")
		}
		if g.Answer != nil && !g.Answer.equals(answer) {
			return fmt.Errorf("not the same answer over %v:\n%s\n%s", g.Over, encode(g.Answer), encode(answer))
		}
		g.Answer = answer
	}
	return nil
}
