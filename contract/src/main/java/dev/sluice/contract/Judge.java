package dev.sluice.contract;

import dev.sluice.contract.Verdict.Kind;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tries behaviours on one kind of pool.
 *
 * @param subject the kind of pool
 * @param door how callers come to it
 * @param patience how long a condition may take to come true
 * @param limit how long a whole trial may take, and how long tidying up after it
 * @param strict whether, whatever the behaviour, nothing may be left when the pool is closed
 */
public record Judge(Subject subject, Door door, Duration patience, Duration limit, boolean strict) {
  private static final int REASON_LENGTH_MAX = 160;

  /** Tries the behaviour on a fake database of its own. */
  public Verdict judge(Behaviour behaviour) {
    try (Backend backend = Backend.fake()) {
      Stage stage = new Stage(subject, door, backend, patience);
      return judge(behaviour, stage, () -> strict ? leftOvers(stage) : Optional.empty());
    }
  }

  /** Tries the behaviour on that database. */
  public Verdict judge(Behaviour behaviour, Backend backend) {
    return judge(behaviour, new Stage(subject, door, backend, patience), Optional::empty);
  }

  private Verdict judge(
      Behaviour behaviour, Stage stage, Supplier<Optional<String>> contradictionAtTheEnd) {
    Attempt trial = new Attempt(() -> behaviour.trial().run(stage));
    Verdict verdict = trial.run(door, limit);
    if (verdict.kind() == Kind.KEPT) {
      verdict = stage.contradiction().map(Judge::broken).orElse(verdict);
    }
    Verdict end = new Attempt(stage::tearDown).run(Door.PLATFORM, limit);
    if (verdict.kind() != Kind.KEPT) {
      return verdict;
    }
    return end.kind() == Kind.KEPT
        ? contradictionAtTheEnd.get().map(Judge::broken).orElse(end)
        : end;
  }

  /** What a pool that has been closed must not have left behind. */
  private Optional<String> leftOvers(Stage stage) {
    if (!stage.db().violations().isEmpty()) {
      return Optional.of(stage.db().violations().get(0));
    }
    try {
      stage.eventually(
          () -> stage.db().heldByClient() == 0 && stage.db().connectingNow() == 0,
          "connections are still open after the pool was closed");
      return Optional.empty();
    } catch (Broken e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private static Verdict broken(String reason) {
    return new Verdict(Kind.BROKEN, reason, new Broken(reason));
  }

  /** Runs something that may hang. */
  private static final class Attempt {
    private interface Part {
      void run() throws Exception;
    }

    private final Part part;
    private volatile @Nullable Throwable failure;

    Attempt(Part part) {
      this.part = part;
    }

    Verdict run(Door door, Duration limit) {
      Thread thread = door.thread("trial", this::attempt);
      thread.start();
      try {
        thread.join(limit.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return new Verdict(Kind.HUNG, "interrupted", e);
      }
      return thread.isAlive() ? hung(thread, limit) : verdict();
    }

    private void attempt() {
      try {
        part.run();
      } catch (Throwable e) { // whatever it is, it is the verdict
        failure = e;
      }
    }

    private static Verdict hung(Thread thread, Duration limit) {
      Throwable where = new Throwable("where it hangs");
      where.setStackTrace(thread.getStackTrace());
      return new Verdict(Kind.HUNG, "hangs, for longer than " + Stage.text(limit), where);
    }

    private Verdict verdict() {
      Throwable thrown = failure;
      if (thrown == null) {
        return new Verdict(Kind.KEPT, "", null);
      }
      Kind kind = thrown instanceof NotOffered ? Kind.NOT_OFFERED : Kind.BROKEN;
      return new Verdict(kind, reason(thrown), thrown);
    }

    private static String reason(Throwable thrown) {
      boolean own = thrown instanceof Broken || thrown instanceof NotOffered;
      String text = own ? String.valueOf(thrown.getMessage()) : name(thrown) + thrown.getMessage();
      String line = text.lines().findFirst().orElse("");
      return line.length() <= REASON_LENGTH_MAX
          ? line
          : line.substring(0, REASON_LENGTH_MAX - 1) + "…";
    }

    private static String name(Throwable thrown) {
      return thrown instanceof SQLException ? "" : thrown.getClass().getSimpleName() + ": ";
    }
  }
}
