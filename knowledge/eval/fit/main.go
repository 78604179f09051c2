// Command fit computes the two data files of package knowledge from the
// development data: `fit decision` writes decision.json, `fit common` writes
// common.txt. Run it from the root of the repository, with the library built
// from the same commit:
//
//	go run ./knowledge/eval/fit -data ../shared/data decision > /tmp/decision.json
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	data := flag.String("data", "../shared/data", "folder with the development data")
	flag.Parse()
	var run func(w io.Writer, data string) error
	switch flag.Arg(0) {
	case "decision":
		run = decision
	case "common":
		run = common
	case "ablation":
		run = ablation
	case "misses":
		run = misses
	default:
		fmt.Fprintln(os.Stderr, "usage: fit [-data DIR] decision|common|ablation|misses > FILE")
		os.Exit(2)
	}
	if err := run(os.Stdout, *data); err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
}
