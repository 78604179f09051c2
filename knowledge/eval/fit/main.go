// Command fit computes data files of package knowledge, most from the development
// data, and measures with it: `fit decision` writes decision.json, `fit common`
// common.txt, `fit pinyin` zh/pinyin.txt, `fit ablation` a table of what each part
// of retrieval brings, `fit misses` the questions for which something else came
// first. Run it from the root of the repository, with the library built from the
// same commit:
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
	case "pinyin":
		run = pinyin
	case "ablation":
		run = ablation
	case "misses":
		run = misses
	default:
		fmt.Fprintln(os.Stderr, "usage: fit [-data DIR] decision|common|pinyin|ablation|misses > FILE")
		os.Exit(2)
	}
	if err := run(os.Stdout, *data); err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
}
