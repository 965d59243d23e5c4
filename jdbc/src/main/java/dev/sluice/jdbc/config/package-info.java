/**
 * Reads configuration from files, maps, URLs and the environment. Not exported. The text readers
 * ({@code Toml*}, {@code PropertiesText}, {@code DurationText} and their helpers) need nothing from
 * JDBC. This package knows neither the builder nor the configuration that receives the values.
 */
@NullMarked
package dev.sluice.jdbc.config;

import org.jspecify.annotations.NullMarked;
