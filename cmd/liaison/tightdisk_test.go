package main

import (
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// tightDisk is a folder whose space can be used up.
type tightDisk struct {
	t   *testing.T
	dir string
	// own tells that the folder is a small disk of its own, which becomes full. Where
	// nobody may mount one, as in many containers, the process may no longer make a file
	// longer instead: the same writes fail, of another cause.
	own bool
}

// newTightDisk makes a disk of 64 MB, which is gone after the test.
func newTightDisk(t *testing.T) *tightDisk {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=64m", "none", dir).CombinedOutput(); err != nil {
		t.Logf("no small disk can be mounted here, so files may not grow instead: %s", out)
		return &tightDisk{t: t, dir: dir}
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", "--lazy", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
	return &tightDisk{t: t, dir: dir, own: true}
}

// refused is how often the process has logged that a write failed.
func (d *tightDisk) refused(p *process) int {
	if d.own {
		return strings.Count(p.Log(), "database or disk is full")
	}
	return strings.Count(p.Log(), "disk I/O error")
}

// fill lets the process take no more room on the disk until free is called. The log of
// the database is made short first: what has room in it could be written.
func (d *tightDisk) fill(p *process, db *sql.DB) (free func()) {
	d.t.Helper()
	eventually(d.t, "a short log", func() bool {
		var busy, frames, done int
		err := db.QueryRowContext(d.t.Context(), `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &frames, &done)
		return err == nil && busy == 0
	})
	if !d.own {
		d.limit(p, "4096")
		return func() { d.limit(p, "unlimited") }
	}
	ballast := filepath.Join(d.dir, "ballast")
	f, err := os.Create(ballast)
	if err != nil {
		d.t.Fatal(err)
	}
	block := make([]byte, 4096)
	for err == nil {
		_, err = f.Write(block)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		d.t.Fatal(err)
	}
	f.Close()
	return func() {
		if err := os.Remove(ballast); err != nil {
			d.t.Fatal(err)
		}
	}
}

// limit sets how long a file may be to which the process writes, in bytes.
func (d *tightDisk) limit(p *process, size string) {
	d.t.Helper()
	out, err := exec.Command("prlimit", "--pid", strconv.Itoa(p.cmd.Process.Pid), "--fsize="+size+":").CombinedOutput()
	if err != nil {
		d.t.Fatalf("prlimit: %v: %s", err, out)
	}
}
