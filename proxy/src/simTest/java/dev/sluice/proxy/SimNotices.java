package dev.sluice.proxy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which notifications each client must get, which it may get, and in which order.
 *
 * <ul>
 *   <li>N1: what commits after a client's LISTEN has, and before its UNLISTEN, reaches it, once and
 *       in the order of commits.
 *   <li>N2: what commits between the moment when it asks for a channel and the commit of that may
 *       reach it, in any order; anything else does not.
 * </ul>
 */
final class SimNotices {
  /** Of which one client must or may learn. */
  private static final class Due {
    final String what;
    final String channel;
    boolean must;

    Due(String what, String channel, boolean must) {
      this.what = what;
      this.channel = channel;
      this.must = must;
    }

    @Override
    public String toString() {
      return what + (must ? "!" : "");
    }
  }

  private static final class Ear {
    final Set<String> asked = new HashSet<>();
    final Set<String> listens = new HashSet<>();
    final Deque<Due> due = new ArrayDeque<>();

    void takes(String listen) {
      if (listen.equals("-*")) {
        listens.clear();
      } else if (listen.startsWith("-")) {
        listens.remove(listen.substring(1));
      } else {
        listens.add(listen);
      }
    }
  }

  private final SimTime time;
  private final Map<String, Ear> ears = new TreeMap<>();

  SimNotices(SimTime time) {
    this.time = time;
  }

  private Ear of(String secret) {
    return ears.computeIfAbsent(secret, name -> new Ear());
  }

  /** A client is about to send LISTEN. */
  void asks(String secret, String channel) {
    of(secret).asked.add(channel);
  }

  /** A client has had the answers to all that it asked for, and is in no transaction. */
  void settled(String secret) {
    Ear ear = ears.get(secret);
    if (ear != null) {
      ear.asked.retainAll(ear.listens);
      ear.due.removeIf(due -> !due.must && !ear.asked.contains(due.channel));
    }
  }

  void gone(String secret) {
    ears.remove(secret);
  }

  /** A client's transaction has committed. */
  void committed(String secret, List<String> listens, List<String> said) {
    Ear own = of(secret);
    Set<String> before = new HashSet<>(own.listens);
    listens.forEach(own::takes);
    for (String each : said) {
      String channel = each.substring(0, each.indexOf(':'));
      for (Map.Entry<String, Ear> other : ears.entrySet()) {
        Ear ear = other.getValue();
        boolean must = ear.listens.contains(channel) && (ear != own || before.contains(channel));
        if (must || ear.asked.contains(channel)) {
          ear.due.add(new Due(each, channel, must));
        }
      }
    }
    for (Due due : own.due) {
      due.must &= own.listens.contains(due.channel);
    }
  }

  /** A client got a notification. */
  void received(String secret, String what) {
    Ear ear = of(secret);
    for (Iterator<Due> all = ear.due.iterator(); all.hasNext(); ) {
      Due next = all.next();
      if (next.what.equals(what)) {
        all.remove();
        return;
      }
      if (next.must) {
        break;
      }
    }
    time.fault(secret + " was notified of " + what + ", where " + ear.due + " is due");
  }

  /** Whether a client has got all that it must get. */
  boolean isSatisfied(String secret) {
    Ear ear = ears.get(secret);
    return ear == null || ear.due.stream().noneMatch(due -> due.must);
  }

  /** What a client still waits for. */
  String missing(String secret) {
    return String.valueOf(of(secret).due);
  }
}
