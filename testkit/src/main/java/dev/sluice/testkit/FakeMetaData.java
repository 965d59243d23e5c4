package dev.sluice.testkit;

import java.sql.Connection;

/** What a fake database says of itself. */
final class FakeMetaData {
  private final FakeConnection connection;

  FakeMetaData(FakeConnection connection) {
    this.connection = connection;
  }

  Connection getConnection() {
    return connection.face();
  }

  String getURL() {
    return connection.database().url();
  }

  String getUserName() {
    return connection.loginUser();
  }

  String getDatabaseProductName() {
    return connection.database().productName();
  }

  String getDatabaseProductVersion() {
    return "1.0";
  }

  int getDatabaseMajorVersion() {
    return 1;
  }

  String getDriverName() {
    return "Fake JDBC Driver";
  }

  String getDriverVersion() {
    return "1.0";
  }

  int getJDBCMajorVersion() {
    return 4;
  }

  int getJDBCMinorVersion() {
    return 3;
  }

  @Override
  public String toString() {
    return "metadata of " + connection;
  }
}
