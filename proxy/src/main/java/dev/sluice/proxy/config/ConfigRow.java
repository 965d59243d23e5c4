package dev.sluice.proxy.config;

import org.jspecify.annotations.Nullable;

/**
 * A row of {@code SHOW CONFIG}.
 *
 * @param key the setting
 * @param value its value; null (SQL's NULL) if it is unset and has no default
 * @param defaultValue its default; null if it has none
 * @param changeable whether a reload or SET can change it
 */
public record ConfigRow(
    String key, @Nullable String value, @Nullable String defaultValue, boolean changeable) {}
