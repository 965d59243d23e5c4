package dev.sluice.proxy;

import dev.sluice.pgwire.ErrorFields;
import dev.sluice.proxy.config.ConfigException;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The commands of the console that change something. */
enum ConsoleControl {
  SET {
    @Override
    CompletableFuture<ConsoleAnswer> run(ProxyCore core, ConsoleCommand command)
        throws ConsoleException {
      ConsoleCommand.Assignment wanted = command.assignment();
      return inBackground(
          core,
          () -> {
            String tag = "SET " + wanted.key() + "=" + wanted.value();
            try {
              return core.configChange
                  .set(wanted.key(), wanted.value())
                  .map(text -> ConsoleAnswer.notice(ErrorFields.of("NOTICE", "00000", text), tag))
                  .orElseGet(() -> ConsoleAnswer.done(tag));
            } catch (ConfigException e) {
              throw Console.setFailed(e);
            }
          });
    }
  },
  RELOAD {
    @Override
    CompletableFuture<ConsoleAnswer> run(ProxyCore core, ConsoleCommand command)
        throws ConsoleException {
      noArgument(command);
      return inBackground(
          core,
          () -> {
            try {
              core.configChange.reload();
            } catch (ConfigException e) {
              throw Console.reloadFailed(); // the log has the problems
            }
            return ConsoleAnswer.done(name());
          });
    }
  },
  PAUSE {
    @Override
    CompletableFuture<ConsoleAnswer> run(ProxyCore core, ConsoleCommand command)
        throws ConsoleException {
      String database = anyDatabase(core, command, "pause");
      return then(database.isEmpty() ? core.operations.pause() : core.operations.pause(database));
    }
  },
  RESUME {
    @Override
    CompletableFuture<ConsoleAnswer> run(ProxyCore core, ConsoleCommand command)
        throws ConsoleException {
      String database = anyDatabase(core, command, "resume");
      if (database.isEmpty()) {
        core.operations.resume();
      } else {
        core.operations.resume(database);
      }
      return done();
    }
  },
  DISABLE {
    @Override
    CompletableFuture<ConsoleAnswer> run(ProxyCore core, ConsoleCommand command)
        throws ConsoleException {
      core.operations.disable(oneDatabase(core, command, "disable"));
      return done();
    }
  },
  ENABLE {
    @Override
    CompletableFuture<ConsoleAnswer> run(ProxyCore core, ConsoleCommand command)
        throws ConsoleException {
      core.operations.enable(oneDatabase(core, command, "enable"));
      return done();
    }
  },
  RECONNECT {
    @Override
    CompletableFuture<ConsoleAnswer> run(ProxyCore core, ConsoleCommand command)
        throws ConsoleException {
      core.operations.reconnect(anyDatabase(core, command, "reconnect"));
      return done();
    }
  },
  WAIT_CLOSE {
    @Override
    CompletableFuture<ConsoleAnswer> run(ProxyCore core, ConsoleCommand command)
        throws ConsoleException {
      return then(core.operations.closed(anyDatabase(core, command, "wait in")));
    }
  },
  KILL {
    @Override
    CompletableFuture<ConsoleAnswer> run(ProxyCore core, ConsoleCommand command)
        throws ConsoleException {
      core.operations.kill(anyDatabase(core, command, "kill"));
      return then(LoopRounds.pass(core.loops)); // so that SHOW CLIENTS has them no more
    }
  },
  KILL_CLIENT {
    @Override
    CompletableFuture<ConsoleAnswer> run(ProxyCore core, ConsoleCommand command)
        throws ConsoleException {
      long id;
      try {
        id = Long.parseLong(command.argument());
      } catch (NumberFormatException e) {
        throw new ConsoleException("invalid client pointer supplied");
      }
      core.operations.killClient(id);
      return then(LoopRounds.pass(core.loops));
    }
  },
  SUSPEND {
    @Override
    CompletableFuture<ConsoleAnswer> run(ProxyCore core, ConsoleCommand command)
        throws ConsoleException {
      noArgument(command);
      core.operations.suspend();
      return done();
    }
  },
  SHUTDOWN {
    @Override
    CompletableFuture<ConsoleAnswer> run(ProxyCore core, ConsoleCommand command)
        throws ConsoleException {
      String how = command.argument().toUpperCase(Locale.ROOT);
      Operations.End end =
          switch (how) {
            case "" -> Operations.End.NOW;
            case "WAIT_FOR_SERVERS" -> Operations.End.SERVERS;
            case "WAIT_FOR_CLIENTS" -> Operations.End.CLIENTS;
            default -> throw new ConsoleException("invalid command 'SHUTDOWN " + how + "'");
          };
      if (!core.operations.end(end)) {
        throw new ConsoleException("already shutting down");
      }
      return done();
    }
  };

  /** Carries it out; see {@link Console#control}. */
  abstract CompletableFuture<ConsoleAnswer> run(ProxyCore core, ConsoleCommand command)
      throws ConsoleException;

  /** The command of this name; null if there is none. */
  static @Nullable ConsoleControl of(String verb) {
    for (ConsoleControl control : values()) {
      if (control.name().equals(verb)) {
        return control;
      }
    }
    return null;
  }

  final CompletableFuture<ConsoleAnswer> done() {
    return CompletableFuture.completedFuture(ConsoleAnswer.done(name()));
  }

  final CompletableFuture<ConsoleAnswer> then(CompletableFuture<Void> first) {
    return first.thenApply(nothing -> ConsoleAnswer.done(name()));
  }

  private interface Work {
    ConsoleAnswer run() throws ConsoleException;
  }

  private static CompletableFuture<ConsoleAnswer> inBackground(ProxyCore core, Work work) {
    CompletableFuture<ConsoleAnswer> answer = new CompletableFuture<>();
    core.workers.execute(
        () -> {
          try {
            answer.complete(work.run());
          } catch (ConsoleException | RuntimeException e) {
            answer.completeExceptionally(e);
          }
        });
    return answer;
  }

  private static void noArgument(ConsoleCommand command) throws ConsoleException {
    if (!command.argument().isEmpty()) {
      throw new ConsoleException("bad arguments");
    }
  }

  private static String oneDatabase(ProxyCore core, ConsoleCommand command, String what)
      throws ConsoleException {
    if (command.argument().isEmpty()) {
      throw new ConsoleException("a database is required");
    }
    return anyDatabase(core, command, what);
  }

  /** The database that the command names, which must exist; empty if it names none. */
  private static String anyDatabase(ProxyCore core, ConsoleCommand command, String what)
      throws ConsoleException {
    String name = command.argument();
    if (name.equals(ConsoleRight.DATABASE)) {
      throw new ConsoleException("cannot " + what + " admin db: " + name);
    }
    if (!name.isEmpty() && ConfigChange.entry(core.config(), name).isEmpty()) {
      throw new ConsoleException("no such database: " + name);
    }
    return name;
  }
}
