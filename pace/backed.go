package pace

import (
	"context"
	"time"
)

// Backed keeps rates elsewhere, shared with others, and in the memory of this process
// for as long as it cannot be asked there: then each process limits by itself. The zero
// value but for Taker is ready, and it is safe for concurrent use.
type Backed struct {
	Taker

	own Memory
}

// Take implements Taker. With an error it returns what this process says for itself.
func (b *Backed) Take(ctx context.Context, key string, r Rate, n int) (time.Duration, error) {
	wait, err := b.Taker.Take(ctx, key, r, n)
	if err != nil {
		wait, _ = b.own.Take(ctx, key, r, n) // never fails
	}
	return wait, err
}
