package dev.sluice.proxy.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The values of settings under their types. */
abstract class SettingValues {
  private final EnumMap<Setting, Object> values;

  SettingValues(EnumMap<Setting, Object> values) {
    this.values = new EnumMap<>(values);
  }

  EnumMap<Setting, Object> values() {
    return new EnumMap<>(values);
  }

  @Nullable Object value(Setting setting) {
    return values.get(setting);
  }

  final @Nullable String show(Setting setting) {
    Object value = values.get(setting);
    if (value == null) {
      return null;
    }
    String shown = SettingType.show(value);
    return setting == Setting.AUTH_LDAP_OPTIONS ? LdapOptionsReader.shown(shown) : shown;
  }

  final Optional<String> text(Setting setting) {
    Object value = values.get(setting);
    return value == null || value.equals("") ? Optional.empty() : Optional.of((String) value);
  }

  final Optional<Path> path(Setting setting) {
    Optional<String> name = text(setting);
    return name.isPresent() ? Optional.of(Path.of(name.get())) : Optional.empty();
  }

  final List<String> list(Setting setting) {
    List<String> words = new ArrayList<>();
    for (String word : text(setting).orElse("").split(",", -1)) {
      if (!word.isBlank()) {
        words.add(word.strip());
      }
    }
    return List.copyOf(words);
  }

  final List<String> tlsProtocols(Setting setting) {
    try {
      return TlsVersions.parse(text(setting).orElse("secure"));
    } catch (BadValue e) {
      throw new IllegalStateException(setting + " was not checked", e);
    }
  }

  final boolean flag(Setting setting) {
    return integer(setting) != 0;
  }

  /** Negative numbers mean zero wherever they are legal. */
  final int number(Setting setting) {
    return Math.max(0, integer(setting));
  }

  final long unsigned(Setting setting) {
    return (long) required(setting);
  }

  final Duration duration(Setting setting) {
    return switch (setting.type()) {
      case WHOLE_SECONDS, PERIOD -> Duration.ofSeconds(number(setting));
      case MILLISECONDS -> Duration.ofMillis(number(setting));
      default -> (Duration) required(setting);
    };
  }

  final PoolMode poolMode(Setting setting) {
    return (PoolMode) required(setting);
  }

  final AuthType authType(Setting setting) {
    return (AuthType) required(setting);
  }

  final SslMode sslMode(Setting setting) {
    return (SslMode) required(setting);
  }

  private int integer(Setting setting) {
    Object value = values.get(setting);
    return value == null ? 0 : (int) value;
  }

  private Object required(Setting setting) {
    Object value = values.get(setting);
    if (value == null) {
      throw new IllegalStateException(setting + " has neither a value nor a default");
    }
    return value;
  }
}
