package dev.sluice.jdbc.branch;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What the holder of a {@link BranchLease} hears and answers, on any thread. */
public interface BranchOwner {
  /** The last open handle was closed by its borrower. Comes again if there were new ones. */
  void letGo();

  /**
   * The exception for a borrower that calls what only the transaction may do.
   *
   * @param call the name of the method, or the SQL
   */
  SQLException refused(String call);

  /**
   * The pool has taken the lease back: it was held for too long, or the pool was closed or emptied.
   * The handles end next, and then the connection is closed. It is lent to nobody.
   *
   * @param why says so, for the borrowers
   */
  void takenBack(SQLException why);

  /** Why the handles ended before their borrowers closed them; null if they did not. */
  @Nullable SQLException whyEnded();
}
