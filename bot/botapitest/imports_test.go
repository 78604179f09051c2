package botapitest_test

import (
	"errors"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"
)

// TestOnlyTestsImport keeps the fake out of what is shipped: only test files and packages named …test may import it.
func TestOnlyTestsImport(t *testing.T) {
	t.Parallel()
	root := os.DirFS("../..")
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist) && name != ".":
			return nil // removed while we walk
		case err != nil:
			return err
		case d.IsDir() && (strings.HasSuffix(name, "test") || d.Name() == "node_modules" ||
			name != "." && strings.HasPrefix(d.Name(), ".")):
			return fs.SkipDir
		case d.IsDir() || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		src, err := fs.ReadFile(root, name)
		if err != nil {
			return nil // removed while we walk
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly)
		if err != nil {
			return nil // a file that does not compile is the compiler's business
		}
		for _, imp := range f.Imports {
			if strings.Trim(imp.Path.Value, `"`) == "liaison/bot/botapitest" {
				t.Errorf("%s imports the fake Bot API server", name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
