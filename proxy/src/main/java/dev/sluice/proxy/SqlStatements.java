package dev.sluice.proxy;

import dev.sluice.pgwire.ErrorFields;
import dev.sluice.pgwire.Frontend;
import dev.sluice.pgwire.PreparedText;
import dev.sluice.pgwire.Requests;
import dev.sluice.pgwire.SqlCommand;
import dev.sluice.pgwire.StatementCatalog;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * SQL's PREPARE, EXECUTE and DEALLOCATE in the simple queries of a client that changes servers. A
 * query that has any of these goes to the server with the names that servers know, and after what
 * it needs has been prepared there. Names are those of the protocol too, as at PostgreSQL.
 *
 * <p><b>States and legal moves.</b>
 *
 * <pre>
 *   FREE → HELD         such a query has come, and the server still answers others
 *   FREE, HELD → SENT   the query was sent. Until the server is ready, nothing else is
 *   SENT → FREE         the server is ready, or gone
 * </pre>
 *
 * <ul>
 *   <li>Q1: the client has a statement from the end of its PREPARE to the end of its DEALLOCATE,
 *       whatever becomes of the transaction: PostgreSQL does not roll back either.
 *   <li>Q2: what the pooler prepares is invisible. If it fails, the client gets that error in the
 *       place of its own, which would say that there is no such statement.
 *   <li>Q3: two names of one text do not disturb each other within a query: one of them gets a
 *       variant of the text, which is another statement for servers.
 * </ul>
 */
final class SqlStatements {
  private static final String NO_SUCH_STATEMENT = "26000";
  private static final String TRANSACTION_ABORTED = "25P02";
  private static final String EXISTS = "42P05";

  /** A command of the client that the server has not ended yet. */
  private record Change(boolean adds, String name, PreparedText text) {}

  /** What servers and the client call the statement of a command; empty if it has none. */
  private record Named(String atServer, String ofClient) {}

  /** A command of the pooler that the server has not answered yet. */
  private record Own(boolean adds, PreparedText text) {}

  private final ClientConnection client;
  private final ServerPool pool;
  private final StatementRelay relay;
  private final StatementCatalog catalog;

  /** Whose answers the query waits for. */
  private @Nullable ServerConnection heldFor;

  private boolean sent;
  private final Deque<Change> changes = new ArrayDeque<>();
  private final Deque<Own> own = new ArrayDeque<>();
  private boolean ownFailed;
  private @Nullable ErrorFields ownError;
  private @Nullable ErrorFields otherWords;

  /** The names at the servers that errors may show, and what the client calls them. */
  private final Map<String, String> names = new HashMap<>();

  /** The commands of the query, and how many of them have ended. */
  private final List<Named> order = new ArrayList<>();

  private int ended;

  SqlStatements(ClientConnection client, ServerPool pool, StatementRelay relay) {
    this.client = client;
    this.pool = pool;
    this.relay = relay;
    this.catalog = client.core.statements;
  }

  boolean waits() {
    ServerConnection busy = heldFor;
    return sent || (busy != null && busy.outstanding.size() > 0);
  }

  /** Whether commands deal with prepared statements. */
  boolean concern(List<SqlCommand> commands) {
    if (!relay.isOn()) {
      return false;
    }
    for (SqlCommand command : commands) {
      if (command.kind().ofStatements()) {
        return true;
      }
    }
    return false;
  }

  /** Whether such a query may be sent; else it is when the server has answered. */
  boolean mayTake(ServerConnection server) {
    boolean free = server.outstanding.size() == 0;
    heldFor = free ? null : server;
    return free;
  }

  // ---- a query

  /** What the commands before will have changed when a later one of the same query runs. */
  private final class Course {
    final ServerConnection server;
    private final Map<String, @Nullable PreparedText> ofClient = new HashMap<>();
    private final Set<PreparedText> added = new HashSet<>();
    private final Set<PreparedText> removed = new HashSet<>();
    private boolean cleared;

    Course(ServerConnection server) {
      this.server = server;
    }

    @Nullable PreparedText find(String name) {
      return cleared || ofClient.containsKey(name)
          ? ofClient.get(name)
          : client.statements.get(name);
    }

    boolean atServer(PreparedText text) {
      return added.contains(text)
          || (!cleared && !removed.contains(text) && server.statements.find(text) != null);
    }

    void clear() {
      cleared = true;
      ofClient.clear();
      added.clear();
    }

    void add(String name, PreparedText text) {
      ofClient.put(name, text);
      added.add(text);
      removed.remove(text);
    }

    void remove(String name, PreparedText text) {
      ofClient.put(name, null);
      added.remove(text);
      removed.add(text);
    }
  }

  /** Sends a query in the words of the servers, after what it needs. */
  void send(ServerConnection server, String text, List<SqlCommand> commands) {
    if (!server.outstanding.isAnswered()) { // inside a batch without Sync: as the server likes
      write(server, text);
      return;
    }
    Course course = new Course(server);
    StringBuilder sql = new StringBuilder();
    int copied = 0;
    for (SqlCommand command : commands) {
      PreparedText called = translate(course, text, command);
      order.add(new Named(called == null ? "" : called.name(), command.name()));
      if (called != null) {
        sql.append(text, copied, command.nameFrom()).append('"').append(called.name()).append('"');
        copied = command.nameTo();
        names.put(called.name(), command.name());
      }
    }
    write(server, sql.append(text, copied, text.length()).toString());
    sent = true;
    ended = 0;
  }

  private static void write(ServerConnection server, String sql) {
    ByteBuf out = server.channel.alloc().buffer();
    Requests.queryBytes(out, sql);
    server.channel.write(out);
    server.outstanding.relayed(Frontend.QUERY);
  }

  /** What servers call the statement that a command names; null if it goes as it is. */
  private @Nullable PreparedText translate(Course course, String text, SqlCommand command) {
    PreparedText known = course.find(command.name());
    if (known != null && course.removed.contains(known)) { // by another name of the same
      known = catalog.useVariant(known);
      client.statements.put(command.name(), known);
    }
    switch (command.kind()) {
      case PREPARE -> {
        if (known == null) {
          return prepare(course, command, text.substring(command.nameTo(), command.to()));
        }
        ensure(course, known); // so that the server says that it exists
      }
      case EXECUTE -> ensure(course, known);
      case DEALLOCATE -> {
        ensure(course, known);
        if (known != null) {
          course.remove(command.name(), known);
          changes.add(new Change(false, command.name(), known));
        }
      }
      case DEALLOCATE_ALL, DISCARD_ALL -> {
        course.clear();
        return null;
      }
      default -> {
        return null;
      }
    }
    return known;
  }

  private PreparedText prepare(Course course, SqlCommand command, String definition) {
    PreparedText made = catalog.use(definition);
    while (names.containsKey(made.name()) && course.atServer(made)) { // the query uses it already
      PreparedText variant = catalog.useVariant(made);
      catalog.release(made);
      made = variant;
    }
    if (course.atServer(made)) {
      run(course.server, "DEALLOCATE \"" + made.name() + '"', new Own(false, made));
    }
    evict(course.server, relay.most() - 1, made); // it comes on top when it is there
    course.add(command.name(), made);
    changes.add(new Change(true, command.name(), made));
    return made;
  }

  /** Prepares a statement at a server that does not have it. */
  private void ensure(Course course, @Nullable PreparedText text) {
    if (text == null || course.atServer(text)) {
      return;
    }
    ServerConnection server = course.server;
    if (text.isSql()) {
      run(server, text.prepareCommand(), new Own(true, text));
    } else {
      ByteBuf out = server.channel.alloc().buffer();
      text.writeParse(out);
      Requests.sync(out);
      server.channel.write(out);
      server.outstanding.own(Frontend.PARSE);
      server.outstanding.own(Frontend.SYNC);
      note(server, new Own(true, text));
    }
    pool.stats.serverParse();
    evict(server, relay.most(), text);
  }

  /** Leaves so many statements at a server, and all that the query needs. */
  private void evict(ServerConnection server, int most, PreparedText needed) {
    for (PreparedText old = server.statements.surplus(most);
        old != null && !names.containsKey(old.name()) && old != needed;
        old = server.statements.surplus(most)) {
      run(server, "DEALLOCATE \"" + old.name() + '"', new Own(false, old));
    }
  }

  private void run(ServerConnection server, String sql, Own what) {
    ByteBuf out = server.channel.alloc().buffer();
    Requests.queryBytes(out, sql);
    server.channel.write(out);
    server.outstanding.own();
    note(server, what);
  }

  private void note(ServerConnection server, Own what) {
    own.add(what);
    apply(server, what.adds, what.text);
  }

  private static void apply(ServerConnection server, boolean adds, PreparedText text) {
    if (adds) {
      server.statements.add(text);
    } else {
      server.statements.remove(text);
    }
  }

  // ---- answers

  /** A command of the client has ended (Q1). */
  void completed(ServerConnection server, String tag) {
    ended++;
    Change next = changes.peek();
    if (next == null || !tag.equals(next.adds ? "PREPARE\0" : "DEALLOCATE\0")) {
      return;
    }
    changes.remove();
    apply(server, next.adds, next.text);
    if (next.adds) {
      client.statements.put(next.name, next.text);
    } else {
      client.statements.remove(next.name, next.text);
    }
    client.preparedStatements = client.statements.size();
  }

  /** An error came: of the pooler's own command, or of the client's. */
  void failed(boolean ofOwn, ErrorFields error) {
    if (ofOwn) {
      ownFailed = true;
      ownError = error;
      return;
    }
    ErrorFields cause = ownError;
    boolean follows =
        error.sqlState().equals(NO_SUCH_STATEMENT) || error.sqlState().equals(TRANSACTION_ABORTED);
    ErrorFields better = cause != null && follows ? cause : error; // Q2
    Named culprit = ended < order.size() ? order.get(ended) : null;
    if (culprit != null && !culprit.atServer.isEmpty()) { // of two names, that of this command
      names.put(culprit.atServer, culprit.ofClient);
    }
    ErrorFields said = better.renamed(names);
    otherWords = said == error ? null : said;
  }

  boolean hasOtherWords() {
    return otherWords != null;
  }

  @Nullable ErrorFields takeOtherWords() {
    ErrorFields words = otherWords;
    otherWords = null;
    return words;
  }

  /** The server is ready: after a command of the pooler, or after the client's. */
  void ready(ServerConnection server, boolean ofClient) {
    if (!ofClient) {
      Own answered = own.poll();
      ErrorFields error = ownError;
      if (answered != null && error != null && ownFailed) {
        boolean there = answered.adds && error.sqlState().equals(EXISTS);
        apply(server, answered.adds == there, answered.text);
        ownError = there ? null : error;
      }
      ownFailed = false;
    } else if (server.outstanding.size() == 0) {
      released();
    }
  }

  /** The query is answered, or its server is gone. */
  void released() {
    heldFor = null;
    ownFailed = false;
    sent = false;
    for (Change never : changes) {
      if (never.adds) {
        catalog.release(never.text);
      }
    }
    changes.clear();
    own.clear();
    names.clear();
    order.clear();
    ended = 0;
    ownError = null;
  }
}
