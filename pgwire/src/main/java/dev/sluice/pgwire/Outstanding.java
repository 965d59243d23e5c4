package dev.sluice.pgwire;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The requests that a server has not answered yet, in their order, and with it the question whether
 * its session may be lent to somebody else. Not thread-safe.
 *
 * <p>Each message of a client that the server answers is entered when it is sent. Each message of
 * the server is shown to {@link #answered}, which says whether the client shall see it.
 *
 * <p><b>What ends a request:</b>
 *
 * <pre>
 *   Parse      ParseComplete
 *   Bind       BindComplete
 *   Close      CloseComplete
 *   Describe   RowDescription or NoData
 *   Execute    CommandComplete, EmptyQueryResponse or PortalSuspended
 *   Sync, Query, FunctionCall   ReadyForQuery
 * </pre>
 *
 * <p><b>States.</b> A server is in one of these, and copying may lie over any of them:
 *
 * <ul>
 *   <li>ANSWERING: its next answer belongs to the first request.
 *   <li>SKIPPING: an extended request failed. The server ignores all requests up to and with the
 *       next Sync, and answers that alone. What was entered for the ones ignored is undone.
 * </ul>
 *
 * <p>While a server reads the rows of a COPY, it ignores Sync. So when the COPY ends, by whatever
 * message, the Syncs that were sent before the client's own end of it are struck out.
 *
 * <p><b>Invariants.</b>
 *
 * <ul>
 *   <li>U1: {@link #isIdle} is true only if the server owes nobody an answer, waits for no Sync and
 *       is outside a transaction.
 *   <li>U2: an answer that the first request cannot have is a {@link ProtocolException}: from there
 *       on nobody can say whose answers these are.
 *   <li>U3: the answer to a request that was answered here comes after those to all requests before
 *       it, and never if the server would have skipped that request.
 * </ul>
 */
public final class Outstanding {
  /** Takes back what was noted down for a request that the server then ignored or refused. */
  @FunctionalInterface
  public interface Undo {
    /** Takes it back. */
    void undo();
  }

  /** Who sees the answers to a request. */
  private static final byte RELAYED = 0;

  /** Nobody, but errors go to the client: it needs what was requested for it. */
  private static final byte HIDDEN = 1;

  /** Nobody, errors included. */
  private static final byte OWN = 2;

  /** The client, from here: the server knows nothing of the request. */
  private static final byte LOCAL = 3;

  private static final byte COPY_END = Frontend.COPY_DONE;
  private static final int INITIAL = 16;

  private byte[] types = new byte[INITIAL];
  private byte[] kinds = new byte[INITIAL];
  private @Nullable Undo[] undos = new Undo[INITIAL];
  private int first;
  private int size;

  /** What is to be taken back when the skipping ends; null if nothing ever was. */
  private @Nullable Deque<Undo> undone;

  private boolean skipping;
  private boolean copyIn;
  private boolean unsynced;
  private boolean ownFailed;
  private TransactionStatus status = TransactionStatus.IDLE;

  // ---- requests

  /** A message of the client was sent to the server. */
  public void relayed(byte type) {
    relayed(type, null);
  }

  /** The same, with what to do if it turns out that the server ignored or refused it. */
  public void relayed(byte type, @Nullable Undo undo) {
    switch (type) {
      case Frontend.PARSE, Frontend.BIND, Frontend.DESCRIBE, Frontend.EXECUTE, Frontend.CLOSE -> {
        unsynced = true;
        add(type, RELAYED, undo);
      }
      case Frontend.QUERY, Frontend.SYNC, Frontend.FUNCTION_CALL -> {
        unsynced = false;
        add(type, RELAYED, undo);
      }
      case Frontend.COPY_DONE, Frontend.COPY_FAIL -> {
        if (copyIn) {
          add(COPY_END, RELAYED, null);
        }
      }
      default -> {} // Flush and rows of a COPY have no answer
    }
  }

  /** A message was sent to the server on the client's behalf; only errors are for the client. */
  public void hidden(byte type, Undo undo) {
    unsynced = true;
    add(type, HIDDEN, undo);
  }

  /** A query of the pooler itself was sent to the server: the client sees nothing of it. */
  public void own() {
    own(Frontend.QUERY);
  }

  /**
   * A message of the pooler itself was sent to the server: the client sees nothing of it. A message
   * of the extended protocol must be followed by a Sync of the pooler.
   */
  public void own(byte type) {
    ownFailed = false;
    add(type, OWN, null);
  }

  /**
   * A request was answered here. Its answer is due at once if {@link #nextLocal} says so, else
   * later.
   *
   * @param reply the type of the answer, a message without a payload
   */
  public void local(byte reply, Undo undo) {
    add(reply, LOCAL, undo);
  }

  /** The next answer of ours that is due now, which is then taken out; 0 if none is. */
  public byte nextLocal() {
    if (size == 0 || kinds[first] != LOCAL || skipping) {
      return 0;
    }
    byte reply = types[first];
    removeFirst(false);
    return reply;
  }

  // ---- answers

  /**
   * A message of the server arrived, other than ReadyForQuery.
   *
   * @return whether the client shall see it
   * @throws ProtocolException if it cannot be an answer to the first request
   */
  public boolean answered(byte type) throws ProtocolException {
    return switch (type) {
      case Backend.NOTICE, Backend.NOTIFICATION, Backend.PARAMETER_STATUS -> !isOwnNext();
      case Backend.ERROR -> failed();
      case Backend.PARSE_COMPLETE -> ends(type, Frontend.PARSE);
      case Backend.BIND_COMPLETE -> ends(type, Frontend.BIND);
      case Backend.CLOSE_COMPLETE -> ends(type, Frontend.CLOSE);
      case Backend.NO_DATA -> ends(type, Frontend.DESCRIBE);
      case Backend.PORTAL_SUSPENDED -> ends(type, Frontend.EXECUTE);
      case Backend.ROW_DESCRIPTION -> endsUnlessQuery(type, Frontend.DESCRIBE);
      case Backend.COMMAND_COMPLETE, Backend.EMPTY_QUERY -> completed(type);
      case Backend.COPY_IN, Backend.COPY_BOTH -> {
        copyIn = true;
        yield isShown(type);
      }
      case Backend.DATA_ROW,
          Backend.COPY_OUT,
          Backend.COPY_DATA,
          Backend.COPY_DONE,
          Backend.FUNCTION_RESULT,
          Backend.PARAMETER_DESCRIPTION ->
          isShown(type);
      default ->
          throw new ProtocolException("unexpected message " + Text.type(type) + " from the server");
    };
  }

  private boolean completed(byte type) throws ProtocolException {
    boolean shown = endsUnlessQuery(type, Frontend.EXECUTE);
    endCopy();
    return shown;
  }

  /**
   * ReadyForQuery arrived.
   *
   * @return whether the client shall see it
   * @throws ProtocolException if no request is left that it could end
   */
  public boolean ready(TransactionStatus now) throws ProtocolException {
    copyIn = false;
    status = now;
    if (skipping) {
      skipping = false;
      while (size > 0 && types[first] != Frontend.SYNC) {
        removeFirst(true);
      }
      undoAll();
    }
    if (size == 0 || !isEndedByReady(types[first]) || kinds[first] == LOCAL) {
      throw unexpected(Backend.READY);
    }
    boolean shown = kinds[first] != OWN;
    removeFirst(false);
    return shown;
  }

  /** Takes back the last first, since later requests built on earlier ones. */
  private void undoAll() {
    Deque<Undo> all = undone;
    while (all != null && !all.isEmpty()) {
      all.pop().undo();
    }
  }

  private Deque<Undo> undone() {
    Deque<Undo> all = undone;
    if (all == null) {
      all = new ArrayDeque<>();
      undone = all;
    }
    return all;
  }

  private boolean failed() {
    endCopy();
    if (size == 0) {
      return true; // FATAL: the server says why it goes
    }
    byte kind = kinds[first];
    ownFailed |= kind == OWN;
    if (!isEndedByReady(types[first])) {
      skipping = true;
      removeFirst(true);
    }
    return kind != OWN;
  }

  private boolean ends(byte type, byte request) throws ProtocolException {
    if (skipping || size == 0 || types[first] != request || kinds[first] == LOCAL) {
      throw unexpected(type);
    }
    boolean shown = kinds[first] == RELAYED;
    removeFirst(false);
    return shown;
  }

  private boolean endsUnlessQuery(byte type, byte request) throws ProtocolException {
    if (size > 0 && types[first] == Frontend.QUERY && kinds[first] != LOCAL) {
      return kinds[first] == RELAYED;
    }
    return ends(type, request);
  }

  private boolean isShown(byte type) throws ProtocolException {
    if (size == 0 || skipping || kinds[first] == LOCAL) {
      throw unexpected(type);
    }
    return kinds[first] == RELAYED;
  }

  /** Strikes out the Syncs that the server read, and ignored, among the rows. */
  private void endCopy() {
    if (!copyIn) {
      return;
    }
    copyIn = false;
    int kept = 0;
    boolean ended = false; // from there on, the server has read nothing as a row
    for (int i = 0; i < size; i++) {
      int at = index(i);
      boolean end = isCopyEnd(at);
      boolean struck = !ended && (types[at] == Frontend.SYNC || end);
      ended |= end || (i > 0 && !struck);
      if (!struck) {
        move(at, index(kept++));
      }
    }
    size = kept;
    unsynced |= !endsSynced();
  }

  /**
   * Whether what is left ends with a request that ReadyForQuery will answer, or nothing is left.
   */
  private boolean endsSynced() {
    return size > 0 && isEndedByReady(types[index(size - 1)]);
  }

  private boolean isCopyEnd(int at) {
    return types[at] == COPY_END && kinds[at] != LOCAL;
  }

  private static boolean isEndedByReady(byte type) {
    return type == Frontend.SYNC || type == Frontend.QUERY || type == Frontend.FUNCTION_CALL;
  }

  private ProtocolException unexpected(byte type) {
    String expected =
        skipping
            ? "ReadyForQuery after an error"
            : size == 0 ? "nothing" : "an answer to " + Text.type(types[first]);
    return new ProtocolException(
        "the server sent " + Text.type(type) + " where " + expected + " was expected");
  }

  // ---- state

  /** Whether the server has answered everything and is outside a transaction. */
  public boolean isIdle() {
    return size == 0 && !unsynced && !copyIn && status == TransactionStatus.IDLE;
  }

  /** Whether nothing is outstanding, in a transaction or not. */
  public boolean isAnswered() {
    return size == 0 && !unsynced && !copyIn;
  }

  /** Whether ReadyForQuery is due, so that the fate of all requests before it will be known. */
  public boolean awaitsReady() {
    for (int i = 0; i < size; i++) {
      if (isEndedByReady(types[index(i)])) {
        return true;
      }
    }
    return false;
  }

  /** Whether the server reads rows of a COPY. */
  public boolean isCopyIn() {
    return copyIn;
  }

  /** Whether the pooler's own query failed. */
  public boolean ownFailed() {
    return ownFailed;
  }

  /** Whether the next answer is to the pooler's own query. */
  public boolean isOwnNext() {
    return size > 0 && kinds[first] == OWN;
  }

  /** Where the server stood when it was last ready. */
  public TransactionStatus status() {
    return status;
  }

  /** How many requests wait for an answer. */
  public int size() {
    return size;
  }

  // ---- the ring

  private int index(int offset) {
    return (first + offset) & (types.length - 1);
  }

  private void add(byte type, byte kind, @Nullable Undo undo) {
    if (size == types.length) {
      grow();
    }
    int at = index(size++);
    types[at] = type;
    kinds[at] = kind;
    undos[at] = undo;
  }

  private void removeFirst(boolean undone) {
    Undo undo = undos[first];
    undos[first] = null;
    first = index(1);
    size--;
    if (undone && undo != null) {
      undone().push(undo);
    }
  }

  private void move(int from, int to) {
    types[to] = types[from];
    kinds[to] = kinds[from];
    Undo undo = undos[from];
    undos[from] = null;
    undos[to] = undo;
  }

  private void grow() {
    int length = types.length;
    byte[] moreTypes = new byte[length * 2];
    byte[] moreKinds = new byte[length * 2];
    @Nullable Undo[] moreUndos = new Undo[length * 2];
    for (int i = 0; i < size; i++) {
      int at = index(i);
      moreTypes[i] = types[at];
      moreKinds[i] = kinds[at];
      moreUndos[i] = undos[at];
    }
    types = moreTypes;
    kinds = moreKinds;
    undos = moreUndos;
    first = 0;
  }
}
