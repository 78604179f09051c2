// Package simulation plays a small city through the Bot API: fifty requesters, two
// agents of three stations and a supervisor act by chance, several at a time, while
// days pass, groups throw the bot out, people block it, messages are edited and
// updates come twice. Afterwards the store and what everybody saw are held against
// what was promised. It is tests only; LIAISON_SIM_SEED and -v show another city.
package simulation
