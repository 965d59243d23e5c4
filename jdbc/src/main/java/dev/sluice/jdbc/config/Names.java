package dev.sluice.jdbc.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** All names that have a meaning for the pool: Sluice's, its peers', and parts of a URL. */
public final class Names implements Vocabulary {
  /** The only instance; it loads the options at the first question. */
  public static final Names INSTANCE = new Names();

  /** The parts of a URL. */
  static final List<String> PLACE = List.of("host", "port", "database", "scheme");

  private Names() {}

  /** The names of all options, Sluice's and its peers', as they are written. */
  public static List<String> all() {
    List<String> all = new ArrayList<>();
    for (Option option : Option.values()) {
      all.add(option.key());
    }
    for (Alias alias : Aliases.ALL) {
      all.add(alias.name());
    }
    return all;
  }

  @Override
  public boolean knows(String key) {
    return special(key) != null || Option.find(key) != null || Aliases.find(key) != null;
  }

  @Override
  public boolean isUrl(String key) {
    Alias alias = Aliases.find(key);
    return Option.find(key) == Option.URL || (alias != null && alias.option() == Option.URL);
  }

  @Override
  public boolean isPlace(String key) {
    String special = special(key);
    return special != null && PLACE.contains(special);
  }

  /** A name that has a meaning only together with others; null if the key is not such a name. */
  static @Nullable String special(String key) {
    return switch (KeyStyle.squeeze(key)) {
      case "host" -> "host";
      case "port" -> "port";
      case "database", "dbname" -> "database";
      case "scheme" -> "scheme";
      default -> null;
    };
  }

  /**
   * Suggests the nearest known option, in the style of the key: {@code "; did you mean max_size?"}.
   */
  static String didYouMean(Setting setting) {
    List<String> names = new ArrayList<>();
    for (Option option : Option.values()) {
      names.add(KeyStyle.squeeze(option.key()));
    }
    for (Alias alias : Aliases.ALL) {
      if (alias.option() != null) {
        names.add(KeyStyle.squeeze(alias.name()));
      }
    }
    String nearest = Nearest.to(KeyStyle.squeeze(setting.key()), names).orElse(null);
    return nearest == null
        ? "; docs/configuration.md lists the options"
        : "; did you mean " + KeyStyle.like(setting.spelled(), display(nearest)) + "?";
  }

  /** The Sluice option that a driver key is almost equal to; null if there is none. */
  public static @Nullable String slip(String key) {
    String word = KeyStyle.squeeze(key);
    if (word.length() <= 5) {
      return null;
    }
    List<String> names = new ArrayList<>();
    for (Option option : Option.values()) {
      names.add(KeyStyle.squeeze(option.key()));
    }
    String nearest = Nearest.to(word, names).orElse(null);
    return nearest == null || Nearest.slips(word, nearest) > 2
        ? null
        : KeyStyle.like(key, Objects.requireNonNull(Option.find(nearest)).key());
  }

  /** The engine option with this name, which no driver uses; null if there is none. */
  public static @Nullable String ofPool(String key) {
    Option option = Option.find(key);
    return option == null
            || option.group() == OptionGroup.DATABASE
            || option.group() == OptionGroup.SESSION
            || option == Option.QUERY_TIMEOUT
        ? null
        : option.key();
  }

  private static String display(String squeezed) {
    Option option = Option.find(squeezed);
    return option != null ? option.key() : Objects.requireNonNull(Aliases.find(squeezed)).name();
  }
}
