package library_test

import (
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"liaison/knowledge/library"
)

// replyID names the one document of the library and its source in testdata.
const replyID = "cixi-2024-reply-184"

// frontMatter is what the head of a document says.
type frontMatter struct {
	ID            string   `yaml:"id"`
	Title         string   `yaml:"title"`
	Number        string   `yaml:"number"`
	Issuers       []string `yaml:"issuers"`
	Kind          string   `yaml:"kind"`
	Issued        string   `yaml:"issued"`
	EffectiveFrom string   `yaml:"effective_from"`
	EffectiveTo   string   `yaml:"effective_to"`
	Status        string   `yaml:"status"`
	Language      string   `yaml:"language"`
	Place         string   `yaml:"place"`
	Topics        []string `yaml:"topics"`
	Towns         []string `yaml:"towns"`
	Source        string   `yaml:"source"`
}

// unit is one section of a document. Slices are nil where the line is absent.
type unit struct {
	Slug, Title, Path, Body string
	Topics, Aliases         []string
	See, Cites              []string
}

// text is all that a reader or the index sees, except the path, which repeats
// the headings of the source on purpose.
func (u unit) text() string {
	return strings.Join([]string{u.Title, strings.Join(u.Aliases, "\n"), strings.Join(u.Cites, "\n"), u.Body}, "\n")
}

var (
	headingLine = regexp.MustCompile(`^## (.+) \{#([^}]*)\}$`)
	fieldLine   = regexp.MustCompile(`^- ([a-z]+): (.+)$`)
)

// parseDocument reads the format strictly: a line it does not expect is an
// error, so that a slip of the pen cannot hide a unit from the checks.
func parseDocument(text string) (frontMatter, []unit, error) {
	var head frontMatter
	yamlText, rest, err := splitFrontMatter(text)
	if err != nil {
		return head, nil, err
	}
	if err := yaml.UnmarshalWithOptions([]byte(yamlText), &head, yaml.Strict()); err != nil {
		return head, nil, err
	}
	var units []unit
	for line := range strings.Lines(rest) {
		line = strings.TrimSuffix(line, "\n")
		if m := headingLine.FindStringSubmatch(line); m != nil {
			units = append(units, unit{Title: m[1], Slug: m[2]})
			continue
		}
		if line == "" {
			continue
		}
		if len(units) == 0 || strings.HasPrefix(line, "#") {
			return head, nil, fmt.Errorf("unexpected line %q", line)
		}
		if err := units[len(units)-1].addLine(line); err != nil {
			return head, nil, err
		}
	}
	return head, units, nil
}

func (u *unit) addLine(line string) error {
	m := fieldLine.FindStringSubmatch(line)
	if m == nil {
		if strings.HasPrefix(line, "-") || u.Body != "" {
			return fmt.Errorf("unit %s: unexpected line %q", u.Slug, line)
		}
		u.Body = line
		return nil
	}
	switch key, value := m[1], m[2]; key {
	case "topics":
		u.Topics = strings.Split(value, ", ")
	case "path":
		u.Path = value
	case "aliases":
		u.Aliases = strings.Split(value, " | ")
	case "see":
		u.See = strings.Split(value, ", ")
	case "cites":
		u.Cites = strings.Split(value, " | ")
	default:
		return fmt.Errorf("unit %s: unknown field %q", u.Slug, key)
	}
	return nil
}

func splitFrontMatter(text string) (head, body string, err error) {
	after, ok := strings.CutPrefix(text, "---\n")
	if !ok {
		return "", "", fmt.Errorf("no front matter")
	}
	head, body, ok = strings.Cut(after, "\n---\n")
	if !ok {
		return "", "", fmt.Errorf("front matter does not end")
	}
	return head, body, nil
}

// sourceHead is the head of the published text in testdata.
type sourceHead struct {
	Title   string   `yaml:"title"`
	Number  string   `yaml:"number"`
	Issuers []string `yaml:"issuers"`
	Date    string   `yaml:"date"`
	Kind    string   `yaml:"kind"`
	Note    string   `yaml:"note"`
}

// source is the published text: whole, and by section. The key of a section is
// the path that a unit gives for it, "一、…／三是…".
type source struct {
	Head     sourceHead
	Body     string
	Sections map[string]string
}

var sectionStart = regexp.MustCompile(`[一二三四五]是([^。]+)。`)

// parseSource cuts each chapter, one paragraph "一、heading。…", at the sentences
// that open its sections, "二是heading。".
func parseSource(text string) (source, error) {
	yamlText, body, err := splitFrontMatter(text)
	if err != nil {
		return source{}, err
	}
	s := source{Body: body, Sections: make(map[string]string)}
	if err := yaml.UnmarshalWithOptions([]byte(yamlText), &s.Head, yaml.Strict()); err != nil {
		return source{}, err
	}
	for line := range strings.Lines(body) {
		chapter, rest, found := strings.Cut(strings.TrimSpace(line), "。")
		if !found {
			continue
		}
		starts := sectionStart.FindAllStringIndex(rest, -1)
		for i, at := range starts {
			end := len(rest)
			if i+1 < len(starts) {
				end = starts[i+1][0]
			}
			heading := strings.TrimSuffix(rest[at[0]:at[1]], "。")
			s.Sections[chapter+"／"+heading] = rest[at[0]:end]
		}
	}
	return s, nil
}

func load(t *testing.T) (frontMatter, []unit, source) {
	t.Helper()
	text, err := fs.ReadFile(library.FS(), replyID+".md")
	if err != nil {
		t.Fatal(err)
	}
	head, units, err := parseDocument(string(text))
	if err != nil {
		t.Fatal(err)
	}
	published, err := os.ReadFile("testdata/" + replyID + ".source.md")
	if err != nil {
		t.Fatal(err)
	}
	src, err := parseSource(string(published))
	if err != nil {
		t.Fatal(err)
	}
	return head, units, src
}
