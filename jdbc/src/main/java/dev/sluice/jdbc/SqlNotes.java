package dev.sluice.jdbc;

import dev.sluice.jdbc.branch.BranchOwner;
import dev.sluice.pool.sql.SqlEffect;
import java.lang.ref.WeakReference;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Derives the state of a session from the text of its SQL. A statement that ends a transaction
 * counts once another one runs, or the lease ends, without an error in between.
 */
final class SqlNotes {
  private static final int BEGUN = 1;
  private static final int MAY_BE_BEGUN = 1 << 1;

  /** A statement that ends the transaction is running, or has succeeded. */
  private static final int ENDING = 1 << 2;

  private final boolean pooled;

  /** Whether there are rules for the text. */
  private boolean judges;

  /** The transaction that alone may begin and end; null if the borrower may. */
  private @Nullable BranchOwner branch;

  /**
   * The lease of a transaction that has the session, until it ends. A weak reference, or the pool
   * would keep handles alive that nobody has.
   */
  private volatile @Nullable WeakReference<SharedLease> shared;

  private final Dialect dialect;
  private final boolean readsAll;
  private final boolean followsTransactions;
  private @Nullable String lastSql;
  private int lastEffect;
  private int bits;

  /**
   * Starts without any notes.
   *
   * @param readsAll whether the text is the only source of information about transactions
   * @param pooled whether each transaction may run in another session
   */
  SqlNotes(Dialect dialect, boolean readsAll, boolean pooled) {
    this.pooled = pooled;
    this.judges = pooled;
    this.dialect = dialect;
    this.readsAll = readsAll;
    this.followsTransactions = readsAll && dialect.hidesTransactions();
  }

  /**
   * Reads SQL that is about to be prepared or executed. Comparing first avoids a write, which would
   * cost a garbage-collection barrier.
   *
   * @param watchesSettings whether it matters that a setting may change
   * @return the effect of executing it, by {@link SqlEffect}
   * @throws SQLException if it must not run behind a pooler, or in the branch
   */
  @SuppressWarnings("ReferenceEquality") // meant so: cheap, and reading again is harmless
  int read(String sql, boolean watchesSettings) throws SQLException {
    if (lastSql != sql) {
      if (judges) {
        judge(sql);
      }
      lastSql = sql;
      lastEffect = watchesSettings || readsAll ? dialect.effectOf(sql) : SqlEffect.NONE;
    }
    return lastEffect;
  }

  private void judge(String sql) throws SQLException {
    BranchOwner owner = branch;
    if (owner != null && SqlEffect.isTransactionControl(sql)) {
      throw owner.refused(SqlText.masked(sql));
    }
    if (pooled) {
      PoolerRules.require(sql);
    }
  }

  /** Notes whose transaction the session is in; null for the borrower's own. */
  void inBranch(@Nullable BranchOwner owner) {
    branch = owner;
    judges = pooled || owner != null;
    if (owner != null) {
      lastSql = null; // a text that was read before may matter now
    }
  }

  /** Notes the lease of a transaction; null at its end. */
  void inLease(@Nullable SharedLease lease) {
    shared = lease == null ? null : new WeakReference<>(lease);
  }

  /** The lease of a transaction, if one has the session. Any thread may call it. */
  @Nullable SharedLease lease() {
    WeakReference<SharedLease> reference = shared;
    return reference == null ? null : reference.get();
  }

  /** Records the effect of SQL that is about to be executed. */
  void follow(int effect) {
    if (!followsTransactions) {
      return;
    }
    forgetEnded();
    if ((effect & SqlEffect.MAY_BEGIN) != 0) {
      bits |= MAY_BE_BEGUN;
    }
    if ((effect & SqlEffect.BEGINS) != 0) {
      bits |= BEGUN;
    } else if ((effect & (SqlEffect.ENDS | SqlEffect.MAY_BEGIN)) == SqlEffect.ENDS) {
      bits |= ENDING;
    }
  }

  /** Records an error: the statement that should have ended the transaction may have failed. */
  void failed() {
    bits &= ~ENDING;
  }

  /** Forgets a transaction that was ended without an error. */
  void forgetEnded() {
    bits = settled();
  }

  private int settled() {
    return (bits & ENDING) == 0 ? bits : 0;
  }

  /** Whether a transaction was begun and, as far as is known, not ended. */
  boolean isBegun() {
    return (settled() & BEGUN) != 0;
  }

  /** Whether a transaction may be open. */
  boolean mayBeBegun() {
    return settled() != 0;
  }

  /** Forgets the transaction, which was ended in another way. */
  void transactionEnded() {
    bits = 0;
  }

  /** Forgets everything. */
  void clear() {
    bits = 0;
    lastSql = null;
  }

  /**
   * The last SQL, shortened and without literals, and why its transaction is over if it is. Any
   * thread may call it.
   */
  String describe() {
    String sql = lastSql;
    String text = sql == null ? "" : SqlText.masked(sql);
    SharedLease lease = lease();
    return lease == null ? text : text + lease.whyKept();
  }
}
