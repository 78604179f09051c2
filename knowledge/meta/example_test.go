package meta_test

import (
	"fmt"

	"liaison/knowledge/meta"
)

func ExampleRead() {
	m := meta.Read(meta.Input{Text: `# 样例市人民政府关于某事的通知

样政〔2024〕1号

本通知自2024年9月1日起施行，有效期三年。`})
	fmt.Println(m.Number.Value, m.Number.How)
	fmt.Println(m.EffectiveTo.Value, "from the words", m.EffectiveTo.From)
	// Output:
	// 样政〔2024〕1号 stated
	// 2027-08-31 from the words 有效期三年
}
