package dev.sluice.jdbc.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A parsed URL: the location of the database, and the settings in the URL.
 *
 * @param jdbcUrl the URL for the driver, without the settings that were taken out
 * @param found the settings that were taken out: user, password, options of the pool (under {@code
 *     sluice.} and similar prefixes), and properties for the driver under {@code driver.}
 */
public record ParsedUrl(String jdbcUrl, List<Found> found) {
  /** Drops spaces before the parts that were taken out. */
  public ParsedUrl {
    jdbcUrl = jdbcUrl.strip();
  }

  /** A setting in a URL. */
  public record Found(String key, Object value) {
    /** Shows no value, for it may be a secret. */
    @Override
    public String toString() {
      return key;
    }
  }

  /** Reads a URL in the form of JDBC or of {@code DATABASE_URL}. */
  public static ParsedUrl parse(String text, Vocabulary vocabulary) throws BadValue {
    String url = text.strip();
    String lower = url.toLowerCase(Locale.ROOT);
    if (lower.startsWith("jdbc:postgres:")) {
      throw new BadValue("begins with jdbc:postgres:; did you mean jdbc:postgresql:?");
    }
    if (lower.startsWith("jdbc:")) {
      return JdbcUrl.split(url).withoutAnother(vocabulary);
    }
    if (hasScheme(lower)) {
      return DatabaseUrl.parse(url, vocabulary).withoutAnother(vocabulary);
    }
    throw new BadValue(
        "must begin with jdbc:, or with postgresql://, mysql:// or mariadb://" + beginning(lower));
  }

  /** The first word of a URL, if it cannot be a secret. */
  private static String beginning(String lower) {
    String word = lower.substring(0, Math.max(0, lower.indexOf(':')));
    return Nearest.to(word, List.of("jdbc", "postgresql", "postgres", "mysql", "mariadb"))
        .map(meant -> "; did you mean " + meant + ":?")
        .orElse("");
  }

  /** Whether a URL begins with a scheme, such as {@code mysql://}. */
  private static boolean hasScheme(String lower) {
    int end = lower.indexOf("://");
    for (int i = 0; i < end; i++) {
      char c = lower.charAt(i);
      boolean letter = c >= 'a' && c <= 'z';
      if (!letter && (i == 0 || !((c >= '0' && c <= '9') || "+.-".indexOf(c) >= 0))) {
        return false;
      }
    }
    return end > 0;
  }

  private ParsedUrl withoutAnother(Vocabulary vocabulary) throws BadValue {
    for (Found one : found) {
      if (vocabulary.isUrl(one.key())) {
        throw new BadValue("must not name another URL");
      }
      if (vocabulary.isPlace(one.key())) {
        throw new BadValue(
            "must name scheme, host, port and database in their places, not as options");
      }
    }
    return this;
  }

  /** The settings that were taken out. */
  public List<Setting> settings(String place) {
    List<Setting> settings = new ArrayList<>();
    for (Found one : found) {
      settings.add(new Setting(one.key(), one.value(), place, one.key()));
    }
    return settings;
  }

  /** Shows the harmless parts of the URL. */
  @Override
  public String toString() {
    return UrlDisplay.display(jdbcUrl);
  }
}
