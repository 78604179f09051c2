package web

// ChatOf is what the tests need to look at a visitor's chat in the store.
var ChatOf = chatOf
