package dev.sluice.jdbc;

import java.sql.RowId;
import java.util.Arrays;

/**
 * The address of a row. Databases allow it to outlive the lease, so this class reads it at once and
 * leads to no session.
 */
final class SluiceRowId extends Leased implements RowId {
  private final RowId rowId;
  private final byte[] bytes;

  SluiceRowId(SluiceConnection connection, RowId rowId) {
    super(connection);
    this.rowId = rowId;
    byte[] read = rowId.getBytes();
    this.bytes = read == null ? new byte[0] : read.clone();
  }

  @Override
  Object driverObject() {
    return rowId;
  }

  @Override
  Object forDriver() {
    return rowId;
  }

  @Override
  public byte[] getBytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SluiceRowId that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }
}
