//go:build linux || darwin

package main

import "syscall"

// disk returns how much room the disk of the folder has and how large it is, in
// bytes.
func disk(dir string) (free, size uint64, ok bool) {
	var s syscall.Statfs_t
	if syscall.Statfs(dir, &s) != nil {
		return 0, 0, false
	}
	return s.Bavail * uint64(s.Bsize), s.Blocks * uint64(s.Bsize), true
}
