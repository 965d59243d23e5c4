package dev.sluice.testkit;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLWarning;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A physical connection of a {@link FakeDatabase}, seen from the server's side.
 *
 * <p>Its session behaves as PostgreSQL's: with auto-commit off the first statement opens a
 * transaction, {@code setAutoCommit(true)} commits an open one, read-only and isolation cannot be
 * changed inside one, a failed statement spoils it until it is rolled back.
 *
 * <p>Some SQL has a meaning: {@code INSERT} and the like write a row, {@code SET}, {@code RESET
 * ALL}, {@code DISCARD ALL}, {@code LISTEN}, {@code CREATE TEMP TABLE}, {@code PREPARE} and {@code
 * pg_advisory_lock} change the session, {@code FAIL <state> [<code>]} fails, {@code SLEEP <millis>}
 * takes its time and can be cancelled, {@code WARN <text>} leaves a warning.
 */
public final class FakeConnection {
  private enum End {
    OPEN,
    CLOSED,
    ABORTED
  }

  private final FakeDatabase database;
  private final int id;
  private final Properties properties;
  private final Connection face;

  /** Guards the session below; never held while the connection pauses. */
  private final ReentrantLock lock = new ReentrantLock();

  private final AtomicReference<@Nullable Thread> user = new AtomicReference<>();
  private int depth;
  private final Pauses pauses;

  private volatile End end = End.OPEN;
  private volatile @Nullable String killedBy;
  private volatile boolean blackHole;

  private volatile int networkTimeoutMillis;
  private final FakeSession session;

  FakeConnection(FakeDatabase database, int id, Properties properties) {
    this.database = database;
    this.id = id;
    this.properties = properties;
    this.pauses = new Pauses(database.sleeper(), this);
    this.session = new FakeSession(database, this);
    this.face = Interceptor.wrap(Connection.class, this, this);
  }

  // ---- for the tests

  /** Its number among the physical connections of its database, from 1. */
  public int id() {
    return id;
  }

  /** What the driver hands out for it. */
  public Connection face() {
    return face;
  }

  /** What the session remembers now. */
  public SessionState session() {
    lock.lock();
    try {
      return session.state(networkTimeoutMillis);
    } finally {
      lock.unlock();
    }
  }

  /** Ends it from the server's side; the client learns it at its next round trip. */
  public void kill(String sqlState) {
    if (killedBy == null) {
      killedBy = sqlState;
      discardWork();
      database.gone(this);
      pauses.wake();
    }
  }

  /** From now on, its round trips are never answered. */
  public void blackHole(boolean on) {
    blackHole = on;
    if (!on) {
      pauses.wake();
    }
  }

  /** Whether client and server both still hold it. */
  public boolean isOpen() {
    return end == End.OPEN && killedBy == null;
  }

  /** The user it logged in as. */
  public String loginUser() {
    return properties.getProperty("user", "");
  }

  // ---- for the fixtures

  FakeDatabase database() {
    return database;
  }

  ReentrantLock lock() {
    return lock;
  }

  /** Null, or who else is inside. */
  @Nullable Thread enter() {
    Thread me = Thread.currentThread();
    Thread other = user.compareAndExchange(null, me);
    if (other != null && !other.equals(me)) {
      return other;
    }
    depth++;
    return null;
  }

  void leave() {
    if (--depth == 0) {
      user.set(null);
    }
  }

  Pauses pauses() {
    return pauses;
  }

  boolean isAborted() {
    return end == End.ABORTED;
  }

  void statementClosed() {
    session.openStatements--;
  }

  /** Fails as the driver would, or does not come back, if the server cannot be reached. */
  boolean reach(int limitMillis) throws SQLException {
    requireOpen();
    database.roundTrip();
    Duration latency = database.latency();
    if (!latency.isZero()) {
      pauses.unlocked(latency);
    }
    while (killedBy == null && (blackHole || database.isBlackHole())) {
      int limit = smallest(limitMillis, networkTimeoutMillis);
      pauses.unlocked(limit == 0 ? Sleeper.FOREVER : Duration.ofMillis(limit));
      if (limit != 0 && (blackHole || database.isBlackHole())) {
        return false;
      }
    }
    return true;
  }

  private static int smallest(int a, int b) {
    return a == 0 ? b : b == 0 ? a : Math.min(a, b);
  }

  private void roundTrip(int limitMillis) throws SQLException {
    if (!reach(limitMillis)) {
      kill("08006");
    }
    String state = killedBy;
    if (state != null) {
      throw new SQLNonTransientConnectionException("The server closed the connection", state);
    }
  }

  private void requireOpen() throws SQLException {
    if (end != End.OPEN) {
      throw new SQLNonTransientConnectionException("This connection has been closed", "08003");
    }
  }

  private void discardWork() {
    lock.lock();
    try {
      session.discardWork();
    } finally {
      lock.unlock();
    }
  }

  FakeSession.Answer run(String sql, int timeoutSeconds) throws SQLException {
    roundTrip(timeoutSeconds * 1000);
    return session.run(sql);
  }

  // ---- java.sql.Connection, called by the interceptor under the lock

  void commit() throws SQLException {
    requireManualCommit("commit");
    roundTripIf(session.inTransaction);
    session.endTransaction(true);
  }

  void rollback() throws SQLException {
    requireManualCommit("rollback");
    roundTripIf(session.inTransaction);
    session.endTransaction(false);
  }

  private void requireManualCommit(String what) throws SQLException {
    requireOpen();
    if (session.autoCommit) {
      throw new SQLException("Cannot " + what + " when autoCommit is enabled", "25P01");
    }
  }

  private void roundTripIf(boolean needed) throws SQLException {
    if (needed) {
      roundTrip(0);
    }
  }

  void rollback(Savepoint savepoint) throws SQLException {
    roundTrip(0);
    session.spoiled = false;
  }

  Savepoint setSavepoint() throws SQLException {
    return setSavepoint("s");
  }

  Savepoint setSavepoint(String name) throws SQLException {
    requireManualCommit("set a savepoint");
    roundTrip(0);
    session.inTransaction = true;
    return Interceptor.wrap(Savepoint.class, "savepoint " + name, this);
  }

  void releaseSavepoint(Savepoint savepoint) throws SQLException {
    roundTrip(0);
  }

  void setAutoCommit(boolean value) throws SQLException {
    requireOpen();
    if (value != session.autoCommit && session.inTransaction) {
      roundTrip(0);
      session.endTransaction(true);
    }
    session.autoCommit = value;
  }

  boolean getAutoCommit() throws SQLException {
    requireOpen();
    return session.autoCommit;
  }

  void setReadOnly(boolean value) throws SQLException {
    requireOutsideTransaction("read-only");
    roundTripIf(value != session.readOnly);
    session.readOnly = value;
  }

  boolean isReadOnly() throws SQLException {
    requireOpen();
    return session.readOnly;
  }

  void setTransactionIsolation(int level) throws SQLException {
    requireOutsideTransaction("isolation");
    roundTrip(0);
    session.isolation = level;
  }

  private void requireOutsideTransaction(String what) throws SQLException {
    requireOpen();
    if (session.inTransaction) {
      throw new SQLException("Cannot change " + what + " in the middle of a transaction", "25001");
    }
  }

  int getTransactionIsolation() throws SQLException {
    requireOpen();
    return session.isolation;
  }

  void setCatalog(String value) throws SQLException {
    roundTrip(0);
    session.catalog = value;
  }

  String getCatalog() throws SQLException {
    requireOpen();
    return session.catalog;
  }

  void setSchema(String value) throws SQLException {
    roundTrip(0);
    session.schema = value;
  }

  String getSchema() throws SQLException {
    requireOpen();
    return session.schema;
  }

  void setClientInfo(String name, @Nullable String value) throws SQLException {
    roundTrip(0);
    if (value == null) {
      session.clientInfo.remove(name);
    } else {
      session.clientInfo.put(name, value);
    }
  }

  void setClientInfo(Properties all) throws SQLException {
    roundTrip(0);
    session.clientInfo.clear();
    all.stringPropertyNames().forEach(name -> session.clientInfo.put(name, all.getProperty(name)));
  }

  @Nullable String getClientInfo(String name) throws SQLException {
    requireOpen();
    return session.clientInfo.get(name);
  }

  Properties getClientInfo() throws SQLException {
    requireOpen();
    Properties all = new Properties();
    all.putAll(session.clientInfo);
    return all;
  }

  void setTypeMap(Map<String, Class<?>> map) throws SQLException {
    requireOpen();
    session.typeMap = Map.copyOf(map);
  }

  Map<String, Class<?>> getTypeMap() throws SQLException {
    requireOpen();
    return session.typeMap;
  }

  void setHoldability(int value) throws SQLException {
    requireOpen();
    session.holdability = value;
  }

  int getHoldability() throws SQLException {
    requireOpen();
    return session.holdability;
  }

  void setNetworkTimeout(Executor executor, int millis) throws SQLException {
    requireOpen();
    networkTimeoutMillis = millis;
  }

  int getNetworkTimeout() throws SQLException {
    requireOpen();
    return networkTimeoutMillis;
  }

  boolean isValid(int timeoutSeconds) throws SQLException {
    if (timeoutSeconds < 0) {
      throw new SQLException("A negative timeout: " + timeoutSeconds, "22023");
    }
    if (end != End.OPEN) {
      return false;
    }
    return reach(timeoutSeconds * 1000) && killedBy == null;
  }

  Statement createStatement() throws SQLException {
    requireOpen();
    session.openStatements++;
    return FakeStatement.plain(this);
  }

  Statement createStatement(int type, int concurrency) throws SQLException {
    return createStatement();
  }

  Statement createStatement(int type, int concurrency, int holdability) throws SQLException {
    return createStatement();
  }

  PreparedStatement prepareStatement(String sql) throws SQLException {
    requireOpen();
    session.openStatements++;
    return FakeStatement.prepared(this, sql);
  }

  PreparedStatement prepareStatement(String sql, int keys) throws SQLException {
    return prepareStatement(sql);
  }

  PreparedStatement prepareStatement(String sql, int[] keys) throws SQLException {
    return prepareStatement(sql);
  }

  PreparedStatement prepareStatement(String sql, String[] keys) throws SQLException {
    return prepareStatement(sql);
  }

  PreparedStatement prepareStatement(String sql, int type, int concurrency) throws SQLException {
    return prepareStatement(sql);
  }

  PreparedStatement prepareStatement(String sql, int type, int concurrency, int holdability)
      throws SQLException {
    return prepareStatement(sql);
  }

  CallableStatement prepareCall(String sql) throws SQLException {
    requireOpen();
    session.openStatements++;
    return FakeStatement.callable(this, sql);
  }

  CallableStatement prepareCall(String sql, int type, int concurrency) throws SQLException {
    return prepareCall(sql);
  }

  CallableStatement prepareCall(String sql, int type, int concurrency, int holdability)
      throws SQLException {
    return prepareCall(sql);
  }

  String nativeSQL(String sql) throws SQLException {
    requireOpen();
    return sql;
  }

  DatabaseMetaData getMetaData() throws SQLException {
    requireOpen();
    return Interceptor.wrap(DatabaseMetaData.class, new FakeMetaData(this), this);
  }

  @Nullable SQLWarning getWarnings() throws SQLException {
    requireOpen();
    return session.warnings;
  }

  void clearWarnings() throws SQLException {
    requireOpen();
    session.warnings = null;
  }

  void close() {
    end(End.CLOSED);
  }

  void abort(Executor executor) {
    end(End.ABORTED);
    pauses.wake();
  }

  private void end(End how) {
    if (end == End.OPEN) {
      end = how;
      if (killedBy == null) {
        discardWork();
        database.gone(this);
      }
      database.closedByClient(this);
    }
  }

  boolean isClosed() {
    return end != End.OPEN;
  }

  @Override
  public String toString() {
    return "fake connection " + id + " of " + database.name();
  }
}
