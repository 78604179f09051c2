package classify_test

import (
	"fmt"

	"liaison/ticket/classify"
)

func ExampleTrain() {
	m, err := classify.Train([]classify.Example{
		{Text: "想申请银行贷款", Label: "金融"},
		{Text: "银行贷款利率太高", Label: "金融"},
		{Text: "厂房用地不够", Label: "用地"},
		{Text: "旧厂房用地改造", Label: "用地"},
	}, classify.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.Predict("请问贷款怎么办理").Label)
	// Output: 金融
}
