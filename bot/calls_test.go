package bot

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

type answers func(*http.Request) (*http.Response, error)

func (f answers) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestCalled(t *testing.T) {
	t.Parallel()
	var told []string
	var status int // 0: no answer
	client := clientOf(&http.Client{Transport: answers(func(*http.Request) (*http.Response, error) {
		if status == 0 {
			return nil, errors.New("connection refused")
		}
		return &http.Response{StatusCode: status, Body: http.NoBody}, nil
	})}, func(method, outcome string) { told = append(told, method+" "+outcome) })
	post := func(ctx context.Context) {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://api/bot1:secret/sendMessage", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		if resp, err := client.Do(req); err == nil {
			resp.Body.Close()
		}
	}
	for _, status = range []int{200, 429, 403, 400, 401, 502, 0} {
		post(t.Context())
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	post(stopped)
	status = 200
	if resp, err := client.Get("http://api/file/bot1:secret/photos/张三.jpg"); err == nil {
		resp.Body.Close()
	}
	want := []string{"sendMessage ok", "sendMessage limited", "sendMessage forbidden", "sendMessage refused", "sendMessage refused",
		"sendMessage server", "sendMessage network", "file ok"}
	if !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
}

// TestCallMethods: whatever this package calls is in the list.
func TestCallMethods(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	called := []string{"getUpdates", "file"} // which the client module does not have
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\bapi\.([A-Z]\w+)\(`).FindAllStringSubmatch(string(source), -1) {
			called = append(called, strings.ToLower(m[1][:1])+m[1][1:])
		}
	}
	slices.Sort(called)
	listed := slices.Sorted(slices.Values(CallMethods))
	if called = slices.Compact(called); !slices.Equal(called, listed) {
		t.Errorf("called are %q, listed %q", called, listed)
	}
}
