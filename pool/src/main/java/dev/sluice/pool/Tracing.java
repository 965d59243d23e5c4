package dev.sluice.pool;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * The events for JDK Flight Recorder. They cost nothing while no recording wants them.
 *
 * <p>Loading an event class starts the recorder, which takes longer than everything else on the way
 * to the first lease. So this class touches no event class before a recording exists. Every way to
 * start a recording (the JVM's option, {@code jcmd}, JMX or the API) initializes the recorder
 * first. An event is recorded if the recorder was initialized when the event began.
 */
final class Tracing {
  private Tracing() {}

  /** Whether this JVM has, or had, a recording. */
  static boolean on() {
    return FlightRecorder.isInitialized();
  }

  /** Begins the event of an attempt to open; null if nothing is recorded. */
  static @Nullable Open beginOpen() {
    if (!on()) {
      return null;
    }
    Open event = new Open();
    event.begin();
    return event;
  }

  /**
   * Ends the event that {@link #beginOpen} began; {@code failure} is empty if the attempt
   * succeeded.
   */
  static void endOpen(@Nullable Open event, String pool, long id, String failure) {
    if (event != null) {
      event.end(pool, id, failure);
    }
  }

  /** Records the end of a resource, if there is a recording. */
  static void closed(String pool, long id, CloseReason reason, long age) {
    if (on()) {
      Close.happened(pool, id, reason, age);
    }
  }

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

    void end(String poolName, long id, String why) {
      end();
      if (shouldCommit()) {
        pool = poolName;
        resource = id;
        failure = why;
        commit();
      }
    }
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

    static void happened(String pool, long id, CloseReason reason, long age) {
      Close event = new Close();
      if (event.shouldCommit()) {
        event.pool = pool;
        event.resource = id;
        event.reason = reason.name();
        event.age = age;
        event.commit();
      }
    }
  }
}
