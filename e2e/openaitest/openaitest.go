// Package openaitest lets tests put a scripted language model behind an
// OpenAI-compatible server that this project did not write: the npm package
// @copilotkit/aimock. A mistake in our understanding of the protocol, of its
// streams above all, would be made twice, in the client and in our own fake; here
// it meets somebody else's reading.
package openaitest

import (
	"bufio"
	"bytes"
	"context"
	_ "embed" // server.mjs
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
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

// Server is a model that says what it was told to. It is safe for concurrent use.
type Server struct {
	t    testing.TB
	base string

	mu  sync.Mutex // one command at a time
	in  io.Writer
	out *bufio.Reader
}

// Script is how the model answers.
type Script struct {
	Text   string
	Status int // an error with this HTTP status instead of Text; 0 for none
	// Piece is how many characters come at a time. Defaults to 8.
	Piece int
	// Wait is how long the model thinks before it answers, and Pause how long
	// before each piece.
	Wait, Pause time.Duration
	// Pieces is after how many pieces the connection breaks; 0 for never.
	Pieces int
	// Malformed sends what is not JSON instead of an answer, and Dropped closes the
	// connection without one.
	Malformed, Dropped bool
}

// Request is what a client asked.
type Request struct {
	Model    string
	Stream   bool
	Messages []struct{ Role, Content string }
}

// Start returns a server that lasts until the test ends. It needs Node and the
// packages of this directory (scripts/npm-install e2e/openaitest). Where they are
// absent it fails the test if LIAISON_TEST_REQUIRE is 1, and else says so and
// returns nil: the caller returns.
func Start(t testing.TB) *Server {
	t.Helper()
	dir, err := directory()
	if err != nil {
		if os.Getenv("LIAISON_TEST_REQUIRE") == "1" {
			t.Fatal(err)
		}
		t.Logf("not run: %v", err)
		return nil
	}
	s := &Server{t: t}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, "node", "--input-type=module", "--eval", program)
	cmd.Dir = dir
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
		t.Fatalf("start the model server: %v", err)
	}
	t.Cleanup(func() {
		kill := time.AfterFunc(stopLimit, cancel)
		defer kill.Stop()
		defer cancel()
		_ = stdin.Close() // the server ends by this; Wait tells how
		if err := cmd.Wait(); err != nil {
			t.Errorf("the model server ended with %v:\n%s", err, stderr.String())
		}
	})
	kill := time.AfterFunc(startLimit, cancel)
	defer kill.Stop()
	s.in, s.out = stdin, bufio.NewReader(stdout)
	var ready struct{ URL string }
	if err := s.read(&ready); err != nil || ready.URL == "" {
		t.Fatalf("the model server did not become ready: %v", err)
	}
	s.base = ready.URL + "/v1"
	return s
}

// directory finds this directory, from which Node finds the packages.
func directory() (string, error) {
	root, err := os.Getwd()
	if err != nil {
		return "", err
	}
	exists := func(path string) bool {
		_, err := os.Stat(path)
		return err == nil
	}
	for !exists(filepath.Join(root, "go.mod")) {
		if root == filepath.Dir(root) {
			return "", errors.New("the test runs in no Go module")
		}
		root = filepath.Dir(root)
	}
	dir := filepath.Join(root, "e2e", "openaitest")
	if !exists(filepath.Join(dir, "node_modules", "@copilotkit", "aimock")) {
		return "", errors.New("the model server is not installed (try: scripts/npm-install e2e/openaitest)")
	}
	return dir, nil
}

// URL is the base URL of the API, up to and with /v1.
func (s *Server) URL() string { return s.base }

// Say makes the model answer every request from now on like this.
func (s *Server) Say(a Script) {
	s.t.Helper()
	how := map[string]any{"chunkSize": max(a.Piece, 1), "latency": 0}
	if a.Piece == 0 {
		how["chunkSize"] = 8
	}
	say := map[string]any{"content": a.Text}
	if a.Status != 0 {
		say = map[string]any{"error": map[string]string{"message": a.Text, "type": "server_error"}, "status": a.Status}
	}
	if a.Pieces > 0 {
		how["truncateAfterChunks"] = a.Pieces
	}
	chaos := make(map[string]any)
	if a.Wait > 0 {
		chaos["latencyMs"] = a.Wait.Milliseconds()
	}
	if a.Pause > 0 {
		how["latency"] = a.Pause.Milliseconds()
	}
	if a.Malformed {
		chaos["malformedRate"] = 1
	}
	if a.Dropped {
		chaos["disconnectRate"] = 1
	}
	if len(chaos) > 0 {
		how["chaos"] = chaos
	}
	s.command(map[string]any{"say": say, "how": how}, &struct{}{})
}

// Requests returns what was asked since the last call.
func (s *Server) Requests() []Request {
	s.t.Helper()
	var answer struct{ Requests []Request }
	s.command(map[string]any{"requests": true}, &answer)
	return answer.Requests
}

func (s *Server) command(c, answer any) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := json.Marshal(c)
	if err == nil {
		_, err = s.in.Write(append(b, '\n'))
	}
	if err == nil {
		err = s.read(answer)
	}
	if err != nil {
		s.t.Fatalf("the model server: %v", err)
	}
}

// read reads one line of JSON.
func (s *Server) read(v any) error {
	line, err := s.out.ReadBytes('\n')
	if err != nil {
		return err
	}
	var failed struct{ Error string }
	if err := json.Unmarshal(line, &failed); err != nil {
		return fmt.Errorf("it said %q: %w", line, err)
	}
	if failed.Error != "" {
		return errors.New(failed.Error)
	}
	return json.Unmarshal(line, v)
}
