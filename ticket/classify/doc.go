// Package classify learns from labelled texts to which label a new text belongs:
// from messages and the department that solved them, where the next one should
// go. It is a linear support vector machine over character n-grams, in plain Go,
// small enough to be trained at start and simple enough to say which words
// spoke for a label. Training is deterministic; README.md has the figures.
package classify
