package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.pool.CloseReason;
import dev.sluice.testkit.Fault;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.Writer;
import java.lang.reflect.Proxy;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.NClob;
import java.sql.PreparedStatement;
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Struct;
import java.util.List;
import javax.xml.transform.stream.StreamSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a lease hands out ends with it, leads back to it, and reaches the driver unwrapped. */
class HandedOutTest {

  private static ResultSet rows(Connection connection) throws SQLException {
    ResultSet rows = connection.createStatement().executeQuery("SELECT 1");
    rows.next();
    return rows;
  }

  /** Whatever a driver may give for {@code getObject}. */
  @ParameterizedTest
  @ValueSource(
      classes = {
        Array.class,
        Blob.class,
        Clob.class,
        NClob.class,
        SQLXML.class,
        Ref.class,
        Struct.class,
        RowId.class,
        ResultSet.class
      })
  void knownBug46ValueOfAnUndeclaredTypeIsWrapped(Class<?> type) throws SQLException {
    try (FakePool pool = new FakePool().settle();
        Connection connection = pool.get()) {
      Object raw = fake(type);
      pool.db.when("ResultSet.getObject").then(Fault.answer(raw));
      ResultSet rows = rows(connection);

      Object byIndex = rows.getObject(1);
      Object byType = rows.getObject(1, type);

      assertThat(byIndex).isInstanceOf(type).isNotSameAs(raw);
      assertThat(byType).isInstanceOf(type).isNotSameAs(raw);
    }
  }

  @SuppressWarnings("ReferenceEquality") // as of the drivers' own: identity
  private static Object fake(Class<?> type) {
    return Proxy.newProxyInstance(
        HandedOutTest.class.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, args) ->
            switch (method.getName()) {
              case "getBytes" -> new byte[] {1, 2};
              case "hashCode" -> System.identityHashCode(proxy);
              case "equals" -> proxy == args[0];
              case "toString" -> "fake";
              default -> null;
            });
  }

  @Test
  void knownBug46ValueInsideAValueIsWrapped() throws SQLException {
    try (FakePool pool = new FakePool().settle();
        Connection connection = pool.get()) {
      Object blob = fake(Blob.class);
      Object[] attributes = {"text", blob, new Object[] {blob}, null};
      pool.db.when("Struct.getAttributes").then(Fault.answer(attributes));

      Object[] given = connection.createStruct("t", new Object[0]).getAttributes();

      assertThat(given[0]).isEqualTo("text");
      assertThat(given[1]).isInstanceOf(SluiceBlob.class);
      assertThat(((Object[]) given[2])[0]).isInstanceOf(SluiceBlob.class);
      assertThat(attributes[1]).isSameAs(blob);
    }
  }

  @Test
  void knownBug46ResultSetOfAnArrayLeadsToTheHandleAndIsClosedWithIt() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      ResultSet elements;
      try (Connection connection = pool.get();
          Statement statement = connection.createStatement()) {
        Statement raw = ((SluiceStatement) statement).raw();
        pool.db.when("ResultSet.getStatement").then(Fault.answer(raw));
        elements = connection.createArrayOf("int", new Object[] {1}).getResultSet();

        assertThat(elements.getStatement().getConnection()).isSameAs(connection);
      }
      pool.settle();

      assertThatThrownBy(elements::next).isInstanceOf(SQLException.class);
      assertThat(pool.db.calls("ResultSet.close")).hasSize(1);
      assertThat(pool.db.opened()).isEqualTo(1);
    }
  }

  @Test
  void knownBug46WhatIsHandedBackReachesTheDriverAsItsOwn() throws SQLException {
    try (FakePool pool = new FakePool().settle();
        Connection connection = pool.get();
        PreparedStatement statement = connection.prepareStatement("SELECT 1")) {
      Blob blob = connection.createBlob();
      Array array = connection.createArrayOf("int", new Object[] {blob, 1});
      statement.setBlob(1, blob);
      statement.setObject(2, blob);
      statement.setArray(3, array);
      rows(connection).updateArray(1, array);

      Object rawBlob = ((Leased) blob).driverObject();
      assertThat(only(pool, "PreparedStatement.setBlob").get(1)).isSameAs(rawBlob);
      assertThat(only(pool, "PreparedStatement.setObject").get(1)).isSameAs(rawBlob);
      Object rawArray = ((Leased) array).driverObject();
      assertThat(only(pool, "PreparedStatement.setArray").get(1)).isSameAs(rawArray);
      assertThat(only(pool, "ResultSet.updateArray").get(1)).isSameAs(rawArray);
      assertThat((Object[]) only(pool, "Connection.createArrayOf").get(1))
          .containsExactly(rawBlob, 1);
    }
  }

  private static List<Object> only(FakePool pool, String method) {
    assertThat(pool.db.calls(method)).hasSize(1);
    return pool.db.calls(method).get(0).arguments();
  }

  @Test
  void knownBug46BlobOfAnEndedLeaseReachesNoOtherSession() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      Blob stale;
      try (Connection connection = pool.get()) {
        stale = connection.createBlob();
      }
      try (Connection next = pool.get();
          PreparedStatement statement = next.prepareStatement("SELECT 1")) {
        assertThat(((SQLException) catchThrowable(stale::length)).getSQLState()).isEqualTo("0F001");
        assertThatThrownBy(() -> statement.setBlob(1, stale)).isInstanceOf(SQLException.class);
        assertThatThrownBy(() -> statement.setObject(1, stale)).isInstanceOf(SQLException.class);
        stale.free();
      }
      pool.settle();

      assertThat(pool.db.calls()).noneMatch(call -> call.method().startsWith("Blob."));
      assertThat(pool.db.calls("PreparedStatement.setBlob")).isEmpty();
      assertThat(pool.db.opened()).as("the next borrower's connection is kept").isEqualTo(1);
    }
  }

  @Test
  void knownBug46SavepointOfAnotherLeaseIsRefused() throws SQLException {
    try (FakePool pool = new FakePool(b -> b.maxSize(2)).settle();
        Connection one = pool.get();
        Connection other = pool.get()) {
      one.setAutoCommit(false);
      other.setAutoCommit(false);
      Savepoint savepoint = one.setSavepoint();

      assertThat(((SQLException) catchThrowable(() -> other.rollback(savepoint))).getSQLState())
          .isEqualTo("3B001");
      assertThat(
              ((SQLException) catchThrowable(() -> other.releaseSavepoint(savepoint)))
                  .getSQLState())
          .isEqualTo("3B001");

      one.rollback(savepoint);
      Object raw = ((Leased) savepoint).driverObject();
      assertThat(only(pool, "Connection.rollback").get(0)).isSameAs(raw);
    }
  }

  @Test
  void aRowIdMayOutliveItsLease() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      RowId raw = (RowId) fake(RowId.class);
      pool.db.when("ResultSet.getRowId").then(Fault.answer(raw));
      RowId kept;
      try (Connection connection = pool.get()) {
        kept = rows(connection).getRowId(1);
        assertThat(kept).isEqualTo(rows(connection).getRowId(1));
      }
      assertThat(kept.getBytes()).containsExactly(1, 2);
      try (Connection connection = pool.get();
          PreparedStatement statement = connection.prepareStatement("SELECT 1")) {
        statement.setRowId(1, kept);
      }

      assertThat(only(pool, "PreparedStatement.setRowId").get(1)).isSameAs(raw);
    }
  }

  @Test
  void aClassOfTheDriversIsGivenAsItIs() throws SQLException {
    try (FakePool pool = new FakePool().settle();
        Connection connection = pool.get()) {
      Object raw = fake(Blob.class);
      pool.db.when("ResultSet.getObject").then(Fault.answer(raw));
      pool.db.when("ResultSet.getBlob").then(Fault.answer(raw));

      Object asked = rows(connection).getObject(1, raw.getClass());
      Blob blob = rows(connection).getBlob(1);

      assertThat(asked).isSameAs(raw);
      assertThat(((java.sql.Wrapper) blob).unwrap(raw.getClass())).isSameAs(raw);
    }
  }

  @Test
  void clientInfoThatIsChangedChangesNoSession() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      java.util.Properties own = new java.util.Properties();
      pool.db.when("Connection.getClientInfo").then(Fault.answer(own));
      try (Connection connection = pool.get()) {
        connection.getClientInfo().setProperty("a", "b");
      }

      assertThat(own).isEmpty();
    }
  }

  // Streams

  private interface Use {
    void run() throws IOException;
  }

  private static void refused(Use use) {
    assertThatThrownBy(use::run)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("returned to pool 'fake'")
        .cause()
        .isInstanceOf(SQLException.class);
  }

  @Test
  void knownBug46StreamsEndWithTheLease() throws Exception {
    try (FakePool pool = new FakePool().settle()) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      StringWriter text = new StringWriter();
      answer(pool, bytes, text);
      InputStream in;
      Reader reader;
      OutputStream out;
      Writer writer;
      try (Connection connection = pool.get()) {
        in = rows(connection).getBinaryStream(1);
        reader = rows(connection).getCharacterStream(1);
        out = connection.createBlob().setBinaryStream(1);
        writer = connection.createClob().setCharacterStream(1);
        assertThat(in.read()).isEqualTo(7);
        assertThat(in.readNBytes(2)).containsExactly(8, 9);
        assertThat(reader.read()).isEqualTo('a');
        assertThat(reader.transferTo(Writer.nullWriter())).isEqualTo(2);
        out.write(new byte[] {1, 2});
        out.write(3);
        writer.write("xy");
        writer.write('z');
      }

      refused(in::read);
      refused(() -> in.read(new byte[1]));
      refused(in::available);
      refused(() -> in.skip(1));
      refused(in::reset);
      refused(reader::read);
      refused(() -> reader.read(new char[1]));
      refused(reader::ready);
      refused(() -> out.write(1));
      refused(() -> out.write(new byte[1]));
      refused(out::flush);
      refused(() -> writer.write("a"));
      refused(writer::flush);
      in.close();
      reader.close();
      out.close();
      writer.close();
      assertThat(bytes.toByteArray()).containsExactly(1, 2, 3);
      assertThat(text).hasToString("xyz");
    }
  }

  private static void answer(FakePool pool, OutputStream bytes, Writer text) {
    byte[] content = {7, 8, 9, 10};
    pool.db.when("ResultSet.getBinaryStream").then(call -> new ByteArrayInputStream(content));
    pool.db.when("ResultSet.getCharacterStream").then(call -> new StringReader("abc"));
    pool.db.when("Blob.setBinaryStream").then(Fault.answer(bytes));
    pool.db.when("Clob.setCharacterStream").then(Fault.answer(text));
  }

  @Test
  void knownBug46SourceOfXmlEndsWithTheLease() throws Exception {
    try (FakePool pool = new FakePool().settle()) {
      pool.db
          .when("SQLXML.getSource")
          .then(call -> new StreamSource(new ByteArrayInputStream(new byte[] {1, 2})));
      StreamSource source;
      try (Connection connection = pool.get()) {
        source = connection.createSQLXML().getSource(StreamSource.class);
        assertThat(source.getInputStream().read()).isEqualTo(1);
      }

      refused(() -> source.getInputStream().read());
    }
  }

  @Test
  void whatAStreamThrowsIsJudged() throws Exception {
    check(() -> new IOException("odd"), false);
    check(() -> new IOException(new SQLException("gone", "08003")), true);
    check(() -> new IllegalStateException("odd"), false);
    check(StackOverflowError::new, true);
  }

  private static void check(java.util.function.Supplier<Throwable> failure, boolean closes)
      throws Exception {
    try (FakePool pool = new FakePool().settle()) {
      pool.db.when("ResultSet.getBinaryStream").then(call -> new Failing(failure));
      try (Connection connection = pool.get()) {
        InputStream in = rows(connection).getBinaryStream(1);
        assertThat(catchThrowable(in::read)).isNotNull();
      }
      pool.settle();

      assertThat(pool.ds.stats().closed().get(CloseReason.BROKEN)).isEqualTo(closes ? 1 : 0);
      assertThat(pool.db.calls("Connection.isValid").size() == 1)
          .as("but at open")
          .isEqualTo(closes);
    }
  }

  @SuppressWarnings("InputStreamSlowMultibyteRead") // reads nothing at all
  private static final class Failing extends FilterInputStream {
    private final java.util.function.Supplier<Throwable> failure;

    Failing(java.util.function.Supplier<Throwable> failure) {
      super(InputStream.nullInputStream());
      this.failure = failure;
    }

    @Override
    public int read() throws IOException {
      Throwable thrown = failure.get();
      if (thrown instanceof IOException e) {
        throw e;
      } else if (thrown instanceof Error e) {
        throw e;
      }
      throw (RuntimeException) thrown;
    }
  }
}
