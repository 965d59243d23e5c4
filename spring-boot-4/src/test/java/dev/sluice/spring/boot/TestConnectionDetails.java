package dev.sluice.spring.boot;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

/** What Testcontainers and Docker Compose give to an application: where its database is. */
final class TestConnectionDetails implements JdbcConnectionDetails {
  private final String url;

  TestConnectionDetails(String url) {
    this.url = url;
  }

  @Override
  public String getJdbcUrl() {
    return url;
  }

  @Override
  public String getUsername() {
    return "sa";
  }

  @Override
  public String getPassword() {
    return "";
  }
}
