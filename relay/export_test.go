package relay

// Brought is the number of messages whose files are remembered.
func (r *Relay) Brought() int {
	r.brought.mu.Lock()
	defer r.brought.mu.Unlock()
	return len(r.brought.files)
}

// Rescan is how often a pump looks for work that nobody announced.
const Rescan = rescan
