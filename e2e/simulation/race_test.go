//go:build race

package simulation

// The race detector makes SQLite in Go more than ten times slower.
const rounds = 14
