package testapi

import (
	"bufio"
	"bytes"
	"context"
	_ "embed" // server.mjs
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

//go:embed server.mjs
var program string

// Node takes 0.3 s to start on an idle machine; a busy one may take much longer.
const (
	startLimit = 30 * time.Second
	stopLimit  = 5 * time.Second
)

// modules returns the node_modules directory that holds the emulator:
// LIAISON_TEST_NODE_MODULES, or else the one beside this package, which is found
// from dir, a directory of this module.
func modules(getenv func(string) string, dir string) (string, error) {
	found := getenv("LIAISON_TEST_NODE_MODULES")
	if found == "" {
		root := dir
		for !exists(filepath.Join(root, "go.mod")) {
			if root == filepath.Dir(root) {
				return "", fmt.Errorf("%s is in no Go module", dir)
			}
			root = filepath.Dir(root)
		}
		found = filepath.Join(root, "e2e", "testapi", "node_modules")
	}
	if !exists(filepath.Join(found, "telegram-test-api")) {
		return "", fmt.Errorf("the Telegram emulator is not installed in %s (try: scripts/npm-install e2e/testapi)", found)
	}
	return filepath.Abs(found)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// startEmulator runs the emulator until the test ends and returns its address.
// Node finds packages from its working directory, hence the parent of modules.
func startEmulator(t testing.TB, modules string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, "node", "--input-type=module", "--eval", program)
	cmd.Dir = filepath.Dir(modules)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start the Telegram emulator: %v", err)
	}
	t.Cleanup(func() {
		kill := time.AfterFunc(stopLimit, cancel)
		defer kill.Stop()
		defer cancel()
		_ = stdin.Close() // the emulator ends by this; Wait tells how
		if err := cmd.Wait(); err != nil {
			t.Errorf("the Telegram emulator ended with %v:\n%s", err, stderr.String())
		}
	})

	kill := time.AfterFunc(startLimit, cancel)
	defer kill.Stop()
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err != nil {
		// What it wrote to standard error is reported by the clean-up.
		t.Fatalf("the Telegram emulator did not become ready: %v", err)
	}
	var ready struct{ URL string }
	if err := json.Unmarshal(line, &ready); err != nil || ready.URL == "" {
		t.Fatalf("the Telegram emulator announced %q: %v", line, err)
	}
	return ready.URL
}
