/** The engine: lends any resource, fairly and within a deadline. */
module dev.sluice.pool {
  requires static transitive org.jspecify;
  requires jdk.jfr;

  exports dev.sluice.pool;

  uses dev.sluice.pool.PoolListener;
}
