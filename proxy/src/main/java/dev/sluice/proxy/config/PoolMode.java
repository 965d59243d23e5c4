package dev.sluice.proxy.config;

/** When a server connection goes back to its pool. */
public enum PoolMode implements Choice {
  /** When the client disconnects. */
  SESSION,
  /** At the end of each transaction. */
  TRANSACTION,
  /** After each statement; transactions of several statements are refused. */
  STATEMENT
}
