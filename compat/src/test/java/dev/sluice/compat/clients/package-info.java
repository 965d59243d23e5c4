/** Clients of PostgreSQL that others wrote, in front of the sidecar. */
package dev.sluice.compat.clients;
