/** The engine: lends any resource, fairly and within a deadline. */
@SuppressWarnings("module") // the doors are compiled after this one
module dev.sluice.pool {
  requires static transitive org.jspecify;
  requires jdk.jfr;

  exports dev.sluice.pool;
  exports dev.sluice.pool.sql to
      dev.sluice.jdbc,
      dev.sluice.jta,
      dev.sluice.r2dbc;

  uses dev.sluice.pool.PoolListener;
}
