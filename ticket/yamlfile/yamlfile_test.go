package yamlfile_test

import (
	"bytes"
	"testing"

	"github.com/goccy/go-yaml"

	"liaison/ticket/yamlfile"
)

// shape has each kind of value that our files have.
type shape struct {
	Text string           `yaml:"text"`
	List []string         `yaml:"list"`
	Days map[string]int   `yaml:"days"`
	Deep []shape          `yaml:"deep"`
	Keys map[string]shape `yaml:"keys"`
}

func TestDecode(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{
		"text: 好\nlist: [a, b]\ndays: {x: 1}\n": true,
		"list: 7\n":   false,
		"list:\n !- ": false, // the module panics
	} {
		var s shape
		if err := yamlfile.Decode(yaml.NewDecoder(bytes.NewReader([]byte(text))), &s); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, text := range []string{"list:\n !- ", "days: !\n", "deep: &a\n  - *a\n", "keys: {a: {text: |", "<<: *x\n", "? [\n", "text: !!int 好\n", "\ufeff--- >\n\t"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, into := range []any{new(shape), new(map[string]any), new(any)} {
			_ = yamlfile.Decode(yaml.NewDecoder(bytes.NewReader(data), yaml.DisallowUnknownField()), into) // no panic
		}
	})
}
