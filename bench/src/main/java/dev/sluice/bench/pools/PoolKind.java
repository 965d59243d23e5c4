package dev.sluice.bench.pools;

import dev.sluice.bench.stub.StubServer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The pools that can be compared. */
public enum PoolKind {
  /** Sluice as it is by default. */
  SLUICE("sluice", "Sluice", "dev.sluice.jdbc.SluiceDataSource"),
  /** Sluice with leak detection. */
  SLUICE_LEAKS("sluice+leaks", "Sluice, leaks", "dev.sluice.jdbc.SluiceDataSource"),
  /** Sluice with leak detection and a listener that hears of every acquisition and release. */
  SLUICE_LISTENER(
      "sluice+listener", "Sluice, leaks and listener", "dev.sluice.jdbc.SluiceDataSource"),
  /** HikariCP. */
  HIKARI("hikari", "HikariCP", "com.zaxxer.hikari.HikariDataSource"),
  /** Agroal. */
  AGROAL("agroal", "Agroal", "io.agroal.pool.DataSource"),
  /** BeeCP. */
  BEE("beecp", "BeeCP", "org.stone.beecp.BeeDataSource"),
  /** Druid. */
  DRUID("druid", "Druid", "com.alibaba.druid.pool.DruidDataSource"),
  /** Tomcat JDBC. */
  TOMCAT("tomcat", "Tomcat JDBC", "org.apache.tomcat.jdbc.pool.DataSource"),
  /** Vibur. */
  VIBUR("vibur", "Vibur", "org.vibur.dbcp.ViburDBCPDataSource"),
  /** Apache Commons DBCP. */
  DBCP("dbcp2", "DBCP2", "org.apache.commons.dbcp2.BasicDataSource"),
  /** c3p0. */
  C3P0("c3p0", "c3p0", "com.mchange.v2.c3p0.ComboPooledDataSource");

  private static final Duration FILL_PATIENCE = Duration.ofSeconds(10);

  private static final Pattern JAR_VERSION = Pattern.compile("-(\\d[^/]*)\\.jar$");

  private final String key;
  private final String title;
  private final String mainClass;

  PoolKind(String key, String title, String mainClass) {
    this.key = key;
    this.title = title;
    this.mainClass = mainClass;
  }

  /** The name on the command line. */
  public String key() {
    return key;
  }

  /** Whether it is Sluice with something switched on that others do not have on either. */
  public boolean isVariant() {
    return this == SLUICE_LEAKS || this == SLUICE_LISTENER;
  }

  /** The name in tables. */
  public String title() {
    return title;
  }

  /**
   * Opens a pool of this kind; only then are its classes loaded. On the stub driver it waits until
   * the minimum is open, which some pools do in the background.
   */
  public OpenPool open(PoolShape shape) throws Exception {
    long before = StubServer.alive();
    OpenPool open = Peers.open(key, shape);
    if (shape.target().equals(Target.STUB)) {
      awaitFilled(open, before + shape.minSize());
    }
    return open;
  }

  private void awaitFilled(OpenPool open, long expected) throws Exception {
    if (!Conditions.await(() -> StubServer.alive() >= expected, FILL_PATIENCE)) {
      open.close();
      throw new IllegalStateException(
          "%s has not opened its minimum after %s".formatted(title, FILL_PATIENCE));
    }
  }

  /** The name in tables with the version under test, where the name of its jar tells it. */
  public String titleAndVersion() {
    return version().map(version -> title + " " + version).orElse(title);
  }

  private Optional<String> version() {
    try {
      Class<?> type = Class.forName(mainClass, false, PoolKind.class.getClassLoader());
      Matcher matcher =
          JAR_VERSION.matcher(type.getProtectionDomain().getCodeSource().getLocation().getPath());
      return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("The class path has no " + title, e);
    }
  }

  /** The pool of that name on the command line. */
  public static PoolKind of(String key) {
    return Arrays.stream(values())
        .filter(kind -> kind.key.equals(key))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("There is no pool '" + key + "'; known: " + keys()));
  }

  /** All names on the command line. */
  public static String keys() {
    return Arrays.stream(values()).map(PoolKind::key).collect(Collectors.joining(", "));
  }
}
