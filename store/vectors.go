package store

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"

	"liaison/knowledge/vector"
)

var _ vector.Store = (*Store)(nil)

// vectorsAtOnce is how many hashes are named in one statement.
const vectorsAtOnce = 500

// Vectors implements vector.Store.
func (s *Store) Vectors(ctx context.Context, model string, hashes []string) (map[string][]float32, error) {
	out := make(map[string][]float32, len(hashes))
	err := s.view(ctx, func(t *tx) error {
		for some := range slices.Chunk(hashes, vectorsAtOnce) {
			in, args := hashesIn(model, some)
			_, err := all(ctx, t, func(sc scanner) (struct{}, error) {
				var hash string
				var dim int
				var value []byte
				if err := sc.Scan(&hash, &dim, &value); err != nil {
					return struct{}{}, err
				}
				v, err := vectorFrom(value, dim)
				out[hash] = v
				return struct{}{}, err
			}, `SELECT hash, dim, value FROM vector WHERE model = $1 AND hash IN `+in, args...)
			if err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// PutVectors implements vector.Store.
func (s *Store) PutVectors(ctx context.Context, model string, vectors map[string][]float32) error {
	return s.update(ctx, func(t *tx) error {
		for hash, v := range vectors {
			_, err := t.exec(ctx, `INSERT INTO vector (model, hash, dim, value) VALUES ($1, $2, $3, $4)
				ON CONFLICT (model, hash) DO UPDATE SET dim = excluded.dim, value = excluded.value`,
				model, hash, len(v), bytesOf(v))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// PruneVectors implements vector.Store.
func (s *Store) PruneVectors(ctx context.Context, model string, keep []string) (deleted int, err error) {
	kept := make(map[string]bool, len(keep))
	for _, hash := range keep {
		kept[hash] = true
	}
	var others bool
	var stale []string
	err = s.view(ctx, func(t *tx) error {
		err := t.row(ctx, `SELECT EXISTS (SELECT 1 FROM vector WHERE model <> $1)`, model).Scan(&others)
		if err != nil {
			return err
		}
		stale, err = all(ctx, t, scanString, `SELECT hash FROM vector WHERE model = $1`, model)
		stale = slices.DeleteFunc(stale, func(hash string) bool { return kept[hash] })
		return err
	})
	if err != nil || !others && len(stale) == 0 {
		return 0, err // nothing to wait for the writers for
	}
	err = s.update(ctx, func(t *tx) error {
		deleted = len(stale)
		if _, err := t.exec(ctx, `DELETE FROM vector WHERE model <> $1`, model); err != nil {
			return err
		}
		for some := range slices.Chunk(stale, vectorsAtOnce) {
			in, args := hashesIn(model, some)
			if _, err := t.exec(ctx, `DELETE FROM vector WHERE model = $1 AND hash IN `+in, args...); err != nil {
				return err
			}
		}
		return nil
	})
	return deleted, err
}

// hashesIn returns the list for IN of a statement whose first argument is model,
// and all its arguments.
func hashesIn(model string, hashes []string) (string, []any) {
	args := []any{model}
	var in strings.Builder
	for i, hash := range hashes {
		args = append(args, hash)
		fmt.Fprintf(&in, ", $%d", i+2)
	}
	return "(" + strings.TrimPrefix(in.String(), ", ") + ")", args
}

func bytesOf(v []float32) []byte {
	out := make([]byte, 0, 4*len(v))
	for _, x := range v {
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(x))
	}
	return out
}

func vectorFrom(b []byte, dim int) ([]float32, error) {
	if len(b) != 4*dim {
		return nil, fmt.Errorf("store: a vector of dimension %d has %d bytes", dim, len(b))
	}
	out := make([]float32, dim)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return out, nil
}
