package route_test

import (
	"fmt"

	"liaison/ticket/route"
)

func ExampleDirectory_Route() {
	d, err := route.Parse("stations.yaml", route.Example())
	if err != nil {
		fmt.Println(err)
		return
	}
	decision := d.Route(route.Case{Text: "我们厂不在周巷，在逍林，投诉电价"})
	station, _ := d.Station(decision.Station)
	fmt.Println(station.Name)
	for _, reason := range decision.Reasons {
		fmt.Println(route.ReasonText(reason, d, "zh"))
	}
	// Output:
	// 逍林胜山新浦联络站（示例）
	// 文本中的“投诉” → 投诉
	// 文本提到“逍林” → 逍林镇
	// 文本中的“电价” → 水电气与道路
	// 按镇街 → 逍林胜山新浦联络站（示例）
}
