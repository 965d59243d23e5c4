package dev.sluice.jdbc;

import javax.sql.DataSource;

/** The door to Sluice: starts the configuration of a pool. */
public final class Sluice {
  private Sluice() {}

  /** Starts a pool of connections to this URL, in the form of JDBC or of {@code DATABASE_URL}. */
  public static SluiceBuilder dataSource(String url) {
    return new SluiceBuilder().url(url);
  }

  /** Starts a pool of the connections that this data source makes. */
  public static SluiceBuilder dataSource(DataSource dataSource) {
    return new SluiceBuilder().dataSource(dataSource);
  }

  /** Starts without anything set. */
  public static SluiceBuilder builder() {
    return new SluiceBuilder();
  }
}
