package dev.sluice.testkit;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.sql.SQLNonTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A database that is all in the head: it keeps sessions and transactions as a real one does, fails
 * on command, and remembers how it was treated.
 *
 * <p>Reached as {@code jdbc:fake:<name>} through {@link FakeDriver}, or by {@link #connect}. All
 * methods may be called from any thread. By default it is up and does everything at once.
 *
 * <pre>{@code
 * try (FakeDatabase db = FakeDatabase.create()) {
 *   db.when("Connection.isValid").at(3).then(Fault.fail("08006"));
 *   Fault.Hang stuck = Fault.hang();
 *   db.when("Driver.connect").then(stuck);
 *   …
 * }
 * }</pre>
 */
public final class FakeDatabase implements AutoCloseable {
  /** The log keeps this many calls; older ones are forgotten. */
  public static final int LOG_LIMIT = CallLog.LIMIT;

  private static final Map<String, FakeDatabase> ALL = new ConcurrentHashMap<>();
  private static final AtomicInteger NAMES = new AtomicInteger();

  /** Calls that JDBC lets any thread make, beside the one that uses the connection. */
  private static final Set<String> FOR_ANY_THREAD =
      Set.of(
          "Connection.abort",
          "Connection.isClosed",
          "Statement.cancel",
          "Statement.isClosed",
          "ResultSet.isClosed",
          "Wrapper.unwrap",
          "Wrapper.isWrapperFor");

  /** Not "db2" of all: that is the name of another database in a URL. */
  private final String name = "base" + NAMES.incrementAndGet();

  private final Sleeper sleeper;
  private final List<Trigger> triggers = new CopyOnWriteArrayList<>();
  private final AtomicLong calls = new AtomicLong();
  private final AtomicLong roundTrips = new AtomicLong();
  private final AtomicInteger ids = new AtomicInteger();
  private final Map<Integer, FakeConnection> open = new ConcurrentHashMap<>();
  private final Map<Integer, FakeConnection> pending = new ConcurrentHashMap<>();
  private final Map<Integer, FakeConnection> heldByClient = new ConcurrentHashMap<>();
  private final AtomicInteger opened = new AtomicInteger();
  private final Highest mostOpen = new Highest();
  private final Highest connecting = new Highest();
  private final Collection<String> violations = new ConcurrentLinkedQueue<>();

  /** Guards the admission of connections. */
  private final ReentrantLock lock = new ReentrantLock();

  private final CallLog log = new CallLog();
  private final List<String> committed = Collections.synchronizedList(new ArrayList<>());
  private final List<String> rolledBack = Collections.synchronizedList(new ArrayList<>());
  private final List<String> lost = Collections.synchronizedList(new ArrayList<>());

  private volatile boolean refusing;
  private volatile boolean blackHole;
  private volatile boolean readOnly;
  private volatile int limit = Integer.MAX_VALUE;
  private volatile Duration latency = Duration.ZERO;
  private volatile String productName = "FakeDB";
  private volatile @Nullable String requiredUser;
  private volatile @Nullable String requiredPassword;

  private FakeDatabase(Sleeper sleeper) {
    this.sleeper = sleeper;
    ALL.put(name, this);
  }

  /** A database in real time. */
  public static FakeDatabase create() {
    return new FakeDatabase(Sleeper.REAL);
  }

  /** A database in whatever time the sleeper keeps. */
  public static FakeDatabase create(Sleeper sleeper) {
    return new FakeDatabase(sleeper);
  }

  static @Nullable FakeDatabase named(String name) {
    return ALL.get(name);
  }

  /** Its part of the URL. */
  public String name() {
    return name;
  }

  /** The JDBC URL. */
  public String url() {
    return FakeDriver.PREFIX + name;
  }

  /** Opens a physical connection, as the driver does. */
  public Connection connect(Properties properties) throws SQLException {
    FakeConnection next = new FakeConnection(this, ids.incrementAndGet(), properties);
    connecting.up();
    pending.put(next.id(), next);
    try {
      call(next, "Driver.connect", List.of(properties), () -> accept(next, properties));
      return next.face();
    } catch (SQLException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("A fault threw what connect cannot throw", e);
    } finally {
      pending.remove(next.id());
      connecting.down();
    }
  }

  /** Opens a physical connection without a name or password. */
  public Connection connect() throws SQLException {
    return connect(new Properties());
  }

  private @Nullable Object accept(FakeConnection next, Properties properties) throws SQLException {
    roundTrip();
    while (blackHole) {
      next.pauses().pause(Sleeper.FOREVER);
    }
    if (!latency.isZero()) {
      next.pauses().pause(latency);
    }
    if (refusing) {
      throw new SQLNonTransientConnectionException("Connection refused", "08001");
    }
    authenticate(properties);
    lock.lock();
    try {
      admit(next);
    } finally {
      lock.unlock();
    }
    return null;
  }

  private void admit(FakeConnection next) throws SQLException {
    if (open.size() >= limit) {
      throw new SQLNonTransientConnectionException("Sorry, too many clients already", "53300");
    }
    open.put(next.id(), next);
    heldByClient.put(next.id(), next);
    opened.incrementAndGet();
    mostOpen.atLeast(open.size());
  }

  private void authenticate(Properties properties) throws SQLException {
    String user = requiredUser;
    if (user != null
        && !(user.equals(properties.getProperty("user"))
            && String.valueOf(requiredPassword).equals(properties.getProperty("password")))) {
      throw new SQLInvalidAuthorizationSpecException("Password authentication failed", "28P01");
    }
  }

  // ---- calls

  @Nullable Object call(
      FakeConnection connection, String method, List<Object> arguments, Call.Effect effect)
      throws Throwable {
    long number = calls.incrementAndGet();
    log.add(new CallRecord(number, connection.id(), method, arguments, threadName()));
    boolean exclusive = !FOR_ANY_THREAD.contains(method);
    boolean entered = exclusive && enter(connection, method);
    try {
      Call.Effect real = () -> locked(connection, effect);
      Fault fault = faultFor(method, connection.id());
      return fault == null
          ? real.perform()
          : fault.around(new Call(this, connection, method, arguments, number, real));
    } finally {
      if (entered) {
        connection.leave();
      }
    }
  }

  private static String threadName() {
    return Thread.currentThread().getName();
  }

  private boolean enter(FakeConnection connection, String method) {
    Thread other = connection.enter();
    if (other != null) {
      violations.add(
          method
              + " on connection "
              + connection.id()
              + " by "
              + threadName()
              + " while "
              + other.getName()
              + " was using it");
    }
    return other == null;
  }

  private static @Nullable Object locked(FakeConnection connection, Call.Effect effect)
      throws Throwable {
    connection.lock().lock();
    try {
      return effect.perform();
    } finally {
      connection.lock().unlock();
    }
  }

  private @Nullable Fault faultFor(String method, int connection) {
    Fault found = null;
    for (Trigger trigger : triggers) {
      if (trigger.fires(method, connection)) {
        found = trigger.fault();
      }
    }
    return found;
  }

  /**
   * Begins to say which calls shall meet with a fault.
   *
   * @param pattern a method such as {@code Connection.commit}, all of an interface ({@code
   *     Statement.*}), all of a name ({@code *.close}), or {@code *}
   */
  public Trigger when(String pattern) {
    return new Trigger(this, pattern);
  }

  void arm(Trigger trigger) {
    triggers.add(trigger);
  }

  void disarm(Trigger trigger) {
    triggers.remove(trigger);
  }

  /** Disarms all triggers. Hangs go on hanging until released. */
  public void clearFaults() {
    triggers.clear();
  }

  /** How many calls came in, of any kind. */
  public long callCount() {
    return calls.get();
  }

  /** How many of the calls needed the network, connecting included. */
  public long roundTrips() {
    return roundTrips.get();
  }

  /** The log of all calls, the oldest first. */
  public List<CallRecord> calls() {
    return log.all();
  }

  /** The log of the calls of one method. */
  public List<CallRecord> calls(String method) {
    return log.ofMethod(method);
  }

  /** The methods called on one connection, in order. */
  public List<String> methodsOf(int connection) {
    return log.methodsOf(connection);
  }

  // ---- the server's moods

  /** Refuses connections with 08001, and drops those that exist. */
  public void goDown() {
    refusing = true;
    killAll("08006");
  }

  /** Refuses new connections with 08001 and keeps those that exist. */
  public void refuseConnections() {
    refusing = true;
  }

  /** Accepts connections again. */
  public void comeUp() {
    refusing = false;
  }

  /** Drops all connections with 57P01, as a restart does, and accepts new ones. */
  public void restart() {
    killAll("57P01");
  }

  /** Drops all connections; each learns it, by this SQLSTATE, at its next round trip. */
  public void killAll(String sqlState) {
    List.copyOf(open.values()).forEach(c -> c.kill(sqlState));
  }

  /** Never answers, to anyone, while on; connecting hangs too. */
  public void blackHole(boolean on) {
    blackHole = on;
    if (!on) {
      pending.values().forEach(c -> c.blackHole(false));
      heldByClient.values().forEach(c -> c.blackHole(false));
    }
  }

  /** Refuses writes with 25006 while on, as a demoted server does. */
  public void readOnly(boolean on) {
    readOnly = on;
  }

  /** Lets in no more than that many connections; the rest get 53300. */
  public void limitConnections(int most) {
    limit = most;
  }

  /** Lets in nobody but this user with this password; the rest get 28P01. */
  public void requireLogin(String user, String password) {
    requiredPassword = password;
    requiredUser = user;
  }

  /** Every round trip takes that long. */
  public void latency(Duration time) {
    latency = time;
  }

  /** The name it gives itself in the metadata, "FakeDB" unless set. */
  public void productName(String value) {
    productName = value;
  }

  // ---- what it remembers

  /** Writes that were committed, in order. */
  public List<String> committed() {
    return List.copyOf(committed);
  }

  /** Writes that were rolled back by the client. */
  public List<String> rolledBack() {
    return List.copyOf(rolledBack);
  }

  /** Writes that were lost because their connection ended in the middle of the transaction. */
  public List<String> lost() {
    return List.copyOf(lost);
  }

  /** Connections open now on the server. */
  public int openNow() {
    return open.size();
  }

  /** The most connections that were ever open at once on the server. */
  public int mostOpen() {
    return mostOpen.highest();
  }

  /** Connections that the client holds and has neither closed nor aborted, dead ones included. */
  public int heldByClient() {
    return heldByClient.size();
  }

  /** Connections ever opened. */
  public int opened() {
    return opened.get();
  }

  /** Connects under way now. */
  public int connectingNow() {
    return connecting.now();
  }

  /** The most connects that were ever under way at once. */
  public int mostConnecting() {
    return connecting.highest();
  }

  /** A sentence for each time that two threads used one connection at once. */
  public List<String> violations() {
    return List.copyOf(violations);
  }

  /** The connections that are open now, the oldest first. */
  public List<FakeConnection> connections() {
    return open.values().stream().sorted(Comparator.comparingInt(FakeConnection::id)).toList();
  }

  /** The open connection with that id. */
  public FakeConnection connection(int id) {
    FakeConnection found = open.get(id);
    if (found == null) {
      throw new IllegalArgumentException("No open connection " + id + " among " + open.keySet());
    }
    return found;
  }

  /** The physical connection behind what the driver handed out. */
  public static FakeConnection physical(Connection connection) throws SQLException {
    return connection.unwrap(FakeConnection.class);
  }

  /** Ends it: its connections die, its URL is unknown from now on. */
  @Override
  public void close() {
    ALL.remove(name);
    goDown();
    blackHole(false);
  }

  // ---- for the connections

  Sleeper sleeper() {
    return sleeper;
  }

  void roundTrip() {
    roundTrips.incrementAndGet();
  }

  Duration latency() {
    return latency;
  }

  boolean isBlackHole() {
    return blackHole;
  }

  boolean isReadOnly() {
    return readOnly;
  }

  String productName() {
    return productName;
  }

  void gone(FakeConnection connection) {
    open.remove(connection.id());
  }

  void closedByClient(FakeConnection connection) {
    heldByClient.remove(connection.id());
  }

  void commit(List<String> rows) {
    committed.addAll(rows);
  }

  void rolledBack(List<String> rows) {
    rolledBack.addAll(rows);
  }

  void lost(List<String> rows) {
    lost.addAll(rows);
  }

  @Override
  public String toString() {
    return url();
  }
}
