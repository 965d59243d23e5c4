package dev.sluice.jdbc;

import dev.sluice.jdbc.config.BadValue;
import dev.sluice.jdbc.config.DurationText;
import dev.sluice.jdbc.config.Option;
import dev.sluice.jdbc.config.UnreadableText;
import dev.sluice.pool.Overload;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the targets have in common: what must hold of every configuration and of every refusal. */
public final class Fuzz {
  /** A password to look for in all that is shown. No input holds it, for {@link #text} drops it. */
  public static final String CANARY = "c4n4ry-s3cr3t";

  /** More than any one problem needs, whatever is in it. */
  private static final int LONGEST_PROBLEM = 2_000;

  private Fuzz() {}

  /** What Jazzer thought of, as text. */
  public static String text(byte[] data) {
    return new String(data, StandardCharsets.UTF_8).replace(CANARY, "");
  }

  /** Builds what is configured; null if it is refused as it should be. */
  public static @Nullable SluiceConfig configured(SluiceBuilder builder) {
    try {
      SluiceConfig config = builder.toConfig();
      holds(config);
      return config;
    } catch (SluiceConfigException e) {
      refused(e);
      return null;
    }
  }

  /** What is built survives its builder, and being written down; and it shows no secret. */
  public static void holds(SluiceConfig config) {
    String shown = config.toString();
    hidden(shown);
    hidden(config.displayUrl());
    config.warnings().forEach(Fuzz::hidden);
    require(config.toBuilder().toConfig().toString().equals(shown), "the builder's copy");
    SluiceConfig again = Sluice.from(written(config)).toConfig();
    for (Option option : Option.values()) {
      Object before = OptionValues.get(config, option);
      Object after = OptionValues.get(again, option);
      require(Objects.equals(before, after), option.key());
    }
    require(config.driverProperties().equals(again.driverProperties()), "driver properties");
  }

  /** A refusal names what it is about, on printable lines of bounded length, and no secret. */
  public static void refused(SluiceConfigException e) {
    require(!e.problems().isEmpty(), "a problem");
    hidden(e.getMessage());
    for (String problem : e.problems()) {
      require(problem.length() > 8 && problem.length() < LONGEST_PROBLEM, problem);
      require(problem.codePoints().noneMatch(Fuzz::isUnprintable), problem);
    }
  }

  /** As {@link #refused(SluiceConfigException)}. */
  public static void refused(UnreadableText e) {
    refused(new SluiceConfigException(String.valueOf(e.getMessage()), e));
  }

  /** As {@link #refused(SluiceConfigException)}, of a value. */
  public static void refused(BadValue e) {
    require(e.reason().length() > 8 && e.reason().length() < LONGEST_PROBLEM, e.reason());
    require(e.reason().codePoints().noneMatch(Fuzz::isUnprintable), e.reason());
    hidden(e.reason());
  }

  /** Surrogates that are code points are halves of a character: text that was cut badly. */
  private static boolean isUnprintable(int c) {
    return Character.isISOControl(c) || (c >= Character.MIN_SURROGATE && c <= 0xdfff);
  }

  public static void hidden(String shown) {
    require(!shown.contains(CANARY), "the secret hidden");
  }

  /** A configuration as settings, in text. */
  public static Map<String, Object> written(SluiceConfig config) {
    Map<String, Object> settings = new LinkedHashMap<>();
    for (Option option : Option.values()) {
      Object value = OptionValues.get(config, option);
      if (value != null && !value.equals(List.of())) {
        settings.put(option.key(), written(value));
      }
    }
    config.driverProperties().forEach((name, value) -> settings.put("driver." + name, value));
    return settings;
  }

  /** A value as the option that has it would be written. */
  public static Object written(Object value) {
    if (value instanceof Duration duration) {
      return DurationText.format(duration);
    }
    if (value instanceof Secret secret) {
      return secret.reveal();
    }
    if (value instanceof Overload overload) {
      return written(overload.target()) + "/" + written(overload.interval());
    }
    if (value instanceof ResetPolicy policy) {
      return policy.statements().isEmpty() ? policy.level().name() : policy.statements();
    }
    return value instanceof List<?> ? value : value.toString();
  }

  /** Plain, for Jazzer instruments whatever is loaded. */
  public static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError("does not hold: " + what);
    }
  }
}
