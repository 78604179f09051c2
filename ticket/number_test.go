package ticket

import (
	"strings"
	"testing"
	"time"
)

func TestParseNumber(t *testing.T) {
	t.Parallel()
	const want = "CX-20261123-0001"
	for _, text := range []string{
		"CX-20261123-0001", "cx-20261123-0001", " CX-20261123-0001 \n", "ＣＸ－２０２６１１２３－０００１", "20261123-0001", "202611230001",
		"CX202611230001", "CX 20261123 0001", "cx—20261123—0001", "CX_20261123_0001", "工单CX-20261123-0001", "查一下 CX-20261123-0001 的进度",
		"编号：20261123-0001", "#CX-20261123-0001", "CX-20261123-0001？", "２０２６１１２３　０００１",
		"CX-20261123-001", "20261123-1", "２０２６１１２３－１", "cx 20261123 - 01", "查一下 20261123—1 的进度",
	} {
		if got, ok := ParseNumber(text); !ok || got != want {
			t.Errorf("%q is %q, %v", text, got, ok)
		}
	}
	for _, text := range []string{
		"", "CX", "你好", "13800000000", "CX-20261323-0001", "CX-20261123", "20261123", "202611231", "20261123 1", "20261123-0000001", "20261323-1", "CX-20261123-0001 路灯还没修",
		"330282199001011234", "2026年11月23日", "AX-20261123-0001", "CX-20261123-0001 CX-20261123-0002", "查", "CX-20261123-0001\x00",
	} {
		if got, ok := ParseNumber(text); ok {
			t.Errorf("%q is taken for %q", text, got)
		}
	}
	if got, _ := ParseNumber(Number(time.Date(2026, 11, 23, 9, 0, 0, 0, CST), 12345)); got != "CX-20261123-12345" {
		t.Errorf("a wide number is %q", got)
	}
}

func TestParseRunning(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"0001": "-0001", "1": "-0001", "０００１": "-0001", "12号": "-0012", "工单 #12": "-0012", "12345": "-12345", " 7？": "-0007",
	} {
		if got, ok := ParseRunning(text); !ok || got != want {
			t.Errorf("%q is %q, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "0", "0000", "-1", "+1", "1.5", "1234567", "13800000000", "1 2", "3号楼", "一", "2026年", "20261123-0001"} {
		if got, ok := ParseRunning(text); ok {
			t.Errorf("%q is taken for %q", text, got)
		}
	}
	if end, ok := ParseRunning("12345"); !ok || !strings.HasSuffix(Number(time.Date(2026, 11, 23, 9, 0, 0, 0, CST), 12345), end) {
		t.Errorf("a wide number ends in %q", end)
	}
}

func TestFindNumber(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		"并入 CX-20261124-0001 同一条路": {"CX-20261124-0001", "并入  同一条路"},
		"同一件，见ｃｘ－２０２６１１２４－０００１，谢谢": {"CX-20261124-0001", "同一件，见，谢谢"},
		"20261124-0001":                       {"CX-20261124-0001", ""},
		"CX202611240001":                      {"CX-20261124-0001", ""},
		"身份证 330282199001011234":              {"", "身份证 330282199001011234"},
		"合同 202611240001":                     {"", "合同 202611240001"},
		"A20261124-0001":                      {"", "A20261124-0001"},
		"CX-20261399-0001 和 CX-20261124-0002": {"CX-20261124-0002", "CX-20261399-0001 和"},
		"CX-20261124-00012345":                {"", "CX-20261124-00012345"},
		"20261124-1":                          {"CX-20261124-0001", ""},
		"20261124-25 两天都停水，见 CX-20261124-0002": {"CX-20261124-0002", "20261124-25 两天都停水，见"},
		"": {"", ""},
	} {
		if id, rest := FindNumber(text); id != want[0] || rest != want[1] {
			t.Errorf("%q: %q and %q", text, id, rest)
		}
	}
}

func FuzzFindNumber(f *testing.F) {
	f.Add("并入 ＣＸ－20261124—0001 同")
	f.Add("\xff20261124-0001\xf0")
	f.Fuzz(func(t *testing.T, text string) {
		id, _ := FindNumber(text)
		if again, ok := ParseNumber(id); id != "" && (!ok || again != id) {
			t.Errorf("%q holds %q, which is read as %q", text, id, again)
		}
	})
}
