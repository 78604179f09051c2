package classify

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"
	"testing"
)

func saved(t testing.TB, m *Model) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := m.Save(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSaveAndLoad(t *testing.T) {
	t.Parallel()
	m := trained(t, sample(t), Config{})
	data := saved(t, m)
	loaded, err := Load(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"银行贷款", "厂房🏭", "工资", "hello", ""} {
		if got, want := loaded.Predict(text), m.Predict(text); got != want {
			t.Errorf("%q: got %+v, want %+v", text, got, want)
		}
	}
	if !bytes.Equal(saved(t, loaded), data) {
		t.Error("saved again, it differs")
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestSaveReportsFailure(t *testing.T) {
	t.Parallel()
	if err := trained(t, sample(t), Config{}).Save(failing{}); err == nil {
		t.Error("no error")
	}
}

func TestLoadRefusesDamage(t *testing.T) {
	t.Parallel()
	data := saved(t, trained(t, sample(t), Config{}))
	for size := 0; size < len(data); size += 1 + len(data)/200 {
		if _, err := Load(bytes.NewReader(data[:size])); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("cut to %d bytes: got %v", size, err)
		}
	}
	for at := 0; at < len(data); at += 1 + len(data)/200 {
		damaged := bytes.Clone(data)
		damaged[at] ^= 0x10
		if _, err := Load(bytes.NewReader(damaged)); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("damaged at %d: got %v", at, err)
		}
	}
	if _, err := Load(bytes.NewReader(append(bytes.Clone(data), 0))); !errors.Is(err, ErrCorrupt) {
		t.Errorf("one byte too long: got %v", err)
	}
}

// sealed puts magic and checksum around a body.
func sealed(body []byte) []byte {
	b := append([]byte(magic), body...)
	return binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
}

// body writes what Save writes, for two labels and one n-gram of the whole text.
func body(scale float64, first, second string, weight float32) []byte {
	b := []byte{3}
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(scale))
	b = appendText(appendText(append(b, 2), first), second)
	b = append(b, 1, 0) // one part: the whole
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(1))
	b = appendText(append(b, 1), "贷")
	for _, f := range []float32{1, weight, 0, 0, 0} {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(f))
	}
	return b
}

func TestLoadRefusesNonsenseUnderAGoodChecksum(t *testing.T) {
	t.Parallel()
	good := body(3, "a", "b", 1)
	if _, err := Load(bytes.NewReader(sealed(good))); err != nil {
		t.Fatalf("the good one: %v", err)
	}
	tests := map[string][]byte{
		"empty":            {},
		"scale zero":       body(0, "a", "b", 1),
		"scale infinite":   body(math.Inf(1), "a", "b", 1),
		"labels unsorted":  body(3, "b", "a", 1),
		"labels equal":     body(3, "a", "a", 1),
		"label empty":      body(3, "", "a", 1),
		"label not UTF-8":  body(3, "a", "\xff", 1),
		"weight NaN":       body(3, "a", "b", float32(math.NaN())),
		"n-grams too long": append([]byte{9}, good[1:]...),
		"too many n-grams": bytes.Replace(good, []byte("\x01\x03贷"), []byte("\xff\xff\xff\xff\x0f\x03贷"), 1),
		"no n-gram":        append(bytes.Replace(good, []byte("\x01\x03贷"), []byte("\x00"), 1)[:bytes.Index(good, []byte("\x03贷"))], 0, 0, 0, 0, 0, 0, 0, 0),
		"no part":          bytes.Replace(good, []byte("b\x01\x00"), []byte("b\x00\x00"), 1),
		"too many parts":   bytes.Replace(good, []byte("b\x01\x00"), []byte("b\x09\x00"), 1),
		"share zero":       bytes.Replace(good, []byte("\xf0?\x01\x03贷"), []byte("\x00\x00\x01\x03贷"), 1),
		"cut short":        good[:len(good)-1],
		"too long":         append(bytes.Clone(good), 0, 0, 0, 0),
	}
	for name, b := range tests {
		if _, err := Load(bytes.NewReader(sealed(b))); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(saved(f, trained(f, sample(f), Config{Limit: 5}))[len(magic):])
	f.Add(body(3, "a", "b", 1))
	f.Add([]byte("\x03\x1e贷款🏭\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := Load(bytes.NewReader(sealed(b)))
		if err != nil {
			if !errors.Is(err, ErrCorrupt) {
				t.Errorf("got %v", err)
			}
			return
		}
		if p := m.Predict("贷款" + m.vocab.grams[0]); math.IsNaN(p.Confidence) {
			t.Errorf("got %+v", p)
		}
		if _, err := Load(bytes.NewReader(saved(t, m))); err != nil {
			t.Errorf("what was loaded does not load again: %v", err)
		}
	})
}
