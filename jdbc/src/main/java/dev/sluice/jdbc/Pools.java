package dev.sluice.jdbc;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The pools of this JVM, by name. Thread-safe. Pools are built and closed without holding a lock,
 * so a slow database under one name does not delay callers of another.
 */
public final class Pools {
  private static final Registry<SluiceDataSource> REGISTRY =
      new Registry<>(
          SluiceDataSource::create,
          SluiceDataSource::close,
          SluiceDataSource::isClosed,
          (ds, forget) -> ds.closed().thenRun(forget));

  private Pools() {}

  /**
   * Builds a pool and keeps it under this name, which becomes the pool's name.
   *
   * @throws IllegalStateException if there is a pool of that name
   */
  public static SluiceDataSource create(String name, SluiceConfig config) {
    SluiceConfig named = config.toBuilder().name(name).toConfig();
    ConfigWarnings.log(named);
    return REGISTRY.create(name, named);
  }

  /**
   * Builds a pool and keeps it under this name.
   *
   * @throws IllegalStateException if there is a pool of that name
   */
  public static SluiceDataSource create(String name, SluiceBuilder builder) {
    return create(name, builder.toConfig());
  }

  /**
   * Builds all pools that a file describes, each in a section {@code [pool.NAME]} of a {@code
   * .toml} file, or under {@code pool.NAME.} in a {@code .properties} file. Options in {@code
   * [pool]} itself are defaults for all of them. If one pool cannot be built, none is.
   *
   * @return the pools by name, in the order of the file; they are also kept here
   * @throws SluiceConfigException if the file cannot be read or has problems; the message lists
   *     every problem
   * @throws IllegalStateException if there is already a pool with one of these names
   */
  public static Map<String, SluiceDataSource> fromFile(Path file) {
    Map<String, SluiceConfig> configs = PoolsFile.read(file);
    configs.values().forEach(ConfigWarnings::log);
    return REGISTRY.createAll(configs);
  }

  /**
   * The pool of that name.
   *
   * @throws IllegalStateException if there is none; the message names those that exist
   */
  public static SluiceDataSource get(String name) {
    return REGISTRY.get(name);
  }

  /**
   * The pool named {@code default}, otherwise the only pool.
   *
   * @throws IllegalStateException if there is no {@code default} and not exactly one pool; the
   *     message names those that exist
   */
  public static SluiceDataSource get() {
    return REGISTRY.get();
  }

  /**
   * The pool of that name, built at the first call. Callers that come while it is being built wait
   * for it. If building fails, each of them gets the exception, and the next call tries again.
   */
  public static SluiceDataSource lazy(String name, Supplier<SluiceConfig> config) {
    return REGISTRY.lazy(
        name,
        () -> {
          SluiceConfig named = config.get().toBuilder().name(name).toConfig();
          ConfigWarnings.log(named);
          return named;
        });
  }

  /** The names of the pools that exist, in the order in which they were created. */
  public static List<String> names() {
    return REGISTRY.names();
  }

  /**
   * Closes the pool of that name, as {@link SluiceDataSource#close} does, and forgets it.
   *
   * @return whether there was such a pool
   */
  public static boolean close(String name) {
    return REGISTRY.close(name);
  }

  /** Closes all pools, the newest first, even if closing one of them fails. */
  public static void closeAll() {
    REGISTRY.closeAll();
  }

  /**
   * Named objects that are built from a configuration and later closed.
   *
   * @param <T> the type of object
   */
  static final class Registry<T> {
    private static final String DEFAULT = "default";

    private final Function<SluiceConfig, T> builder;
    private final Consumer<T> closer;
    private final Predicate<T> closed;
    private final BiConsumer<T, Runnable> whenClosed;

    /** Guards {@link #entries}. Nobody builds, closes or waits while holding it. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<String, Entry<T>> entries = new LinkedHashMap<>();

    /** A name that is taken by an object that exists or is being built. */
    private static final class Entry<T> {
      final CompletableFuture<T> built = new CompletableFuture<>();

      /**
       * The thread that builds it; null once it is built, because a thread may hold an
       * application's class loader.
       */
      volatile @Nullable Thread builder = Thread.currentThread();
    }

    /**
     * @param whenClosed registers an action that runs when the object is closed, by anyone. Without
     *     it, a closed object and its application's classes would stay here until the next call
     */
    Registry(
        Function<SluiceConfig, T> builder,
        Consumer<T> closer,
        Predicate<T> closed,
        BiConsumer<T, Runnable> whenClosed) {
      this.builder = builder;
      this.closer = closer;
      this.closed = closed;
      this.whenClosed = whenClosed;
    }

    T create(String name, SluiceConfig config) {
      Entry<T> own = new Entry<>();
      if (reserve(name, own) != null) {
        throw new IllegalStateException("there is a pool named '" + name + "' already");
      }
      return build(name, own, () -> config);
    }

    /** Creates all of them or none. */
    Map<String, T> createAll(Map<String, SluiceConfig> configs) {
      Map<String, T> created = new LinkedHashMap<>();
      try {
        configs.forEach((name, config) -> created.put(name, create(name, config)));
        return created;
      } catch (Throwable e) {
        closeAll(created.keySet(), e);
        throw e;
      }
    }

    private void closeAll(Set<String> names, Throwable reason) {
      for (String name : names) {
        try {
          close(name);
        } catch (RuntimeException e) {
          reason.addSuppressed(e);
        }
      }
    }

    T lazy(String name, Supplier<SluiceConfig> config) {
      Entry<T> own = new Entry<>();
      Entry<T> before = reserve(name, own);
      return before == null ? build(name, own, config) : await(name, before);
    }

    /** Takes a name, or returns the entry that already has it. */
    private @Nullable Entry<T> reserve(String name, Entry<T> own) {
      Objects.requireNonNull(name, "name");
      lock.lock();
      try {
        forgetClosed();
        return entries.putIfAbsent(name, own);
      } finally {
        lock.unlock();
      }
    }

    private T build(String name, Entry<T> own, Supplier<SluiceConfig> config) {
      try {
        T thing = builder.apply(config.get());
        own.built.complete(thing);
        whenClosed.accept(thing, () -> forget(name, own));
        return thing;
      } catch (Throwable e) {
        forget(name, own);
        own.built.completeExceptionally(e);
        throw e;
      } finally {
        own.builder = null;
      }
    }

    private T await(String name, Entry<T> entry) {
      if (Thread.currentThread().equals(entry.builder) && !entry.built.isDone()) {
        throw new IllegalStateException(
            "pool '" + name + "' was requested while this thread is building it");
      }
      try {
        return entry.built.join();
      } catch (CompletionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        throw new IllegalStateException("pool '" + name + "' could not be built", cause);
      }
    }

    T get(String name) {
      Entry<T> entry = find(name);
      if (entry == null) {
        throw new IllegalStateException("there is no pool named '" + name + "'; " + existing());
      }
      return await(name, entry);
    }

    T get() {
      List<String> names = names();
      if (names.contains(DEFAULT)) {
        return get(DEFAULT);
      }
      if (names.size() != 1) {
        throw new IllegalStateException(
            "there is no pool named '" + DEFAULT + "', and not exactly one pool; " + existing());
      }
      return get(names.get(0));
    }

    private @Nullable Entry<T> find(String name) {
      lock.lock();
      try {
        forgetClosed();
        return entries.get(name);
      } finally {
        lock.unlock();
      }
    }

    List<String> names() {
      lock.lock();
      try {
        forgetClosed();
        return List.copyOf(entries.keySet());
      } finally {
        lock.unlock();
      }
    }

    /** Drops entries that were closed without the registry. The caller holds the lock. */
    private void forgetClosed() {
      entries
          .values()
          .removeIf(
              entry ->
                  entry.built.isDone()
                      && !entry.built.isCompletedExceptionally()
                      && closed.test(entry.built.join()));
    }

    private String existing() {
      List<String> names = names();
      return names.isEmpty()
          ? "there are no pools"
          : "there are '" + String.join("', '", names) + "'";
    }

    private boolean forget(String name, Entry<T> entry) {
      lock.lock();
      try {
        return entries.remove(name, entry);
      } finally {
        lock.unlock();
      }
    }

    boolean close(String name) {
      Entry<T> entry = find(name);
      if (entry == null || !forget(name, entry)) {
        return false;
      }
      close(name, entry);
      return true;
    }

    void closeAll() {
      Deque<String> youngestFirst = new ArrayDeque<>();
      names().forEach(youngestFirst::push);
      List<RuntimeException> failures = new ArrayList<>();
      for (String name : youngestFirst) {
        try {
          close(name);
        } catch (RuntimeException e) {
          failures.add(e);
        }
      }
      if (!failures.isEmpty()) {
        IllegalStateException all =
            new IllegalStateException(failures.size() + " of the pools could not be closed");
        failures.forEach(all::addSuppressed);
        throw all;
      }
    }

    private void close(String name, Entry<T> entry) {
      if (!entry.built.isDone()) {
        // The thread that is still building the object closes it as soon as it is built.
        var unused = entry.built.whenComplete((thing, failure) -> closeLate(name, thing));
      } else if (!entry.built.isCompletedExceptionally()) {
        closer.accept(entry.built.join());
      }
    }

    private void closeLate(String name, @Nullable T thing) {
      if (thing == null) {
        return;
      }
      try {
        closer.accept(thing);
      } catch (RuntimeException e) {
        Log.warning("pool '" + name + "' could not be closed", e);
      }
    }
  }
}
