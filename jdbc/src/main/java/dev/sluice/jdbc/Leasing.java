package dev.sluice.jdbc;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.io.Writer;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.NClob;
import java.sql.ParameterMetaData;
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.Savepoint;
import java.sql.Struct;
import java.util.Date;
import org.jspecify.annotations.Nullable;

/**
 * Wraps the objects that a lease hands out, so that they end with the lease, and unwraps them when
 * they go back to the driver.
 */
@SuppressWarnings({
  "NullAway", // JDBC says nothing of it, but each of these may be null
  "ReferenceEquality" // what was wrapped is another object
})
final class Leasing {
  private static final Module JAVA_BASE = Object.class.getModule();

  private Leasing() {}

  static Blob wrap(SluiceConnection connection, @Nullable Blob blob) {
    return blob == null ? null : new SluiceBlob(connection, blob);
  }

  static Clob wrap(SluiceConnection connection, @Nullable Clob clob) {
    return clob == null ? null : new SluiceClob(connection, clob);
  }

  static NClob wrap(SluiceConnection connection, @Nullable NClob clob) {
    return clob == null ? null : new SluiceNClob(connection, clob);
  }

  static SQLXML wrap(SluiceConnection connection, @Nullable SQLXML xml) {
    return xml == null ? null : new SluiceSQLXML(connection, xml);
  }

  static Array wrap(SluiceConnection connection, @Nullable Array array) {
    return array == null ? null : new SluiceArray(connection, array);
  }

  static Ref wrap(SluiceConnection connection, @Nullable Ref ref) {
    return ref == null ? null : new SluiceRef(connection, ref);
  }

  static Struct wrap(SluiceConnection connection, @Nullable Struct struct) {
    return struct == null ? null : new SluiceStruct(connection, struct);
  }

  static Savepoint wrap(SluiceConnection connection, @Nullable Savepoint savepoint) {
    return savepoint == null ? null : new SluiceSavepoint(connection, savepoint);
  }

  static ResultSetMetaData wrap(SluiceConnection connection, @Nullable ResultSetMetaData metaData) {
    return metaData == null ? null : new SluiceResultSetMetaData(connection, metaData);
  }

  static ParameterMetaData wrap(SluiceConnection connection, @Nullable ParameterMetaData metaData) {
    return metaData == null ? null : new SluiceParameterMetaData(connection, metaData);
  }

  static RowId wrap(SluiceConnection connection, @Nullable RowId rowId) {
    return rowId == null ? null : new SluiceRowId(connection, rowId);
  }

  static InputStream wrap(SluiceConnection connection, @Nullable InputStream stream) {
    return stream == null ? null : new LeasedInputStream(connection, stream);
  }

  static OutputStream wrap(SluiceConnection connection, @Nullable OutputStream stream) {
    return stream == null ? null : new LeasedOutputStream(connection, stream);
  }

  static Reader wrap(SluiceConnection connection, @Nullable Reader reader) {
    return reader == null ? null : new LeasedReader(connection, reader);
  }

  static Writer wrap(SluiceConnection connection, @Nullable Writer writer) {
    return writer == null ? null : new LeasedWriter(connection, writer);
  }

  /** Wraps a result set that belongs to none of our statements. */
  static ResultSet wrap(SluiceConnection connection, @Nullable ResultSet resultSet) {
    return resultSet == null ? null : new TrackedResultSet(connection, resultSet);
  }

  /** Wraps a value whose type only the driver knows. */
  static Object wrapAny(SluiceConnection connection, @Nullable Object value) {
    return wrapAny(connection, null, value);
  }

  /**
   * Wraps a value whose type only the driver knows. It first checks the classes of the most common
   * column values, because testing each for nine interfaces would take longer.
   *
   * @param statement the statement of the result set
   */
  static Object wrapAny(
      SluiceConnection connection, @Nullable SluiceStatement statement, @Nullable Object value) {
    if (value == null
        || value instanceof String
        || value instanceof Number
        || value instanceof Date
        || value instanceof byte[]) {
      return value;
    }
    if (value instanceof Object[] values) {
      return wrapAll(connection, values);
    }
    if (value instanceof InputStream stream) {
      return wrap(connection, stream);
    }
    if (value instanceof Reader reader) {
      return wrap(connection, reader);
    }
    return value.getClass().getModule() == JAVA_BASE
        ? value
        : wrapByInterface(connection, statement, value);
  }

  private static Object wrapByInterface(
      SluiceConnection connection, @Nullable SluiceStatement statement, Object value) {
    if (value instanceof ResultSet resultSet) {
      return statement == null
          ? wrap(connection, resultSet)
          : SluiceResultSet.wrap(connection, statement, resultSet);
    } else if (value instanceof Blob blob) {
      return wrap(connection, blob);
    } else if (value instanceof NClob clob) {
      return wrap(connection, clob);
    } else if (value instanceof Clob clob) {
      return wrap(connection, clob);
    } else if (value instanceof SQLXML xml) {
      return wrap(connection, xml);
    } else if (value instanceof Array array) {
      return wrap(connection, array);
    } else if (value instanceof Struct struct) {
      return wrap(connection, struct);
    } else if (value instanceof Ref ref) {
      return wrap(connection, ref);
    } else if (value instanceof RowId rowId) {
      return wrap(connection, rowId);
    }
    return value;
  }

  /**
   * Wraps a value of the type that the borrower asked for. If that is a class of the driver, the
   * borrower gets the driver's own object, which may bypass the pool.
   */
  static <T> T wrapAny(
      SluiceConnection connection,
      @Nullable SluiceStatement statement,
      @Nullable T value,
      Class<T> type) {
    Object wrapped = wrapAny(connection, statement, value);
    if (wrapped == value) {
      return value;
    }
    if (type.isInstance(wrapped)) {
      return type.cast(wrapped);
    }
    connection.physical.escapes();
    return value;
  }

  /** Wraps the elements, without changing the driver's array. */
  static Object[] wrapAll(SluiceConnection connection, Object @Nullable [] values) {
    if (values == null || holdsPlainValues(values.getClass())) {
      return values;
    }
    Object[] wrapped = values.clone();
    for (int i = 0; i < values.length; i++) {
      Object element = wrapAny(connection, values[i]);
      if (element != values[i] && !values.getClass().getComponentType().isInstance(element)) {
        connection.physical.escapes(); // an array of a class of the driver's
        return values;
      }
      wrapped[i] = element;
    }
    return wrapped;
  }

  private static boolean holdsPlainValues(Class<?> array) {
    Class<?> element = array;
    while (element.isArray()) {
      element = element.getComponentType();
    }
    return element.getModule() == JAVA_BASE && element != Object.class && !element.isInterface();
  }

  /**
   * Unwraps an object for the driver.
   *
   * @throws SQLException if the lease that it came from has ended
   */
  @SuppressWarnings("unchecked") // a wrapper of T holds a T
  static <T extends @Nullable Object> T raw(T value) throws SQLException {
    if (value instanceof Leased leased) {
      return (T) leased.forDriver();
    }
    return value instanceof SluiceResultSet resultSet ? (T) resultSet.raw() : value;
  }

  /** Unwraps the elements. */
  static Object[] rawAll(Object @Nullable [] values) throws SQLException {
    if (values == null || holdsPlainValues(values.getClass())) {
      return values;
    }
    Object[] raw = values;
    for (int i = 0; i < values.length; i++) {
      Object element = raw(values[i]);
      if (element != values[i]) {
        raw = raw == values ? copy(values) : raw;
        raw[i] = element;
      }
    }
    return raw;
  }

  /** A copy whose component type fits the driver's objects. */
  private static Object[] copy(Object[] values) {
    Object[] copy = new Object[values.length];
    System.arraycopy(values, 0, copy, 0, values.length);
    return copy;
  }
}
