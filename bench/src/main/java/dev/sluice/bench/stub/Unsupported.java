package dev.sluice.bench.stub;

import java.sql.SQLFeatureNotSupportedException;

/** The refusal of what the stub driver does not know. */
final class Unsupported {
  private Unsupported() {}

  static SQLFeatureNotSupportedException method(String name) {
    return new SQLFeatureNotSupportedException("The stub driver has no " + name, "0A000");
  }
}
