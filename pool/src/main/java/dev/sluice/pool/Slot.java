package dev.sluice.pool;
/** stub */
public final class Slot<R> { Slot() {} }
