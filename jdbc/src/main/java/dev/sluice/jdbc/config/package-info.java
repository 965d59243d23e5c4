/**
 * Configuration as text: reads files, maps, URLs and the environment, and says what they mean. Not
 * exported. The readers of text ({@code Toml*}, {@code PropertiesText}, {@code DurationText} and
 * their helpers) need nothing of JDBC; nothing here knows the builder or the configuration that the
 * values end up in.
 */
@NullMarked
package dev.sluice.jdbc.config;

import org.jspecify.annotations.NullMarked;
