//go:build !(linux || darwin)

package main

// disk knows nothing of disks here.
func disk(string) (free, size uint64, ok bool) { return 0, 0, false }
