# shellcheck shell=bash
# Shell functions shared by the scripts beside this file. Sourced, not run.

# run_group COMMAND... runs a command as a process group of its own and returns
# its status. On INT or TERM the whole group is told to end, and the status is
# that of an interrupted command. Without this, a signal sent to a script
# waits until its command has ended by itself.
#
# A shell function stops at its first failing line, but only if this is not
# called in a condition: there bash ignores set -e, also further down.
run_group() {
	local group status=0
	set -m
	(
		set -e
		"$@"
	) &
	group=$!
	set +m
	# shellcheck disable=SC2064 # the group of this call is meant
	trap "kill -TERM -- -$group 2>/dev/null || true" INT TERM
	wait "$group" || status=$?
	while kill -0 "$group" 2>/dev/null; do # a trap ends wait early
		wait "$group" || status=$?
	done
	trap - INT TERM
	return "$status"
}
