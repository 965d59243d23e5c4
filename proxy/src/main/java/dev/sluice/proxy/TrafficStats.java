package dev.sluice.proxy;

import java.util.concurrent.atomic.LongAdder;

/** What has happened in a pool since the start. Times are in nanoseconds. Thread-safe. */
final class TrafficStats {
  final LongAdder assignments = new LongAdder();
  final LongAdder transactions = new LongAdder();
  final LongAdder queries = new LongAdder();
  final LongAdder received = new LongAdder();
  final LongAdder sent = new LongAdder();
  final LongAdder transactionTime = new LongAdder();
  final LongAdder queryTime = new LongAdder();
  final LongAdder waitTime = new LongAdder();
  final LongAdder clientParses = new LongAdder();
  final LongAdder serverParses = new LongAdder();
  final LongAdder binds = new LongAdder();
  final LongAdder logins = new LongAdder();

  /** How often a client's server stayed with it because of session state. */
  final LongAdder pins = new LongAdder();

  /** Clients to which that applies now. */
  final LongAdder pinned = new LongAdder();

  /** Bytes came from a client. */
  void received(int bytes) {
    received.add(bytes);
  }

  /** Bytes came from a server. */
  void sent(int bytes) {
    sent.add(bytes);
  }

  /** A client got a server after a wait. */
  void assigned(long waited) {
    assignments.increment();
    waitTime.add(waited);
  }

  void query(long took) {
    queries.increment();
    queryTime.add(took);
  }

  void transaction(long took) {
    transactions.increment();
    transactionTime.add(took);
  }

  void clientParse() {
    clientParses.increment();
  }

  void serverParse() {
    serverParses.increment();
  }

  void bind() {
    binds.increment();
  }

  void login() {
    logins.increment();
  }
}
