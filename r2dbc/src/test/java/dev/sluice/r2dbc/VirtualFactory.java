package dev.sluice.r2dbc;

import dev.sluice.pool.VirtualPool;
import io.r2dbc.spi.Connection;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.UnaryOperator;

/** A connection factory over the fake driver, in virtual time and on the test's thread alone. */
final class VirtualFactory {
  final FakeR2dbc driver = new FakeR2dbc();
  final VirtualPool time = new VirtualPool();
  final Deque<Runnable> loop = new ArrayDeque<>();
  final SluiceConnectionFactory factory;

  private record Alarm(long at, Runnable task) {}

  private final List<Alarm> alarms = new ArrayList<>();

  VirtualFactory(UnaryOperator<SluiceConnectionFactoryBuilder> options) {
    SluiceConnectionFactoryBuilder builder =
        SluiceConnectionFactory.builder(driver)
            .name("virtual")
            .minSize(0)
            .maxSize(1)
            .healthCheckInterval(Duration.ZERO)
            .keepaliveInterval(Duration.ZERO)
            .acquireTimeout(Duration.ofSeconds(5));
    factory =
        options
            .apply(builder)
            .build(
                (config, resources, listeners) ->
                    time.create(config, resources, ConnectionLease::new),
                this::after,
                time::nanoTime);
  }

  private Runnable after(long nanos, Runnable task) {
    Alarm alarm = new Alarm(time.nanoTime() + nanos, task);
    alarms.add(alarm);
    return () -> alarms.remove(alarm);
  }

  /** Lets time pass for the engine and for the hooks. */
  void pass(long millis) {
    time.pass(millis);
    for (Alarm alarm : List.copyOf(alarms)) {
      if (alarm.at() <= time.nanoTime() && alarms.remove(alarm)) {
        alarm.task().run();
      }
    }
  }

  int alarms() {
    return alarms.size();
  }

  /** Does one thing that is to be done, on the loop or by a worker; false if there is nothing. */
  boolean step() {
    Runnable next = loop.poll();
    if (next != null) {
      next.run();
      return true;
    }
    return time.workOnce();
  }

  void settle() {
    while (step()) {
      // until nothing is left
    }
  }

  Recorder<Connection> subscribe() {
    return Recorder.of(factory.create());
  }

  Connection acquire() {
    Recorder<Connection> recorder = subscribe();
    settle();
    return recorder.one();
  }

  void close(Connection connection) {
    Recorder<Void> closing = Recorder.of(connection.close());
    settle();
    closing.result();
  }

  void end() {
    Recorder<Void> ended = Recorder.of(subscriber -> factory.dispose());
    settle();
    assert !ended.isOver();
  }
}
