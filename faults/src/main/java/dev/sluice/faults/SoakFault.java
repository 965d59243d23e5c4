package dev.sluice.faults;

import dev.sluice.embedded.EmbeddedServer.Stop;
import dev.sluice.pool.StartPolicy;
import dev.sluice.testkit.FaultProxy.Accept;
import dev.sluice.testkit.Link;
import dev.sluice.testkit.Toxics;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/** The faults of the list that a soak does, by their rows. {@link Soak#heal} ends them all. */
enum SoakFault {
  RESTART(1) {
    @Override
    void strike(Soak soak) {
      Stop[] ways = Stop.values();
      soak.server().process().restart(ways[soak.random().nextInt(ways.length)]);
    }
  },
  OUTAGE(1) {
    @Override
    void strike(Soak soak) {
      soak.server().process().stop(Stop.FAST);
    }
  },
  DOWN_AT_START(2) {
    @Override
    void strike(Soak soak) {
      if (soak.random().nextBoolean()) {
        soak.server().process().stop(Stop.FAST);
      } else {
        soak.proxy().accepting(Accept.REFUSE);
      }
      StartPolicy[] policies = StartPolicy.values();
      soak.sidePool().startRefused(policies[soak.random().nextInt(policies.length)]);
    }

    @Override
    void afterwards(Soak soak) {
      soak.sidePool().serveAndEnd(this);
    }
  },
  HALF_OPEN(3) {
    @Override
    void strike(Soak soak) {
      soak.watch().obstructed();
      onSome(soak, Link::dropServer);
    }
  },
  SILENCE(4) {
    @Override
    void strike(Soak soak) {
      Accept[] ways = {Accept.SILENT, Accept.BACKLOG, Accept.REFUSE, Accept.RESET};
      soak.proxy().accepting(ways[soak.random().nextInt(ways.length)]);
    }
  },
  STUCK_LOGIN(4) {
    @Override
    void strike(Soak soak) {
      soak.watch().obstructed();
      soak.proxy()
          .newLinks(
              Toxics.NONE,
              Toxics.NONE.withCutAt(1 + soak.random().nextInt(400), Toxics.Cut.BLACK_HOLE));
    }
  },
  BLACK_HOLE(4) {
    @Override
    void strike(Soak soak) {
      soak.watch().obstructed();
      soak.proxy().blackHole();
    }
  },
  CUT(5) {
    @Override
    void strike(Soak soak) {
      soak.watch().obstructed();
      Random random = soak.random();
      Toxics.Cut how = random.nextBoolean() ? Toxics.Cut.RESET : Toxics.Cut.CLOSE;
      Toxics cut = Toxics.NONE.withCutAt(1 + random.nextInt(4_000), how);
      boolean toServer = random.nextBoolean();
      soak.proxy().newLinks(toServer ? cut : Toxics.NONE, toServer ? Toxics.NONE : cut);
      onSome(soak, Link::reset);
    }
  },
  HALF_CLOSE(5) {
    @Override
    void strike(Soak soak) {
      soak.watch().obstructed();
      onSome(soak, soak.random().nextBoolean() ? SoakFault::deaf : SoakFault::mute);
    }
  },
  SLICER(5) {
    @Override
    void strike(Soak soak) {
      soak.watch().obstructed();
      soak.proxy().toxics(Toxics.NONE.withSlice(1 + soak.random().nextInt(7)));
    }
  },
  LATENCY(6) {
    @Override
    void strike(Soak soak) {
      soak.watch().obstructed();
      soak.proxy().toxics(Toxics.NONE.withLatency(Duration.ofMillis(20), Duration.ofMillis(30)));
    }
  },
  THIN_LINE(6) {
    @Override
    void strike(Soak soak) {
      soak.watch().obstructed();
      soak.proxy().toxics(Toxics.NONE.withBandwidth(2_000));
    }
  },
  SLOW_DRIVER(7) {
    @Override
    void strike(Soak soak) {
      String[] calls = {"connect", "isValid", "close"};
      SoakDriver.trouble(SoakTrouble.slow(Set.of(calls[soak.random().nextInt(3)], "rollback")));
      soak.pool().refresh();
    }
  },
  READ_ONLY(8) {
    @Override
    void strike(Soak soak) throws SQLException {
      soak.server().administer("ALTER SYSTEM SET default_transaction_read_only = on");
      soak.server().administer("SELECT pg_reload_conf()");
    }
  },
  FENCE(9) {
    @Override
    void strike(Soak soak) throws SQLException {
      soak.fenceOff();
    }
  },
  PASSWORD(10) {
    @Override
    void strike(Soak soak) throws SQLException {
      soak.rotatePassword();
    }
  },
  LIMIT(11) {
    @Override
    void strike(Soak soak) throws SQLException {
      soak.server().administer("ALTER ROLE " + SoakServer.ROLE + " CONNECTION LIMIT 2");
      onSome(soak, Link::reset);
    }
  },
  IDLE_TIMEOUT(12) {
    @Override
    void strike(Soak soak) throws SQLException {
      soak.server()
          .administer("ALTER ROLE " + SoakServer.ROLE + " SET idle_session_timeout = '150ms'");
      soak.pool().refresh();
    }
  },
  PAUSE(13) {
    @Override
    void strike(Soak soak) throws SQLException {
      soak.pause();
    }
  },
  LEAK(16) {
    @Override
    void strike(Soak soak) {
      soak.leak();
    }
  },
  THROWING(17) {
    @Override
    void strike(Soak soak) {
      SoakDriver.trouble(SoakTrouble.throwing());
      soak.pool().refresh();
    }
  },
  ERRORS(17) {
    @Override
    void strike(Soak soak) {
      SoakDriver.trouble(SoakTrouble.errors());
      soak.pool().refresh();
    }
  },
  NO_MEANS(18) {
    @Override
    void strike(Soak soak) {
      SoakDriver.trouble(SoakTrouble.withoutMeans());
      soak.pool().refresh();
    }
  },
  TERMINATE(19) {
    @Override
    void strike(Soak soak) throws SQLException {
      soak.server()
          .administer(
              "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '"
                  + SoakServer.ROLE
                  + "' AND random() < 0.5");
    }
  },
  CERTIFICATE(22) {
    @Override
    void strike(Soak soak) throws SQLException {
      soak.server().showCertificate(soak.random().nextBoolean() ? "other" : null);
      soak.sidePool().startDistrustful();
    }

    @Override
    void afterwards(Soak soak) throws SQLException {
      soak.server().showCertificate("good");
      soak.sidePool().serveAndEnd(this);
      soak.server().showCertificate(null);
    }
  },
  PLANS(28) {
    @Override
    void strike(Soak soak) throws SQLException {
      soak.changePlans();
    }
  },
  FREEZE(31) {
    @Override
    void strike(Soak soak) {
      soak.watch().obstructed();
      soak.server().process().freeze();
    }
  },
  FLOOD(34) {
    @Override
    void strike(Soak soak) {
      soak.crowd().flood();
      onSome(soak, Link::reset);
    }
  },
  MISTAKES(35) {
    @Override
    void strike(Soak soak) {
      soak.haveBorrowersMistaken();
    }
  },
  SILENT_HOST(37) {
    @Override
    void strike(Soak soak) {
      if (soak.random().nextBoolean()) {
        soak.sidePool().startBehindSilentHost();
      } else {
        soak.sidePool().startAtSilentHost();
      }
    }

    @Override
    void afterwards(Soak soak) {
      soak.sidePool().countThreads();
      soak.sidePool().serveAndEnd(this);
    }
  },
  CUT_LEASE(38) {
    @Override
    void strike(Soak soak) {
      soak.cutLeases().begin();
    }

    @Override
    void afterwards(Soak soak) throws SQLException {
      soak.cutLeases().cut();
    }

    // What a broken line keeps from the server, it cannot cancel.
    @Override
    boolean bearsAnother() {
      return false;
    }
  },
  OVERFLOW(40) {
    @Override
    void strike(Soak soak) {
      soak.crowd().guest(DeepCaller.thread(soak));
    }

    // All places may be with threads that have died.
    @Override
    Duration servedWithin() {
      return SoakPool.SERVED_AGAIN.plus(SoakPool.SALVAGE);
    }
  },
  BLOCKED(41) {
    @Override
    void strike(Soak soak) {
      soak.block();
    }

    @Override
    void afterwards(Soak soak) {
      soak.sidePool().serveAndEnd(this);
    }
  },
  /** No fault, and so in no row of the list. */
  RESIZE(0) {
    @Override
    void strike(Soak soak) {
      soak.pool().resize(0, 1 + soak.random().nextInt(soak.plan().maxSize()));
    }
  };

  private final int row;

  SoakFault(int row) {
    this.row = row;
  }

  /** Its row in the fault list, as a report shows it; blank if it is in none. */
  String row() {
    return row == 0 ? "" : "row " + row;
  }

  abstract void strike(Soak soak) throws SQLException;

  /** What is left to do, and to see, after all faults have ended. */
  void afterwards(Soak soak) throws SQLException {}

  /** Whether another fault may be done at the same time. */
  boolean bearsAnother() {
    return true;
  }

  /** How long it may take until somebody is served after it. */
  Duration servedWithin() {
    return SoakPool.SERVED_AGAIN;
  }

  /** Does something to about half of the links, to one at least if there is any. */
  private static void onSome(Soak soak, Consumer<Link> what) {
    List<Link> links = soak.proxy().links();
    for (int i = 0; i < links.size(); i++) {
      if (i == 0 || soak.random().nextBoolean()) {
        what.accept(links.get(i));
      }
    }
  }

  private static void deaf(Link link) {
    halfClose(link, link::halfCloseToServer);
  }

  private static void mute(Link link) {
    halfClose(link, link::halfCloseToClient);
  }

  private static void halfClose(Link link, Runnable how) {
    try {
      how.run();
    } catch (IllegalStateException e) {
      if (link.isOpen()) { // else it ended by itself at the same moment
        link.close();
      }
    }
  }
}
