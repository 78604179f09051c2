package classify

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"slices"
	"unicode/utf8"
)

// The file: the magic with the version, the body, and the CRC-32 of both in
// four bytes. The body is, in this order: the longest n-gram, the scale, the labels,
// the parts of a text, each with its n-grams and what they count for, and the
// hyperplanes. Whole numbers are
// unsigned varints, texts have their length in front, others are little endian.
const (
	magic    = "liaison-classify/2\n"
	maxParts = 8
	maxScale = 1e6
	maxFile  = 256 << 20 // bytes; keeps a wrong file from filling the memory
)

// Save writes the model so that Load gives one that predicts the same. It
// takes about 36 bytes an n-gram with seven labels.
func (m *Model) Save(w io.Writer) error {
	b := []byte(magic)
	b = binary.AppendUvarint(b, uint64(m.vocab.maxN))
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(m.scale))
	b = binary.AppendUvarint(b, uint64(len(m.labels)))
	for _, label := range m.labels {
		b = appendText(b, label)
	}
	b = binary.AppendUvarint(b, uint64(len(m.vocab.parts)))
	from := 0
	for _, p := range m.vocab.parts {
		b = binary.AppendUvarint(b, uint64(p.chars))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p.share))
		b = binary.AppendUvarint(b, uint64(p.end-from))
		for i, gram := range m.vocab.grams[from:p.end] {
			b = appendText(b, gram)
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(m.vocab.weight[from+i]))
		}
		from = p.end
	}
	for _, weight := range m.linear.weights {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(weight))
	}
	b = binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	if _, err := w.Write(b); err != nil {
		return fmt.Errorf("classify: save model: %w", err)
	}
	return nil
}

func appendText(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

// ErrCorrupt is returned for a file that is no model, is cut short or damaged,
// or comes from another version. Train the model again.
var ErrCorrupt = errors.New("classify: not a model of this version, or a damaged one")

// Load reads a model that Save has written.
func Load(r io.Reader) (*Model, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("classify: load model: %w", err)
	}
	end := len(data) - crc32.Size
	if end < len(magic) || len(data) > maxFile || string(data[:len(magic)]) != magic {
		return nil, ErrCorrupt
	}
	if crc32.ChecksumIEEE(data[:end]) != binary.LittleEndian.Uint32(data[end:]) {
		return nil, ErrCorrupt
	}
	d := decoder{rest: data[len(magic):end]}
	m := d.model()
	if d.bad || len(d.rest) > 0 {
		return nil, ErrCorrupt
	}
	return m, nil
}

// decoder takes values off the front. Once bad, it returns zeros.
type decoder struct {
	rest []byte
	bad  bool
}

func (d *decoder) model() *Model {
	v := &vocabulary{maxN: d.number(1, maxN)}
	m := &Model{vocab: v, scale: d.positive(maxScale), labels: make([]string, 0, maxLabels)}
	for range d.number(2, maxLabels) {
		m.labels = append(m.labels, d.text())
	}
	d.bad = d.bad || !slices.IsSorted(m.labels) || len(slices.Compact(slices.Clone(m.labels))) != len(m.labels)
	for range d.number(1, maxParts) {
		p := part{chars: d.number(0, math.MaxInt32), share: d.positive(1)}
		// Each n-gram takes more than five bytes, so a wrong number is known before
		// there is memory set aside for it.
		n := d.number(0, min(maxGrams, len(d.rest)/5))
		grams, weight := make([]string, 0, n), make([]float32, 0, n)
		for range n {
			grams, weight = append(grams, d.text()), append(weight, d.counts())
		}
		v.add(p, grams, weight)
		d.bad = d.bad || len(v.parts[len(v.parts)-1].ids) != n
	}
	features := len(v.grams)
	d.bad = d.bad || features == 0 || len(d.rest) != (features+1)*len(m.labels)*4
	if d.bad {
		return nil
	}
	m.linear = &linear{labels: len(m.labels), weights: make([]float32, (features+1)*len(m.labels))}
	for i := range m.linear.weights {
		m.linear.weights[i] = d.float32()
	}
	return m
}

func (d *decoder) number(low, high int) int {
	n, size := binary.Uvarint(d.rest)
	if d.bad || size <= 0 || n > math.MaxInt32 || int(n) < low || int(n) > high {
		d.bad = true
		return 0
	}
	d.rest = d.rest[size:]
	return int(n)
}

func (d *decoder) take(size int) []byte {
	if d.bad || len(d.rest) < size {
		d.bad = true
		return make([]byte, size)
	}
	taken := d.rest[:size]
	d.rest = d.rest[size:]
	return taken
}

func (d *decoder) text() string {
	text := string(d.take(d.number(1, len(d.rest))))
	d.bad = d.bad || !utf8.ValidString(text)
	return text
}

// positive takes a number above zero that is no more than most, and no less than
// what can be reckoned with.
func (d *decoder) positive(most float64) float64 {
	return d.reckonable(math.Float64frombits(binary.LittleEndian.Uint64(d.take(8))), most)
}

// counts takes what an n-gram counts for: training gives one or a little more, and a
// number near zero cannot be brought to a length.
func (d *decoder) counts() float32 {
	return float32(d.reckonable(float64(d.float32()), maxScale))
}

func (d *decoder) reckonable(f, most float64) float64 {
	d.bad = d.bad || !(f >= 1e-6 && f <= most)
	return f
}

// float32 takes a finite number: one that is none would win every comparison or
// lose it.
func (d *decoder) float32() float32 {
	f := math.Float32frombits(binary.LittleEndian.Uint32(d.take(4)))
	if math.IsNaN(float64(f)) || math.IsInf(float64(f), 0) {
		d.bad = true
	}
	return f
}
