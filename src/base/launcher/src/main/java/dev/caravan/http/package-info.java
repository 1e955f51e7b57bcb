/** What the HTTP server of each application does not do for a client: wait for long, read without end. */
package dev.caravan.http;
