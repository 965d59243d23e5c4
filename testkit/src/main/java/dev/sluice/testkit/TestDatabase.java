package dev.sluice.testkit;

import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/**
 * A database that belongs to one test.
 *
 * @param name its name on the server
 * @param url its JDBC URL, without user and password
 * @param user who may do everything in it
 * @param password the user's
 * @param drop how it is thrown away
 */
public record TestDatabase(String name, String url, String user, String password, Runnable drop)
    implements AutoCloseable {

  /** Opens a connection to it. */
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(url, user, password);
  }

  /** The port of its server, to put a {@link FaultProxy} before it. */
  public int port() {
    return URI.create(url.substring("jdbc:".length())).getPort();
  }

  /** Its URL, as it is through a proxy on that port. */
  public String urlThrough(FaultProxy proxy) {
    return url.replace(":" + port() + "/", ":" + proxy.port() + "/");
  }

  @Override
  public void close() {
    drop.run();
  }
}
