package dev.sluice.testkit;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLWarning;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
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

  /** What a statement brought: rows, or else a count. */
  record Answer(@Nullable List<Object> rows, long count) {}

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
  private final Map<CountDownLatch, Boolean> pauses = new ConcurrentHashMap<>();

  private volatile End end = End.OPEN;
  private volatile @Nullable String killedBy;
  private volatile boolean blackHole;

  private boolean autoCommit = true;
  private boolean readOnly;
  private int isolation = Connection.TRANSACTION_READ_COMMITTED;
  private String catalog = "fake";
  private String schema = "public";
  private final Map<String, String> clientInfo = new LinkedHashMap<>();
  private Map<String, Class<?>> typeMap = Map.of();
  private int holdability = ResultSet.HOLD_CURSORS_OVER_COMMIT;
  private volatile int networkTimeoutMillis;
  private boolean inTransaction;
  private boolean spoiled;
  private final List<String> uncommitted = new ArrayList<>();
  private @Nullable SQLWarning warnings;
  private int openStatements;
  private final Map<String, String> variables = new LinkedHashMap<>();
  private final Set<String> serverObjects = new TreeSet<>();

  FakeConnection(FakeDatabase database, int id, Properties properties) {
    this.database = database;
    this.id = id;
    this.properties = properties;
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
      return new SessionState(
          autoCommit,
          readOnly,
          isolation,
          catalog,
          schema,
          Map.copyOf(clientInfo),
          Map.copyOf(typeMap),
          holdability,
          networkTimeoutMillis,
          inTransaction,
          List.copyOf(uncommitted),
          warningCount(),
          openStatements,
          Map.copyOf(variables),
          Set.copyOf(serverObjects));
    } finally {
      lock.unlock();
    }
  }

  private int warningCount() {
    int n = 0;
    for (SQLWarning w = warnings; w != null; w = w.getNextWarning()) {
      n++;
    }
    return n;
  }

  /** Ends it from the server's side; the client learns it at its next round trip. */
  public void kill(String sqlState) {
    if (killedBy == null) {
      killedBy = sqlState;
      discardWork();
      database.gone(this);
      wake(false);
    }
  }

  /** From now on, its round trips are never answered. */
  public void blackHole(boolean on) {
    blackHole = on;
    if (!on) {
      wake(false);
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

  void pause(Duration time) throws SQLException {
    pause(time, new CountDownLatch(1));
  }

  /**
   * Lets time pass, until the latch opens.
   *
   * @throws SQLException if the connection was aborted, the statement cancelled, or the thread
   *     interrupted meanwhile
   */
  void pause(Duration time, CountDownLatch wake) throws SQLException {
    pauses.put(wake, false);
    try {
      if (end != End.ABORTED) {
        database.sleeper().sleep(time, wake);
      }
      if (end == End.ABORTED) {
        throw new SQLNonTransientConnectionException("The connection was aborted", "08003");
      }
      if (Boolean.TRUE.equals(pauses.get(wake))) {
        throw new SQLException("Canceling statement due to user request", "57014");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      kill("08006");
      throw new SQLNonTransientConnectionException("Interrupted in the driver", "08006", e);
    } finally {
      pauses.remove(wake);
    }
  }

  private void wake(boolean cancelled) {
    if (cancelled) {
      pauses.replaceAll((pause, before) -> true);
    }
    pauses.keySet().forEach(CountDownLatch::countDown);
  }

  void cancel() {
    wake(true);
  }

  void statementClosed() {
    openStatements--;
  }

  /** Fails as the driver would, or does not come back, if the server cannot be reached. */
  boolean reach(int limitMillis) throws SQLException {
    requireOpen();
    database.roundTrip();
    Duration latency = database.latency();
    if (!latency.isZero()) {
      unlocked(() -> pause(latency));
    }
    while (killedBy == null && (blackHole || database.isBlackHole())) {
      int limit = smallest(limitMillis, networkTimeoutMillis);
      unlocked(() -> pause(limit == 0 ? Sleeper.FOREVER : Duration.ofMillis(limit)));
      if (limit != 0 && (blackHole || database.isBlackHole())) {
        return false;
      }
    }
    return true;
  }

  private static int smallest(int a, int b) {
    return a == 0 ? b : b == 0 ? a : Math.min(a, b);
  }

  private interface Pausing {
    void run() throws SQLException;
  }

  private void unlocked(Pausing pausing) throws SQLException {
    int holds = lock.getHoldCount(); // more than one where a default method called another
    for (int i = 0; i < holds; i++) {
      lock.unlock();
    }
    try {
      pausing.run();
    } finally {
      for (int i = 0; i < holds; i++) {
        lock.lock();
      }
    }
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
      if (!uncommitted.isEmpty()) {
        database.lost(uncommitted);
      }
      uncommitted.clear();
      inTransaction = false;
    } finally {
      lock.unlock();
    }
  }

  // ---- SQL

  Answer run(String sql, int timeoutSeconds) throws SQLException {
    roundTrip(timeoutSeconds * 1000);
    String text = sql.strip();
    String[] words = text.split("\\s+");
    String verb = words[0].toUpperCase(Locale.ROOT);
    if (spoiled && !verb.equals("ROLLBACK") && !verb.equals("COMMIT")) {
      throw new SQLException("Current transaction is aborted", "25P02");
    }
    try {
      return run(verb, text, words);
    } catch (SQLException e) {
      spoiled = inTransaction;
      throw e;
    }
  }

  private Answer run(String verb, String text, String[] words) throws SQLException {
    switch (verb) {
      case "SELECT", "VALUES", "SHOW", "WITH" -> {
        touchTransaction();
        return new Answer(List.of(select(text)), -1);
      }
      case "INSERT", "UPDATE", "DELETE", "MERGE", "CREATE", "DROP", "ALTER", "TRUNCATE" -> {
        touchTransaction();
        write(text);
        return new Answer(null, 1);
      }
      case "BEGIN", "START" -> inTransaction = true;
      case "COMMIT" -> endTransaction(true);
      case "ROLLBACK" -> endTransaction(false);
      default -> {
        touchTransaction();
        special(verb, text, words);
      }
    }
    return new Answer(null, 0);
  }

  private void touchTransaction() {
    if (!autoCommit) {
      inTransaction = true;
    }
  }

  private Object select(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.contains("pg_is_in_recovery")) {
      return database.isReadOnly();
    }
    if (lower.contains("transaction_read_only") || lower.contains("read_only")) {
      return database.isReadOnly() || readOnly ? "on" : "off";
    }
    if (lower.contains("pg_advisory_lock")) {
      serverObjects.add("lock " + text);
    }
    return lower.contains("count(") ? database.committed().size() + uncommitted.size() : 1;
  }

  private void write(String text) throws SQLException {
    if (text.toUpperCase(Locale.ROOT).startsWith("CREATE TEMP")) {
      serverObjects.add(text);
      return;
    }
    if (database.isReadOnly() || readOnly) {
      throw new SQLException("Cannot execute this in a read-only transaction", "25006");
    }
    if (inTransaction) {
      uncommitted.add(text);
    } else {
      database.commit(List.of(text));
    }
  }

  private void special(String verb, String text, String[] words) throws SQLException {
    switch (verb) {
      case "SET" -> set(words);
      case "RESET" -> reset(words);
      case "DISCARD" -> {
        variables.clear();
        serverObjects.clear();
      }
      case "LISTEN", "PREPARE" -> serverObjects.add(text);
      case "UNLISTEN", "DEALLOCATE" -> serverObjects.clear();
      case "FAIL" ->
          throw new SQLException(
              "Failure on request", words[1], words.length > 2 ? Integer.parseInt(words[2]) : 0);
      case "SLEEP" -> unlocked(() -> pause(Duration.ofMillis(Long.parseLong(words[1]))));
      case "WARN" -> warn(text);
      default -> {} // the rest has no effect that a pool could see
    }
  }

  private void set(String[] words) {
    List<String> rest = new ArrayList<>(List.of(words).subList(1, words.length));
    if (rest.get(0).equalsIgnoreCase("SESSION")) {
      rest.remove(0);
    }
    String all = String.join(" ", rest);
    String[] parts = all.split("\\s*=\\s*|\\s+(?i:TO)\\s+", 2);
    variables.put(parts[0], parts.length > 1 ? parts[1] : "");
  }

  private void reset(String[] words) {
    if (words[1].equalsIgnoreCase("ALL")) {
      variables.clear();
    } else {
      variables.remove(words[1]);
    }
  }

  private void warn(String text) {
    SQLWarning warning = new SQLWarning(text, "01000");
    if (warnings == null) {
      warnings = warning;
    } else {
      warnings.setNextWarning(warning);
    }
  }

  private void endTransaction(boolean commit) {
    if (commit && !spoiled) {
      database.commit(uncommitted);
    } else if (!uncommitted.isEmpty()) {
      database.rolledBack(uncommitted);
    }
    uncommitted.clear();
    inTransaction = false;
    spoiled = false;
  }

  // ---- java.sql.Connection, called by the interceptor under the lock

  void commit() throws SQLException {
    requireManualCommit("commit");
    roundTripIf(inTransaction);
    endTransaction(true);
  }

  void rollback() throws SQLException {
    requireManualCommit("rollback");
    roundTripIf(inTransaction);
    endTransaction(false);
  }

  private void requireManualCommit(String what) throws SQLException {
    requireOpen();
    if (autoCommit) {
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
    spoiled = false;
  }

  Savepoint setSavepoint() throws SQLException {
    return setSavepoint("s");
  }

  Savepoint setSavepoint(String name) throws SQLException {
    requireManualCommit("set a savepoint");
    roundTrip(0);
    inTransaction = true;
    return Interceptor.wrap(Savepoint.class, "savepoint " + name, this);
  }

  void releaseSavepoint(Savepoint savepoint) throws SQLException {
    roundTrip(0);
  }

  void setAutoCommit(boolean value) throws SQLException {
    requireOpen();
    if (value != autoCommit && inTransaction) {
      roundTrip(0);
      endTransaction(true);
    }
    autoCommit = value;
  }

  boolean getAutoCommit() throws SQLException {
    requireOpen();
    return autoCommit;
  }

  void setReadOnly(boolean value) throws SQLException {
    requireOutsideTransaction("read-only");
    roundTripIf(value != readOnly);
    readOnly = value;
  }

  boolean isReadOnly() throws SQLException {
    requireOpen();
    return readOnly;
  }

  void setTransactionIsolation(int level) throws SQLException {
    requireOutsideTransaction("isolation");
    roundTrip(0);
    isolation = level;
  }

  private void requireOutsideTransaction(String what) throws SQLException {
    requireOpen();
    if (inTransaction) {
      throw new SQLException("Cannot change " + what + " in the middle of a transaction", "25001");
    }
  }

  int getTransactionIsolation() throws SQLException {
    requireOpen();
    return isolation;
  }

  void setCatalog(String value) throws SQLException {
    roundTrip(0);
    catalog = value;
  }

  String getCatalog() throws SQLException {
    requireOpen();
    return catalog;
  }

  void setSchema(String value) throws SQLException {
    roundTrip(0);
    schema = value;
  }

  String getSchema() throws SQLException {
    requireOpen();
    return schema;
  }

  void setClientInfo(String name, @Nullable String value) throws SQLException {
    roundTrip(0);
    if (value == null) {
      clientInfo.remove(name);
    } else {
      clientInfo.put(name, value);
    }
  }

  void setClientInfo(Properties all) throws SQLException {
    roundTrip(0);
    clientInfo.clear();
    all.stringPropertyNames().forEach(name -> clientInfo.put(name, all.getProperty(name)));
  }

  @Nullable String getClientInfo(String name) throws SQLException {
    requireOpen();
    return clientInfo.get(name);
  }

  Properties getClientInfo() throws SQLException {
    requireOpen();
    Properties all = new Properties();
    all.putAll(clientInfo);
    return all;
  }

  void setTypeMap(Map<String, Class<?>> map) throws SQLException {
    requireOpen();
    typeMap = Map.copyOf(map);
  }

  Map<String, Class<?>> getTypeMap() throws SQLException {
    requireOpen();
    return typeMap;
  }

  void setHoldability(int value) throws SQLException {
    requireOpen();
    holdability = value;
  }

  int getHoldability() throws SQLException {
    requireOpen();
    return holdability;
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
    openStatements++;
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
    openStatements++;
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
    openStatements++;
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
    return warnings;
  }

  void clearWarnings() throws SQLException {
    requireOpen();
    warnings = null;
  }

  void close() {
    end(End.CLOSED);
  }

  void abort(Executor executor) {
    end(End.ABORTED);
    wake(false);
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
