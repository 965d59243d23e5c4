package dev.sluice.spring.boot;

import java.util.List;
import java.util.Map;

/** Knows pools of one door. */
interface PoolDirectory {
  /** The pools that there are, by name. */
  Map<String, OperatedPool> operated();

  /** The same without their names. */
  default List<OperatedPool> all() {
    return List.copyOf(operated().values());
  }
}
