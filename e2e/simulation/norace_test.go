//go:build !race

package simulation

// rounds is how often people act before the city closes.
const rounds = 30
