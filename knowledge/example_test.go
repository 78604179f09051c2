package knowledge_test

import (
	"context"
	"fmt"
	"log"

	"liaison/knowledge"
	"liaison/knowledge/library"
)

func ExampleAnswerer_Answer() {
	docs, err := knowledge.LoadFS(library.FS())
	if err != nil {
		log.Fatal(err)
	}
	lib, err := knowledge.NewLibrary(docs)
	if err != nil {
		log.Fatal(err)
	}
	a, err := knowledge.NewAnswerer(knowledge.Config{Library: lib})
	if err != nil {
		log.Fatal(err)
	}
	for _, q := range []string{"上海的飞地在哪里？", "明天会下雨吗？"} {
		ans := a.Answer(context.Background(), knowledge.Question{Text: q})
		fmt.Println(ans.Decision)
		for _, c := range ans.Citations {
			fmt.Println(c.UnitTitle, c.Number)
		}
	}
	// Output:
	// answer
	// 慈溪在上海的飞地 慈党改办建〔2024〕3号
	// refuse
}

func ExampleLibrary_Search() {
	d, err := knowledge.ImportDocument("example.md", []byte("# 示例办法\n\n第一条 贷款贴息按年利率计算。\n\n第二条 厂房租金补助按面积计算。"))
	if err != nil {
		log.Fatal(err)
	}
	lib, err := knowledge.NewLibrary([]knowledge.Document{d})
	if err != nil {
		log.Fatal(err)
	}
	for _, h := range lib.Search("租金補助", 1) {
		fmt.Println(h.Unit, h.Title)
	}
	// Output: example#art2 第二条
}

func ExampleGround() {
	sources := []knowledge.Evidence{{Text: "补助比例为30%，最高20万元。"}}
	fmt.Println(knowledge.Ground("补助比例为百分之三十。[1]", sources))
	fmt.Println(knowledge.Ground("补助比例为百分之五十。[1]", sources))
	// Output:
	// <nil>
	// 50% stands in no cited source
}

func ExampleMaskPersonal() {
	fmt.Println(knowledge.MaskPersonal("我叫王小明，电话13812345678"))
	// Output: 我叫〔姓名〕，电话〔电话〕
}
