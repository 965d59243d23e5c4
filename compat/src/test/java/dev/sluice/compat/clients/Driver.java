package dev.sluice.compat.clients;

import java.util.concurrent.CompletableFuture;

/** A connection of some Java driver, reduced to what the tests do with it. */
interface Driver extends AutoCloseable {
  /** Opens a connection. */
  @FunctionalInterface
  interface Opener {
    Driver open(Front front) throws Exception;
  }

  /** The first column of the first row, by the simple protocol where the driver has it. */
  String ask(String sql) throws Exception;

  /** Adds one, always by the same prepared statement. */
  int increment(int number) throws Exception;

  void begin() throws Exception;

  void commit() throws Exception;

  void rollback() throws Exception;

  /** Runs a statement; completes with its SQLSTATE, or with nothing if it succeeds. */
  CompletableFuture<String> attempt(String sql);

  /** Cancels the statement that runs. */
  void cancel() throws Exception;

  /** Copies these rows; returns how many. */
  long copyIn(String sql, String rows) throws Exception;

  @Override
  void close();
}
