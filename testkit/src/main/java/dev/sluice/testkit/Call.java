package dev.sluice.testkit;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call into the fake driver that is under way.
 *
 * <p>Methods are named by the JDBC interface that declares them, such as {@code Connection.commit},
 * {@code Statement.close}, {@code PreparedStatement.executeQuery}, {@code Driver.connect}.
 */
public final class Call {

  /** Does what the call would do if no fault were in its way. */
  @FunctionalInterface
  interface Effect {
    @Nullable Object perform() throws Throwable;
  }

  private final FakeDatabase database;
  private final FakeConnection connection;
  private final String method;
  private final List<Object> arguments;
  private final long number;
  private final Effect effect;

  Call(
      FakeDatabase database,
      FakeConnection connection,
      String method,
      List<Object> arguments,
      long number,
      Effect effect) {
    this.database = database;
    this.connection = connection;
    this.method = method;
    this.arguments = arguments;
    this.number = number;
    this.effect = effect;
  }

  /** Its place among all calls into this database's driver, from 1. */
  public long number() {
    return number;
  }

  /** The method's name. */
  public String method() {
    return method;
  }

  /** What it was called with. */
  public List<Object> arguments() {
    return arguments;
  }

  /** The physical connection it concerns; the one to be, for {@code Driver.connect}. */
  public FakeConnection connection() {
    return connection;
  }

  FakeDatabase database() {
    return database;
  }

  /**
   * Does what the call would have done, and gives its result (null for void).
   *
   * @throws Throwable what the call throws
   */
  public @Nullable Object proceed() throws Throwable {
    return effect.perform();
  }

  @Override
  public String toString() {
    return "#" + number + " " + method + " on connection " + connection.id();
  }
}
