/** What the sidecar reads from PgBouncer's files: settings, databases, users and access rules. */
@NullMarked
package dev.sluice.proxy.config;

import org.jspecify.annotations.NullMarked;
