package dev.sluice.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a URL says: where the database is, and settings that people write into URLs.
 *
 * @param jdbcUrl the URL for the driver, without what was taken out
 * @param found what was taken out: user, password, options of the pool ({@code sluice.} and its
 *     like), and properties for the driver under {@code driver.}
 */
record ParsedUrl(String jdbcUrl, List<Found> found) {
  /** Drops the blanks that stood before what was taken out. */
  ParsedUrl {
    jdbcUrl = jdbcUrl.strip();
  }

  private static final Pattern SCHEME = Pattern.compile("[a-z][a-z0-9+.-]*://");

  /** A setting in a URL. */
  record Found(String key, Object value) {
    /** Shows no value, for it may be a secret. */
    @Override
    public String toString() {
      return key;
    }
  }

  /** Reads a URL in the form of JDBC or of {@code DATABASE_URL}. */
  static ParsedUrl parse(String text) throws BadValue {
    String url = text.strip();
    String lower = url.toLowerCase(Locale.ROOT);
    if (lower.startsWith("jdbc:")) {
      return JdbcUrl.split(url).withoutAnother();
    }
    if (SCHEME.matcher(lower).lookingAt()) {
      return DatabaseUrl.parse(url).withoutAnother();
    }
    throw new BadValue("must begin with jdbc:, or with postgresql://, mysql:// or mariadb://");
  }

  private ParsedUrl withoutAnother() throws BadValue {
    for (Found one : found) {
      if (Binder.isUrl(one.key())) {
        throw new BadValue("must not name another URL");
      }
      if (Binder.isPlace(one.key())) {
        throw new BadValue(
            "must name scheme, host, port and database at their places, not among the options");
      }
    }
    return this;
  }

  /** What was taken out, as settings found there. */
  List<Setting> settings(String origin) {
    List<Setting> settings = new ArrayList<>();
    for (Found one : found) {
      settings.add(new Setting(one.key(), one.value(), origin + ": " + Printable.of(one.key())));
    }
    return settings;
  }

  /** Shows the URL as far as it may be shown. */
  @Override
  public String toString() {
    return JdbcUrl.display(jdbcUrl);
  }
}
