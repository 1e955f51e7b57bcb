/** From a command line to a running service: a builder and arguments go in, a process or one line of text comes out. */
package dev.caravan.launcher;
