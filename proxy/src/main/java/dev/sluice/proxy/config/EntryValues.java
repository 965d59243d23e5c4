package dev.sluice.proxy.config;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The values of one entry under their types. */
final class EntryValues {
  static final EntryValues NONE = new EntryValues(Map.of());

  private final Map<EntryKey, Object> values;

  EntryValues(Map<EntryKey, Object> values) {
    EnumMap<EntryKey, Object> copy = new EnumMap<>(EntryKey.class);
    copy.putAll(values);
    this.values = copy;
  }

  Optional<String> text(EntryKey key) {
    return Optional.ofNullable((String) values.get(key));
  }

  Optional<Secret> secret(EntryKey key) {
    return Optional.ofNullable((Secret) values.get(key));
  }

  /** A negative limit counts as unset. */
  OptionalInt limit(EntryKey key) {
    Object value = values.get(key);
    return value == null || (int) value < 0 ? OptionalInt.empty() : OptionalInt.of((int) value);
  }

  Optional<Duration> seconds(EntryKey key) {
    return Optional.ofNullable((Duration) values.get(key));
  }

  Optional<PoolMode> poolMode() {
    return Optional.ofNullable((PoolMode) values.get(EntryKey.POOL_MODE));
  }

  Optional<LoadBalanceHosts> loadBalanceHosts() {
    return Optional.ofNullable((LoadBalanceHosts) values.get(EntryKey.LOAD_BALANCE_HOSTS));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EntryValues entry && values.equals(entry.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  /** Shows the values as the file has them, with {@code ***} for a password. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    values.forEach(
        (key, value) ->
            text.append(text.isEmpty() ? "" : " ")
                .append(key.key())
                .append('=')
                .append(value instanceof Secret ? value : SettingType.show(value)));
    return text.toString();
  }
}
