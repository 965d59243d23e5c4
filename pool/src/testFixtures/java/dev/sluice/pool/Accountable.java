package dev.sluice.pool;

/** A factory that knows how many of its resources are alive. */
interface Accountable {
  int alive();
}
