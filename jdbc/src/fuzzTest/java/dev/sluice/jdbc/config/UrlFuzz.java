package dev.sluice.jdbc.config;

import static dev.sluice.jdbc.Fuzz.CANARY;
import static dev.sluice.jdbc.Fuzz.require;

import dev.sluice.jdbc.Fuzz;
import dev.sluice.jdbc.Secret;
import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceConfig;
import dev.sluice.jdbc.SluiceConfigException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * URLs of JDBC and in the form of {@code DATABASE_URL}: out of a text all is taken that can be, or
 * it is refused; what was encoded comes back as it was; and wherever in a URL a password stands,
 * encoded or not, it is not shown.
 */
public final class UrlFuzz {
  /** Where a password may stand unencoded. */
  private static final List<String> PLACES =
      List.of(
          "postgresql://u:%s@h/db",
          "mysql://:%s@h/db?x=y",
          "postgresql://h/db?user=u&password=%s",
          "postgresql://h/db?sslpassword=%s&application_name=x",
          "jdbc:postgresql://h/db?password=%s",
          "jdbc:postgresql://h/db?sslpassword=%s&ssl=true",
          "jdbc:postgresql://u:%s@h/db",
          "jdbc:mysql://u:%s@h/db?x=y",
          "jdbc:mysql://address=(host=h)(user=u)(password=%s)/db",
          "jdbc:mysql://u:%s@h1,u:x@h2/db",
          "jdbc:mariadb://h/db?password=%s",
          "jdbc:h2:mem:x;USER=u;PASSWORD=%s",
          "jdbc:sqlserver://h;databaseName=d;password=%s;encrypt=true",
          "jdbc:sqlserver://h;password={%s}",
          "jdbc:oracle:thin:u/%s@h:1:s",
          "jdbc:oracle:thin:u/\"%s\"@//h:1/s",
          "jdbc:db2://h:1/db:user=u;password=%s;",
          "jdbc:sybase:Tds:h:1/db?PASSWORD=%s",
          "jdbc:other:thing?secret=%s",
          "jdbc:other:thing;%s");

  /** What PostgreSQL's clients call otherwise than its driver. */
  private static final Set<String> RENAMED =
      Set.of(
          "application_name",
          "connect_timeout",
          "channel_binding",
          "gssencmode",
          "keepalives",
          "target_session_attrs");

  private UrlFuzz() {}

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(byte[] data) {
    check(Fuzz.text(data));
  }

  /** Checks what must hold of a text. */
  public static void check(String text) {
    parsed(text);
    String[] parts = text.split("\n", -1);
    String first = parts[0];
    String second = parts.length > 1 ? parts[1] : first;
    // One thing each time, or the time for one input would be too long.
    int length = text.length();
    switch (length % 3) {
      case 0 -> configured(text);
      case 1 -> unencoded(PLACES.get(length / 3 % PLACES.size()).replace("%s", CANARY + text));
      // A password of which any part stands anywhere behind the user's name.
      default -> configured("postgresql://u:" + first + CANARY + second + "@h/db");
    }
    if (text.indexOf('\0') < 0) {
      login(length % 6, first, CANARY + second, parts.length > 2 ? parts[2] : "db");
      driverProperty(parts.length > 3 ? parts[3] : first, second);
    }
  }

  /** Reading again what was read finds nothing more and changes nothing. */
  private static void parsed(String text) {
    try {
      ParsedUrl parsed = ParsedUrl.parse(text, Names.INSTANCE);
      require(parsed.jdbcUrl().regionMatches(true, 0, "jdbc:", 0, 5), "a JDBC URL");
      ParsedUrl again = ParsedUrl.parse(parsed.jdbcUrl(), Names.INSTANCE);
      require(again.jdbcUrl().equals(parsed.jdbcUrl()), again.jdbcUrl());
      require(again.found().isEmpty(), again.found().toString());
    } catch (BadValue e) {
      Fuzz.refused(e);
    }
    // What cannot be printed takes six characters.
    require(UrlDisplay.display(text).length() <= 6 * text.length() + 8, "a short display");
  }

  /** A URL alone, and a URL among settings, are the same. */
  private static void configured(String url) {
    SluiceConfig alone = null;
    try {
      alone = Fuzz.configured(Sluice.dataSource(url));
    } catch (SluiceConfigException e) {
      Fuzz.refused(e);
    }
    try {
      SluiceConfig among = Sluice.from(Map.of("url", url)).toConfig();
      require(alone != null && alone.toString().equals(among.toString()), "the same alone");
      require(among.url().equals(alone.url()), "the same URL");
    } catch (SluiceConfigException e) {
      Fuzz.refused(e);
      require(alone == null, "the same among settings");
    }
  }

  /** A password, as its database would understand it or not. */
  private static void unencoded(String url) {
    Fuzz.hidden(UrlDisplay.display(url));
    configured(url);
  }

  /** A login, encoded as each form wants it, comes back, and does not stay in the URL. */
  private static void login(int form, String user, String password, String database) {
    String u = PercentCode.encode(user);
    String p = PercentCode.encode(password);
    String d = PercentCode.encode(database);
    switch (form) {
      case 0 ->
          is(
              "postgresql://" + u + ":" + p + "@h:1/" + d,
              user,
              password,
              "jdbc:postgresql://h:1/" + d);
      case 1 ->
          is(
              "mysql://h/" + d + "?user=" + u + "&password=" + p,
              user,
              password,
              "jdbc:mysql://h/" + d);
      case 2 ->
          is(
              "jdbc:postgresql://h/" + d + "?user=" + u + "&ssl=true&password=" + p,
              user,
              password,
              "jdbc:postgresql://h/" + d + "?ssl=true");
      case 3 ->
          is("jdbc:mysql://" + u + ":" + p + "@h/" + d, user, password, "jdbc:mysql://h/" + d);
      case 4 -> sqlServer(user, password);
      default -> h2(user, password);
    }
  }

  private static void sqlServer(String user, String password) {
    if ((user + password).matches("[^\r\n]*")) {
      is(
          "jdbc:sqlserver://h;password=" + braced(password) + ";a=b;user=" + braced(user),
          user,
          password,
          "jdbc:sqlserver://h;a=b");
    }
  }

  private static String braced(String text) {
    return "{" + text.replace("}", "}}") + "}";
  }

  private static void h2(String user, String password) {
    // What is behind a backslash is left to the driver.
    if ((user + password).matches("[^\r\n;\\\\]*")) {
      is(
          "jdbc:h2:mem:x;PASSWORD=" + password + ";USER=" + user + ";A=1",
          user,
          password,
          "jdbc:h2:mem:x;A=1");
    }
  }

  private static void is(String url, String user, String password, String jdbcUrl) {
    SluiceConfig config = Sluice.dataSource(url).toConfig();
    String found = config.user() == null ? "" : config.user();
    require(found.equals(user), "the user of " + url);
    require(Secret.of(password).equals(config.password()), "the password of " + url);
    require(jdbcUrl.equals(config.url()), "the rest of " + url + ", " + config.url());
  }

  /** What is not Sluice's goes to the driver as it was meant. */
  private static void driverProperty(String name, String value) {
    boolean own = Names.INSTANCE.knows(name) || name.toLowerCase(Locale.ROOT).startsWith("sluice.");
    if (name.isEmpty() || own || RENAMED.contains(name)) {
      return;
    }
    String option = PercentCode.encode(name) + "=" + PercentCode.encode(value);
    SluiceConfig config = Sluice.dataSource("postgresql://h/db?" + option).toConfig();
    require(Map.of(name, Secret.of(value)).equals(config.driverProperties()), option);
  }
}
