package shelf_test

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"os"

	"liaison/knowledge/shelf"
	"liaison/store"
)

// A document is imported as a draft, published, replaced, and the replacement
// taken back.
func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "shelf")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	st, err := store.Open(ctx, store.Config{Dir: dir, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		log.Fatal(err)
	}
	defer st.Close()
	sh := shelf.New(shelf.Config{Store: st})

	put := func(amount string, draft bool) {
		text := "# 雨伞补贴办法（示例）\n\n## 第一条\n\n每家企业每年补贴" + amount + "元。本办法自2024年9月1日起施行。\n"
		report, err := sh.Import(ctx, []shelf.File{shelf.Bytes("umbrella.md", []byte(text))}, shelf.Options{By: "甲（示例）", Draft: draft})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(report.Outcomes[0].Kind, report.Outcomes[0].ID)
	}
	put("37", true)
	if _, err := sh.Publish(ctx, "umbrella", "乙（示例）"); err != nil {
		log.Fatal(err)
	}
	put("45", false)
	if _, err := sh.Undo(ctx, 0, "乙（示例）"); err != nil {
		log.Fatal(err)
	}
	d, err := sh.Show(ctx, "umbrella")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(d.State, d.Version, d.Doc.ReviewedBy)
	for _, line := range d.History {
		fmt.Println("version", line.Version, line.Action, line.By)
	}
	// Output:
	// draft umbrella
	// new_version umbrella
	// in_force 1 乙（示例）
	// version 2 undo 乙（示例）
	// version 2 import 甲（示例）
	// version 1 publish 乙（示例）
	// version 1 import 甲（示例）
}
