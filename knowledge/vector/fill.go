package vector

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"
)

const (
	batchTime = time.Minute // that the endpoint may take for a batch
	loaded    = 500         // how many vectors are read from the store at once
	shortest  = 64          // a text that is rejected is cut down to no fewer characters
)

// hashOf names a text in the store.
func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}

// text is one of the given texts, without its words.
type text struct {
	at   int
	unit string
	hash string
}

// Load takes over the vectors of the given texts that the store has, and has none
// made. It must not be called while Run is running.
func (k *Keeper) Load(ctx context.Context) error {
	if t, _ := k.given(); t != nil {
		_, _, err := k.load(ctx, t)
		return err
	}
	return nil
}

// load makes t current: with the vectors that the ones before it had, and those of
// the store. It returns the texts that have none, and the hashes of all.
func (k *Keeper) load(ctx context.Context, t Texts) (missing []text, hashes []string, err error) {
	old := k.current.Load()
	next := flat{dim: old.dim}
	if k.dim != 0 && k.dim != old.dim {
		next.dim, k.rows = k.dim, nil
	}
	rows := make(map[string]int, len(k.rows))
	for i := range t.Passages() {
		unit, words := t.Passage(i)
		m := text{i, unit, hashOf(words)}
		hashes = append(hashes, m.hash)
		if row, ok := k.rows[m.hash]; ok {
			rows[m.hash] = next.len()
			next = next.add(unit, code{old.row(row), old.scales[row], old.sums[row]})
		} else if !k.refused[m.hash] {
			missing = append(missing, m)
		}
	}
	for wanted := range slices.Chunk(missing, loaded) {
		var ask []string
		for _, m := range wanted {
			ask = append(ask, m.hash)
		}
		have, err := k.Store.Vectors(ctx, k.Model, ask)
		if err != nil {
			return nil, nil, err
		}
		for _, m := range wanted {
			v := have[m.hash]
			if next.dim == 0 {
				next.dim = len(v)
			}
			if len(v) != next.dim || len(v) == 0 {
				delete(have, m.hash)
			} else if c, ok := encode(v); ok {
				rows[m.hash] = next.len()
				next = next.add(m.unit, c)
			}
		}
		for i := range wanted {
			if _, ok := have[wanted[i].hash]; ok {
				wanted[i].hash = "" // found
			}
		}
	}
	missing = slices.DeleteFunc(missing, func(m text) bool { return m.hash == "" })
	k.rows = rows
	k.current.Store(&next)
	k.missing.Store(int64(len(missing)))
	return missing, hashes, nil
}

// fill makes the vectors that are missing, keeps them, and deletes those that are
// of no use any more.
func (k *Keeper) fill(ctx context.Context) error {
	t, set := k.given()
	if t == nil {
		return nil
	}
	if k.doubted.Swap(false) {
		if err := k.check(ctx, t); err != nil {
			k.doubted.Store(true)
			return err
		}
	}
	missing, hashes, err := k.load(ctx, t)
	if err != nil {
		return err
	}
	if len(missing) > 0 {
		k.Logger.InfoContext(ctx, "making vectors", "missing", len(missing), "there", k.current.Load().len())
	}
	for len(missing) > 0 {
		if _, now := k.given(); now != set {
			return nil // Set has roused us
		}
		batch := missing[:min(k.size, len(missing))]
		if err := k.add(ctx, t, batch); err != nil {
			return err
		}
		missing = missing[len(batch):]
		k.missing.Store(int64(len(missing)))
		if len(missing) == 0 {
			k.Logger.InfoContext(ctx, "all vectors are there", "vectors", k.current.Load().len(), "refused", len(k.refused))
		}
	}
	deleted, err := k.Store.PruneVectors(ctx, k.Model, hashes)
	if deleted > 0 {
		k.Logger.InfoContext(ctx, "vectors of old texts deleted", "vectors", deleted)
	}
	return err
}

// check asks for one vector anew, and has all made again if its dimension is
// another than theirs.
func (k *Keeper) check(ctx context.Context, t Texts) error {
	if t.Passages() == 0 {
		return nil
	}
	_, words := t.Passage(0)
	vectors, err := k.embed(ctx, []string{words})
	if err == nil && vectors[0] != nil {
		k.dim = len(vectors[0])
	}
	return err
}

// add has the vectors of batch made and keeps them.
func (k *Keeper) add(ctx context.Context, t Texts, batch []text) error {
	words := make([]string, len(batch))
	for i, m := range batch {
		_, words[i] = t.Passage(m.at)
	}
	vectors, err := k.embed(ctx, words)
	if err != nil {
		return err
	}
	kept := make(map[string][]float32, len(batch))
	for i, m := range batch {
		if vectors[i] == nil {
			k.refused[m.hash] = true
		} else {
			kept[m.hash] = vectors[i]
		}
	}
	if len(kept) == 0 && len(batch) > 1 {
		clear(k.refused) // it is not the texts
		return fmt.Errorf("%w, all of a batch", ErrRejected)
	}
	if err := k.Store.PutVectors(ctx, k.Model, kept); err != nil {
		return err
	}
	next := *k.current.Load()
	for _, v := range kept {
		if next.len() == 0 {
			next.dim = len(v)
		}
		if len(v) != next.dim {
			k.dim = len(v)
			return ErrDimension
		}
	}
	for _, m := range batch {
		if c, ok := encode(kept[m.hash]); ok {
			k.rows[m.hash] = next.len()
			next = next.add(m.unit, c)
		}
	}
	k.current.Store(&next)
	return nil
}

// embed returns the vector of each text, nil for a text that the endpoint does not
// take however short. When it rejects several, they are sent in two halves; a
// single one is cut down.
func (k *Keeper) embed(ctx context.Context, texts []string) ([][]float32, error) {
	limited, cancel := context.WithTimeout(ctx, batchTime)
	out, err := k.Embedder.Embed(limited, texts)
	cancel()
	switch {
	case err == nil && len(out) == len(texts):
		k.worked = true
		return out, nil
	case err == nil:
		return nil, fmt.Errorf("vector: %d vectors of %d texts", len(out), len(texts))
	case !errors.Is(err, ErrRejected):
		return nil, err
	case len(texts) > 1:
		k.rejections++
		before := k.rejections
		half := (len(texts) + 1) / 2
		first, err := k.embed(ctx, texts[:half])
		if err != nil {
			return nil, err
		}
		second, err := k.embed(ctx, texts[half:])
		if k.rejections == before { // there were too many, none too long
			k.size = half
		}
		return append(first, second...), err
	}
	k.rejections++
	if r := []rune(texts[0]); len(r) > shortest {
		return k.embed(ctx, []string{string(r[:max(shortest, len(r)/2)])})
	}
	if !k.worked { // then it is hardly this text
		return nil, err
	}
	return [][]float32{nil}, nil
}
