package dev.sluice.pool;

/** A pool as the {@link PoolGroup} sees it. What it answers is counted from its slots. */
interface GroupMember {
  /** How the pool is called. */
  String name();

  /** Resources that exist, or are being opened or closed. */
  int held();

  /** Of those, the ones that will go without anybody's doing. */
  int leaving();

  /** What it gets whatever the others do: its minimum, but at least one. */
  int guaranteed();

  /** What it uses now, or wants to use; at most what its own limits allow. */
  int wanted();

  /** Whether it was refused a place lately, and somebody waits for it still. */
  boolean isShort();

  /** Is to give up so many, beside those that go anyway, instead of what it was to before. */
  void owe(int places);

  /** Has its keeper look at it soon. */
  void lookSoon();
}
