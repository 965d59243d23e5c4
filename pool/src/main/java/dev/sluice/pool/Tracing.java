package dev.sluice.pool;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** The flight recorder's events; they cost nothing while no recording wants them. */
final class Tracing {
  private Tracing() {}

  /** A caller that had to wait. */
  @Name("dev.sluice.Acquire")
  @Label("Acquisition that waited")
  @Category("Sluice")
  @Enabled
  static final class Acquire extends Event {
    @Label("Pool")
    String pool = "";

    @Label("Outcome")
    @Description("served, interrupted, or the kind of failure")
    String outcome = "";
  }

  /** An attempt to open a resource. */
  @Name("dev.sluice.Open")
  @Label("Resource opened")
  @Category("Sluice")
  @StackTrace(false)
  static final class Open extends Event {
    @Label("Pool")
    String pool = "";

    @Label("Resource")
    long resource;

    @Label("Failure")
    @Description("empty if it succeeded")
    String failure = "";
  }

  /** The end of a resource. */
  @Name("dev.sluice.Close")
  @Label("Resource closed")
  @Category("Sluice")
  @StackTrace(false)
  static final class Close extends Event {
    @Label("Pool")
    String pool = "";

    @Label("Resource")
    long resource;

    @Label("Reason")
    String reason = "";

    @Label("Age")
    @Timespan
    long age;
  }
}
