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

  /** Why the handles ended before their borrowers closed them; null if they did not. */
  @Nullable SQLException whyEnded();
}
