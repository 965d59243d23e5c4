package dev.sluice.jta;

import dev.sluice.jdbc.branch.BranchLease;
import java.sql.SQLException;
import javax.transaction.xa.XAResource;

/** How the connections of a data source take part in a transaction. */
interface Branch {
  /** Makes the resource for the transaction manager. */
  XAResource of(Enlistment enlistment, BranchLease lease) throws SQLException;
}
