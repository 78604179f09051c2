package main

import "time"

// wallClock tells the time to all that keeps it or compares it with times that are
// kept. It is set right now and then. What is measured in memory, such as limits and
// leases, goes by time.Now, whose monotonic reading no such step moves.
var wallClock = time.Now
