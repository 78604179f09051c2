package knowledge

import (
	"bufio"
	"os"
	"strings"
	"testing"
)

// TestLikeness measures the threshold: questions of one answer are told from
// questions of two. A wrong grouping gives people the answer to something else, so
// that counts more than a group too many.
func TestLikeness(t *testing.T) {
	t.Parallel()
	f, err := os.Open("testdata/likeness.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	found, same, wrong, other := 0, 0, 0, 0
	for s := bufio.NewScanner(f); s.Scan(); {
		parts := strings.Split(s.Text(), "\t")
		if len(parts) != 3 {
			continue
		}
		like := ReadWording(parts[1]).Likeness(ReadWording(parts[2]))
		switch alike := like >= AlikeFrom; parts[0] {
		case "same":
			same++
			if alike {
				found++
			} else {
				t.Logf("missed %.2f %s | %s", like, parts[1], parts[2])
			}
		case "other":
			other++
			if alike {
				wrong++
				t.Logf("wrong  %.2f %s | %s", like, parts[1], parts[2])
			}
		}
	}
	t.Logf("same %d of %d found, other %d of %d taken for the same", found, same, wrong, other)
	if same < 25 || other < 25 || float64(found) < 0.8*float64(same) || float64(wrong) > 0.1*float64(other) {
		t.Errorf("same %d of %d found, other %d of %d taken for the same", found, same, wrong, other)
	}
}

// BenchmarkLikeness compares a question with 500 others, as a refused one is.
func BenchmarkLikeness(b *testing.B) {
	asked := ReadWording("仓库屋顶能装光伏吗")
	for b.Loop() {
		for range 500 {
			asked.Likeness(ReadWording("外籍员工子女入学怎么办理？"))
		}
	}
}

// FuzzLikeness checks that likeness is symmetric, between 0 and 1, and 1 for a
// question and itself in other writing.
func FuzzLikeness(f *testing.F) {
	f.Add("厂房租金能减免吗", "租的厂房房租可以减吗")
	f.Add("２０２３年补贴", "2024年补贴")
	f.Add("", "🙂")
	f.Add("مرحبا", "عقد")
	f.Fuzz(func(t *testing.T, a, b string) {
		x, y := ReadWording(a), ReadWording(b)
		like := x.Likeness(y)
		if like < 0 || like > 1.0001 || like-y.Likeness(x) > 1e-9 || y.Likeness(x)-like > 1e-9 {
			t.Errorf("%q and %q: %v, %v", a, b, like, y.Likeness(x))
		}
		if x.Likeness(ReadWording(a)) != 1 {
			t.Errorf("%q is not like itself", a)
		}
	})
}
