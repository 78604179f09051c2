package replica

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"liaison/handlers"
	"liaison/replica/redistest"
	"liaison/store/storetest"
)

// What was handled stands in the append-only files until they are written anew, and not
// after that.
func TestRewrite(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]func(testing.TB) string{
		"one server": func(t testing.TB) string { return "redis://" + redistest.New(t).Addr },
		"cluster":    redistest.Cluster,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rewrite(t, open(t, url(t)))
		})
	}
}

func rewrite(t *testing.T, h *Hub) {
	a := join(t, h, storetest.New(t), "a")
	mark := "rewritten " + time.Now().Format(time.RFC3339Nano)
	m := message("x", "1")
	m.Text = mark
	if _, err := a.Receive(t.Context(), m, time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Drain(t.Context(), func(handlers.Message) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if !onDisk(t, h, mark) {
		t.Fatal("the files do not have the message to begin with")
	}
	for began, done := time.Now(), false; !done || onDisk(t, h, mark); time.Sleep(50 * time.Millisecond) {
		if time.Since(began) > 30*time.Second {
			t.Fatalf("the message still stands in the files; begun everywhere: %v", done)
		}
		var err error
		if !done {
			if done, err = h.Rewrite(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// onDisk reports whether the files of any server have the text.
func onDisk(t *testing.T, h *Hub, text string) (found bool) {
	t.Helper()
	var mu sync.Mutex
	look := func(ctx context.Context, c redis.Cmdable) error {
		config, err := c.ConfigGet(ctx, "dir").Result()
		if err != nil {
			return err
		}
		return filepath.WalkDir(config["dir"], func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".aof" {
				return nil // it is just being replaced
			}
			if b, err := os.ReadFile(path); err == nil && bytes.Contains(b, []byte(text)) {
				mu.Lock()
				found = true
				mu.Unlock()
			}
			return nil
		})
	}
	var err error
	if c, ok := h.rdb.(*redis.ClusterClient); ok {
		err = c.ForEachShard(t.Context(), func(ctx context.Context, shard *redis.Client) error { return look(ctx, shard) })
	} else {
		err = look(t.Context(), h.rdb)
	}
	if err != nil {
		t.Fatal(err)
	}
	return found
}
