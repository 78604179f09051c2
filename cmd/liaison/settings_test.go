package main

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// Both READMEs tell of each setting, and a container is given each that it does not decide
// itself.
func TestSettingsAreToldAndPassedOn(t *testing.T) {
	t.Parallel()
	read := func(file string) string {
		b, err := os.ReadFile("../../" + file)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	var compose struct {
		Settings map[string]any `yaml:"x-settings"`
	}
	if err := yaml.Unmarshal([]byte(read("compose.yaml")), &compose); err != nil {
		t.Fatal(err)
	}
	// The folder, what is in it, the address, the database and what goes with it.
	own := []string{"LIAISON_CONFIG", "LIAISON_DATA", "LIAISON_STATIONS", "LIAISON_HOLIDAYS", "LIAISON_DEADLINES", "LIAISON_ADDR", "LIAISON_DATABASE", "DATABASE_URL", "REDIS_URL"}
	readmes := map[string]string{"README.md": read("README.md"), "README.zh-CN.md": read("README.zh-CN.md")}
	n := 0
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Settings]()) {
		for _, name := range strings.Split(field.Tag.Get("env"), ",") {
			if name == "" {
				continue
			}
			n++
			for file, text := range readmes {
				if !strings.Contains(text, "`"+name+"`") {
					t.Errorf("%s does not tell of %s", file, name)
				}
			}
			if _, passed := compose.Settings[name]; passed == slices.Contains(own, name) {
				t.Errorf("compose.yaml passes %s on: %v", name, passed)
			}
		}
	}
	if n < 30 {
		t.Errorf("only %d settings were found", n)
	}
}
