package replica

import (
	"bytes"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"liaison/handlers"
	"liaison/replica/redistest"
	"liaison/store/storetest"
)

// What was handled stands in the append-only files, those of replicas too, until they are
// written anew, and not after that.
func TestRewrite(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(*testing.T) (url string, servers []string){
		"one server": func(t *testing.T) (string, []string) {
			s := redistest.New(t)
			return "redis://" + s.Addr, []string{s.Addr}
		},
		"replica": func(t *testing.T) (string, []string) {
			s := redistest.New(t)
			r := newFollower(t, s)
			for _, addr := range []string{r.Addr, s.Addr} {
				c := redis.NewClient(&redis.Options{Addr: addr})
				defer c.Close()
				for _, name := range []string{"masterauth", "requirepass"} {
					if err := c.ConfigSet(t.Context(), name, "secret").Err(); err != nil {
						t.Fatal(err)
					}
				}
			}
			return "redis://:secret@" + s.Addr, []string{s.Addr, r.Addr}
		},
		"Sentinel": func(t *testing.T) (string, []string) {
			g := redistest.Guard(t, nil)
			return g.URL, []string{g.Master.Addr, g.Replica.Addr}
		},
		"cluster": func(t *testing.T) (string, []string) { return redistest.FollowedCluster(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, servers := start(t)
			rewrite(t, open(t, url), servers)
		})
	}
}

// newFollower starts a replica of the server and waits until it follows.
func newFollower(t *testing.T, of *redistest.Server, config ...string) *redistest.Server {
	t.Helper()
	host, port, err := net.SplitHostPort(of.Addr)
	if err != nil {
		t.Fatal(err)
	}
	r := redistest.New(t, append(config, "replicaof "+host+" "+port)...)
	eventually(t, "the replica", func() bool { return r.Says("master_link_status:up") })
	return r
}

func rewrite(t *testing.T, h *Hub, servers []string) {
	a := join(t, h, storetest.New(t), "a")
	var mine []*redis.Client
	for _, addr := range servers {
		password := ""
		if c, ok := h.rdb.(*redis.Client); ok {
			password = c.Options().Password
		}
		c := redis.NewClient(&redis.Options{Addr: addr, Password: password})
		defer c.Close()
		mine = append(mine, c)
	}
	mark := "rewritten " + time.Now().Format(time.RFC3339Nano)
	with := func() (n int) { // how many servers have it in their files
		for _, c := range mine {
			if onDisk(t, c, mark) {
				n++
			}
		}
		return n
	}
	for n := range 4 * parts { // of a cluster each server gets some
		m := message(fmt.Sprint(n), "1")
		m.Text = mark
		if _, err := a.Receive(t.Context(), m, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := a.Drain(t.Context(), func(handlers.Message) error { return nil }); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the messages in the files of all", func() bool { return with() == len(servers) })
	done := false
	eventually(t, "files without the messages", func() bool {
		if !done {
			var err error
			if done, err = h.Rewrite(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		return done && with() == 0
	})
}

// onDisk reports whether the files of the server have the text.
func onDisk(t *testing.T, c *redis.Client, text string) (found bool) {
	t.Helper()
	config, err := c.ConfigGet(t.Context(), "dir").Result()
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(config["dir"], func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".aof" {
			return nil // it is just being replaced
		}
		if b, err := os.ReadFile(path); err == nil && bytes.Contains(b, []byte(text)) {
			found = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// A replica that we do not reach is named in the log, for the operator to see to, and the
// rest is done.
func TestRewriteOutOfReach(t *testing.T) {
	t.Parallel()
	s := redistest.New(t)
	newFollower(t, s, "replica-announce-ip 127.0.0.1", "replica-announce-port 1")
	var log bytes.Buffer
	h := open(t, "redis://"+s.Addr)
	h.log = slog.New(slog.NewTextHandler(&log, nil))
	eventually(t, "the replica", func() bool { return s.Says("port=1,state=online") })
	if done, err := h.Rewrite(t.Context()); err != nil || !done {
		t.Errorf("done is %v, %v", done, err)
	}
	if said := log.String(); strings.Count(said, "\n") != 1 || !strings.Contains(said, "server=127.0.0.1:1") || !strings.Contains(said, "BGREWRITEAOF") {
		t.Errorf("the log says %q", said)
	}
}
