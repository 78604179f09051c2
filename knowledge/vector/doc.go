// Package vector finds texts by meaning. A Keeper has the vector of each text made
// by an embedding endpoint, keeps it in a database, and compares a question's
// vector with all of them.
//
// Vectors are compared one by one: an index that skips some would need building
// and tuning, and forgets answers, while 100,000 vectors of 1,024 numbers take a
// few hundredths of a second (BenchmarkNearest).
package vector
