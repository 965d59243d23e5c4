package dev.sluice.jdbc;

import java.sql.NClob;

/** An {@link NClob} that ends with its lease. */
final class SluiceNClob extends SluiceClob implements NClob {
  SluiceNClob(SluiceConnection connection, NClob clob) {
    super(connection, clob);
  }
}
