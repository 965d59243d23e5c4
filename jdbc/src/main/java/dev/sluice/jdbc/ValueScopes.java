package dev.sluice.jdbc;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * Scopes by {@code java.lang.ScopedValue}, which the byte code for Java 17 cannot name. Looked up
 * when the first scope begins.
 */
final class ValueScopes extends Scopes {
  /** Stands for no scope, since a scoped value has no other default than an object. */
  private static final Object NONE = new Object();

  private static final MethodHandle NEW;
  private static final MethodHandle WHERE;
  private static final MethodHandle RUN;
  private static final MethodHandle OR_ELSE;

  static {
    try {
      Class<?> value = Class.forName("java.lang.ScopedValue");
      Class<?> carrier = Class.forName("java.lang.ScopedValue$Carrier");
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      Class<?> any = Object.class;
      NEW =
          lookup
              .findStatic(value, "newInstance", MethodType.methodType(value))
              .asType(MethodType.methodType(any));
      WHERE =
          lookup
              .findStatic(value, "where", MethodType.methodType(carrier, value, any))
              .asType(MethodType.methodType(any, any, any));
      RUN =
          lookup
              .findVirtual(carrier, "run", MethodType.methodType(void.class, Runnable.class))
              .asType(MethodType.methodType(void.class, any, Runnable.class));
      OR_ELSE =
          lookup
              .findVirtual(value, "orElse", MethodType.methodType(any, any))
              .asType(MethodType.methodType(any, any, any));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Object key;

  ValueScopes() {
    try {
      key = (Object) NEW.invokeExact();
    } catch (Throwable e) {
      throw ConnectionLease.<RuntimeException>unchecked(e);
    }
  }

  @Override
  @Nullable Scope innermost() {
    Object bound;
    try {
      bound = (Object) OR_ELSE.invokeExact(key, NONE);
    } catch (Throwable e) {
      throw ConnectionLease.<RuntimeException>unchecked(e);
    }
    return bound instanceof Scope scope ? scope : null;
  }

  @Override
  void run(Scope scope, Runnable work) {
    try {
      Object carrier = (Object) WHERE.invokeExact(key, (Object) scope);
      RUN.invokeExact(carrier, work);
    } catch (Throwable e) {
      throw ConnectionLease.<RuntimeException>unchecked(e);
    }
  }
}
