package dev.sluice.jdbc.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Another pool whose option names Sluice understands. */
public enum Peer {
  HIKARI("HikariCP", Duration.ofMillis(1)),
  DBCP("Commons DBCP", Duration.ofMillis(1)),
  TOMCAT("Tomcat JDBC", Duration.ofMillis(1)),
  C3P0("c3p0", Duration.ofMillis(1)),
  DRUID("Druid", Duration.ofMillis(1)),
  UCP("Oracle UCP", Duration.ofSeconds(1)),
  QUARKUS("Quarkus", Duration.ofSeconds(1)),
  SQLALCHEMY("SQLAlchemy", Duration.ofSeconds(1)),
  PSYCOPG2("psycopg2", Duration.ofSeconds(1)),
  PSYCOPG("psycopg_pool", Duration.ofSeconds(1)),
  ASYNCPG("asyncpg", Duration.ofSeconds(1)),
  DBUTILS("DBUtils", Duration.ofSeconds(1)),
  PGBOUNCER("PgBouncer", Duration.ofSeconds(1)),
  PRISMA("Prisma", Duration.ofSeconds(1)),
  CHAKRA("Chakra", Duration.ZERO),
  AGROAL("Agroal", Duration.ZERO),
  PGX("pgx", Duration.ZERO),
  RAILS("Rails", Duration.ofSeconds(1)),
  GO("Go's database/sql", Duration.ofNanos(1)),
  /** Names that belong to no single pool. */
  COMMON("common", Duration.ZERO);

  private final String title;
  private final Duration unit;

  Peer(String title, Duration unit) {
    this.title = title;
    this.unit = unit;
  }

  String title() {
    return title;
  }

  /** The pool whose settings a prefix contains, judged by its last words; null if there is none. */
  static @Nullable Peer ofPrefix(String prefix) {
    String lower = KeyStyle.squeeze(prefix);
    String words = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    if (words.startsWith("quarkus.datasource")) {
      return QUARKUS;
    }
    return switch (words.substring(words.lastIndexOf('.') + 1)) {
      case "hikari", "hikaricp" -> HIKARI;
      case "dbcp2", "dbcp" -> DBCP;
      case "tomcat" -> TOMCAT;
      case "c3p0" -> C3P0;
      case "druid" -> DRUID;
      case "oracleucp", "ucp" -> UCP;
      case "agroal" -> AGROAL;
      default -> null;
    };
  }

  /** The unit of bare numbers in its durations; zero if it takes none. */
  Duration unit() {
    return unit;
  }
}
