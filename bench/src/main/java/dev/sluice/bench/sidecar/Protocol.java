package dev.sluice.bench.sidecar;

import java.util.Locale;

/** How a client sends its query; the names are those of {@code pgbench -M}. */
enum Protocol {
  /** One Query message with the value in its text. */
  SIMPLE,
  /** Parse, Bind, Describe, Execute and Sync for each query. */
  EXTENDED,
  /** A statement that is prepared once, then Bind, Describe, Execute and Sync. */
  PREPARED;

  /** As options and tables have it. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
