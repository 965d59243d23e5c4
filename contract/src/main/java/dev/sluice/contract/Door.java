package dev.sluice.contract;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;

/** The ways in which callers come to a pool. */
public enum Door {
  /** They block, on threads of the operating system. */
  PLATFORM {
    @Override
    Optional<ThreadFactory> threads() {
      return Optional.of(Thread::new);
    }
  },
  /** They block, on threads of the JVM, which there are from Java 21 on. */
  VIRTUAL {
    @Override
    Optional<ThreadFactory> threads() {
      return virtualThreads();
    }
  },
  /** They ask for a future and cancel it when they give up. */
  ASYNC {
    @Override
    Optional<ThreadFactory> threads() {
      return Optional.of(Thread::new);
    }

    @Override
    Connection acquire(PoolUnderTest pool) throws SQLException, InterruptedException {
      CompletableFuture<Connection> future = pool.acquireAsync();
      try {
        return future.get();
      } catch (InterruptedException e) {
        giveUp(future);
        throw e;
      } catch (ExecutionException e) {
        throw asSqlException(e.getCause());
      }
    }
  };

  /** What makes the callers' threads; empty if this JVM has no such threads. */
  abstract Optional<ThreadFactory> threads();

  /** Whether this JVM has such threads. */
  public boolean isAvailable() {
    return threads().isPresent();
  }

  /** Borrows a connection as callers who come this way do. */
  Connection acquire(PoolUnderTest pool) throws SQLException, InterruptedException {
    return pool.acquire();
  }

  /** A thread as callers who come this way have them; not started. */
  Thread thread(String name, Runnable body) {
    ThreadFactory factory = threads().orElseThrow(() -> new NotOffered("no virtual threads here"));
    Thread thread = factory.newThread(body);
    thread.setName(name);
    thread.setDaemon(true);
    return thread;
  }

  /** If the connection has come already, whoever asked for it has to give it back. */
  private static void giveUp(CompletableFuture<Connection> future) throws SQLException {
    if (!future.cancel(false) && !future.isCompletedExceptionally()) {
      future.join().close();
    }
  }

  private static SQLException asSqlException(Throwable failure) {
    if (failure instanceof SQLException e) {
      return e;
    }
    if (failure instanceof CancellationException e) {
      throw e;
    }
    throw new Broken("a future failed with " + failure, failure);
  }

  private static Optional<ThreadFactory> virtualThreads() {
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
