package dev.sluice.jta;

import javax.transaction.xa.XAResource;

/** A resource that this module gives to a transaction manager for a connection. */
interface Enlisted extends XAResource {
  /** The part of its data source in the transaction. */
  Enlistment enlistment();
}
