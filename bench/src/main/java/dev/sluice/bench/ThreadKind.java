package dev.sluice.bench;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;

/** The threads that call: platform threads, or virtual ones where the JVM has them. */
enum ThreadKind {
  /** Threads of the operating system. */
  PLATFORM {
    @Override
    Optional<ThreadFactory> factory() {
      return Optional.of(Thread::new);
    }
  },
  /** Threads of the JVM, from 21 on. */
  VIRTUAL {
    @Override
    Optional<ThreadFactory> factory() {
      return virtualFactory();
    }
  };

  /** What makes such threads; empty when this JVM cannot. */
  abstract Optional<ThreadFactory> factory();

  /** {@code Thread.ofVirtual().factory()}, looked up because the bytecode is that of Java 17. */
  private static Optional<ThreadFactory> virtualFactory() {
    MethodHandles.Lookup lookup = MethodHandles.publicLookup();
    try {
      Class<?> builder = Class.forName("java.lang.Thread$Builder");
      Class<?> ofVirtual = Class.forName("java.lang.Thread$Builder$OfVirtual");
      MethodHandle newBuilder =
          lookup.findStatic(Thread.class, "ofVirtual", MethodType.methodType(ofVirtual));
      MethodHandle factory =
          lookup.findVirtual(builder, "factory", MethodType.methodType(ThreadFactory.class));
      return Optional.of((ThreadFactory) factory.invoke(newBuilder.invoke()));
    } catch (ClassNotFoundException | NoSuchMethodException e) {
      return Optional.empty();
    } catch (Throwable e) {
      throw new IllegalStateException("Virtual threads cannot be made", e);
    }
  }
}
