package dev.sluice.spring.boot;

import static dev.sluice.spring.boot.Keys.squeeze;

import dev.sluice.jdbc.SluiceBuilder;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.core.env.Environment;

/**
 * Reads {@code spring.datasource.hikari.*}. An application that ran with HikariCP must run on, so
 * what Sluice cannot do is a warning. {@link SluiceBuilder#settings} translates the rest.
 */
final class HikariKeys {
  static final String PREFIX = "spring.datasource.hikari";

  /** What Sluice takes at most; applications write Long.MAX_VALUE for ever. */
  private static final BigInteger LONGEST_MS = BigInteger.valueOf(Duration.ofDays(3650).toMillis());

  private static final int LONGEST_NAME = 100;
  private static final String NAMES_A_CLASS = "it names a class for HikariCP; declare a bean of ";

  /** The keys that have no effect, with the reason, beside those that {@code sluice-jdbc} knows. */
  private static final Map<String, String> WITHOUT_EFFECT =
      Map.of(
          "exceptionoverrideclassname", NAMES_A_CLASS + "ErrorClassifier",
          "exceptionoverride", NAMES_A_CLASS + "ErrorClassifier",
          "credentialsproviderclassname", NAMES_A_CLASS + "CredentialsSource",
          "credentialsprovider", NAMES_A_CLASS + "CredentialsSource",
          "credentials", "give username and password, or declare a bean of CredentialsSource",
          "datasource", "declare a bean of SluiceBuilderCustomizer that sets the data source",
          "healthcheckproperties", "the health indicator db asks the pool itself");

  /** The keys that say where the database is and who logs in. */
  private static final Set<String> LOCATION =
      Set.of("jdbcurl", "username", "password", "driverclassname");

  /** The keys that name a data source in place of a URL. */
  private static final Set<String> SOURCE = Set.of("datasourceclassname", "datasourcejndi");

  /** The keys that have no meaning beside a data source. */
  private static final Set<String> OF_DRIVER =
      Set.of("jdbcurl", "driverclassname", "datasourceproperties");

  private final Map<String, String> keys;

  private HikariKeys(Map<String, String> keys) {
    this.keys = keys;
  }

  /** The keys of the application. */
  static HikariKeys of(Environment environment) {
    return new HikariKeys(Keys.under(environment, PREFIX));
  }

  /** These keys without those that say where the database is and who logs in. */
  HikariKeys withoutLocation() {
    Map<String, String> rest = new LinkedHashMap<>(keys);
    rest.keySet().removeIf(key -> LOCATION.contains(word(key)) || SOURCE.contains(word(key)));
    return new HikariKeys(rest);
  }

  /** The data source that the keys name in place of a URL. */
  NamedDataSource dataSource() {
    Map<String, String> properties = new LinkedHashMap<>();
    keys.forEach(
        (key, value) -> {
          int dot = key.indexOf('.');
          if (dot > 0 && word(key).equals("datasourceproperties")) {
            properties.put(key.substring(dot + 1), value);
          }
        });
    return new NamedDataSource(find("datasourceclassname"), find("datasourcejndi"), properties);
  }

  /** Whether a key is given, by its name in lower case without separators. */
  boolean has(String word) {
    return !find(word).isEmpty();
  }

  private String find(String word) {
    for (Map.Entry<String, String> entry : keys.entrySet()) {
      if (word(entry.getKey()).equals(word)) {
        return entry.getValue();
      }
    }
    return "";
  }

  private static String word(String key) {
    int dot = key.indexOf('.');
    return squeeze(dot < 0 ? key : key.substring(0, dot));
  }

  /**
   * Applies the keys to the pool's options. The pool itself warns of the keys that {@code
   * sluice-jdbc} knows to have no effect.
   *
   * @return a warning for each of the others
   */
  List<String> applyTo(SluiceBuilder builder) {
    boolean fromSource = dataSource().isGiven();
    Map<String, String> known = new LinkedHashMap<>();
    Map<String, String> useless = new LinkedHashMap<>();
    keys.forEach(
        (key, value) -> {
          String word = word(key);
          if (WITHOUT_EFFECT.containsKey(word)) {
            useless.putIfAbsent(word, key.substring(0, (key + ".").indexOf('.')));
          } else if (word.equals("logintimeout")) {
            openTimeout(builder, key, value);
          } else if (!SOURCE.contains(word) && !(fromSource && OF_DRIVER.contains(word))) {
            known.put(PREFIX + "." + key, fitted(word, value.strip()));
          }
        });
    builder.settings(known, PREFIX);
    List<String> warnings = new ArrayList<>();
    useless.forEach(
        (word, key) ->
            warnings.add(PREFIX + "." + key + " has no effect: " + WITHOUT_EFFECT.get(word)));
    return warnings;
  }

  /** In HikariCP a positive login timeout limits each attempt to connect, in seconds. */
  private static void openTimeout(SluiceBuilder builder, String key, String value) {
    try {
      int seconds = Integer.parseInt(value.strip());
      if (seconds > 0) {
        builder.openTimeout(Duration.ofSeconds(seconds));
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          PREFIX + "." + key + " = \"" + value + "\" must be a whole number of seconds", e);
    }
  }

  /** A value that Sluice takes, where HikariCP takes a greater one. */
  private static String fitted(String word, String value) {
    if (word.equals("poolname")) {
      return value.substring(0, Math.min(value.length(), LONGEST_NAME));
    }
    boolean isTime =
        word.endsWith("timeout")
            || word.endsWith("time")
            || word.endsWith("threshold")
            || word.equals("maxlifetime");
    boolean isLong = value.length() > 12 && value.chars().allMatch(Character::isDigit);
    return isTime && isLong ? new BigInteger(value).min(LONGEST_MS).toString() : value;
  }
}
