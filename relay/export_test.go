package relay

// Brought is the number of messages whose files are remembered.
func (r *Relay) Brought() int {
	r.brought.mu.Lock()
	defer r.brought.mu.Unlock()
	return len(r.brought.files)
}

// Unnoted is the number of parts that were delivered and not noted.
func (r *Relay) Unnoted() int {
	r.unnoted.mu.Lock()
	defer r.unnoted.mu.Unlock()
	return len(r.unnoted.parts)
}

// Rescan is how often a pump looks for work that nobody announced.
const Rescan = rescan
