package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/goccy/go-yaml"

	"liaison/ticket/yamlfile"
)

// kongConfigFile is the flag that names the file; configFiles reads it.
type kongConfigFile string

// configFiles resolves flags from the YAML file, below the command line and the
// environment.
type configFiles struct {
	known  []string // names of all flags
	loaded bool
	values map[string]any
}

// Validate implements kong.Resolver.
func (c *configFiles) Validate(*kong.Application) error { return nil }

// Resolve implements kong.Resolver.
func (c *configFiles) Resolve(ctx *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Envs {
		if _, set := os.LookupEnv(name); set {
			return nil, nil // kong prefers a resolver to the environment; we do not
		}
	}
	if flag.Name == "config" {
		return nil, nil
	}
	if !c.loaded {
		c.loaded = true
		if err := c.load(ctx); err != nil {
			return nil, err
		}
	}
	value, ok := c.values[flag.Name]
	if !ok || value == nil {
		return nil, nil
	}
	return fmt.Sprint(value), nil
}

// load reads the file that --config or LIAISON_CONFIG names.
func (c *configFiles) load(ctx *kong.Context) error {
	var path string
	for _, f := range ctx.Flags() {
		if f.Name == "config" {
			path = fmt.Sprint(ctx.FlagValue(f))
		}
	}
	if path == "" {
		return nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return misuse(fmt.Errorf("LIAISON_CONFIG (--config): %w", err), "name a YAML file that can be read, or leave it out")
	}
	if err := yamlfile.Decode(yaml.NewDecoder(bytes.NewReader(b)), &c.values); err != nil && !errors.Is(err, io.EOF) {
		return misuse(fmt.Errorf("%s: %s", path, strings.TrimSpace(yaml.FormatError(err, false, false))), "write one “name: value” a line; liaison config prints an example")
	}
	for name, value := range c.values {
		if !slices.Contains(c.known, name) {
			return misuse(fmt.Errorf("%s: there is no setting %q", path, name), "liaison --help lists the settings")
		}
		switch reflect.ValueOf(value).Kind() {
		case reflect.Map, reflect.Slice:
			return misuse(fmt.Errorf("%s: %s must be a single value", path, name), "liaison config prints an example")
		}
	}
	return nil
}

// flagNames lists the settings.
func flagNames(app *kong.Application) []string {
	var names []string
	for _, f := range app.Flags {
		if f.Name != "help" && f.Name != "config" {
			names = append(names, f.Name)
		}
	}
	return names
}

// configCmd prints the effective settings.
type configCmd struct{}

// Help is shown by liaison config --help.
func (configCmd) Help() string {
	return "The output is a settings file: liaison config > liaison.yaml, fill the secrets in, and start with --config liaison.yaml.\n\nExample:\n  LIAISON_ADDR=127.0.0.1:9000 liaison config"
}

// Run prints.
func (configCmd) Run(_ context.Context, k *kong.Context, c *console) error {
	for _, f := range k.Model.Flags {
		if f.Name == "help" || f.Name == "config" {
			continue
		}
		value := fmt.Sprint(f.Target.Interface())
		switch secret := f.Tag.Get("secret"); {
		case value == "":
		case secret == "all":
			value = "********"
		case secret == "url":
			value = maskURL(value)
		}
		line, err := yaml.Marshal(map[string]any{f.Name: scalar(f, value)})
		if err != nil {
			return err
		}
		fmt.Fprintf(c.out, "%-50s # %s\n", strings.TrimSpace(string(line)), strings.Join(f.Envs, ", "))
	}
	return nil
}

// scalar keeps numbers and truth values unquoted.
func scalar(f *kong.Flag, text string) any {
	switch f.Target.Interface().(type) {
	case int, bool:
		return f.Target.Interface()
	}
	return text
}

// maskURL hides the password in a URL and the values behind its question mark,
// or all of what is no URL.
func maskURL(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return "********"
	}
	if q := u.Query(); len(q) > 0 {
		for name := range q {
			q.Set(name, "xxxxx")
		}
		u.RawQuery = q.Encode()
	}
	return u.Redacted()
}
