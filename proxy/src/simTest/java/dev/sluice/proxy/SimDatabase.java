package dev.sluice.proxy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The servers of a simulation: who listens, in which mood, and all sessions. */
final class SimDatabase implements SimChannel.Network {
  /** What becomes of those who connect. */
  enum Mood {
    WELL,
    /** Nobody listens. */
    REFUSES,
    /** Packets vanish. */
    SILENT,
    /** Says that it starts up. */
    STARTS,
    /** Says that it has too many sessions. */
    FULL
  }

  final SimTime time;

  /** How likely a session dies, or falls silent, with a message. */
  final double deaths;

  final double silences;
  Mood mood = Mood.WELL;

  final List<SimSession> sessions = new ArrayList<>();

  /** Those that have ended too. */
  final List<SimSession> everyone = new ArrayList<>();

  /** How often the query of a client was cancelled, by its secret. */
  final Map<String, Integer> cancelled = new LinkedHashMap<>();

  /** Who must be notified of what. */
  final SimNotices notices;

  /** Looks whether a session may begin something for a client just now. */
  Begins begins = (session, secret, last) -> {};

  /** Whether a session may do something for a client at all: empty, or why not. */
  Fitness fitness = (session, secret, last) -> "";

  final SimAccounts accounts;

  private final Map<String, Map<String, String>> settings = new HashMap<>();
  private int processes = 1_000;

  /** Who belongs to whom. */
  interface Fitness {
    /** Empty if the session is one for this client; else why not. */
    String isFor(SimSession session, String secret, @Nullable String last);
  }

  /** Looks at the beginning of transactions. */
  interface Begins {
    /** A session begins something for the client with this secret; before, it did for the other. */
    void begins(SimSession session, String secret, @Nullable String last);
  }

  SimDatabase(SimTime time, SimAccounts accounts, double deaths, double silences) {
    this.time = time;
    this.accounts = accounts;
    this.deaths = deaths;
    this.silences = silences;
    this.notices = new SimNotices(time);
  }

  @Override
  public void connect(SimChannel channel) {
    if (mood == Mood.SILENT) {
      return;
    }
    time.after(
        (50 + time.below(500)) * SimTime.MICROS,
        () -> {
          if (mood == Mood.REFUSES) {
            channel.refused();
            return;
          }
          SimSession session = new SimSession(this, channel, ++processes, mood);
          sessions.add(session);
          everyone.add(session);
          channel.connected(session);
        });
  }

  /** A cancel request came: the key as the session got it. */
  void cancel(int process, int key) {
    for (SimSession session : sessions) {
      if (session.process == process && session.key == key) {
        session.cancel();
      }
    }
  }

  // ---- what sessions do for clients

  String isFor(SimSession session, String secret, @Nullable String last) {
    return fitness.isFor(session, secret, last);
  }

  void begins(SimSession session, String secret, @Nullable String last) {
    begins.begins(session, secret, last);
  }

  /** A session has ended something for a client, which now has these settings. */
  void ends(String secret, Map<String, String> tracked) {
    settings.put(secret, tracked);
  }

  /** The settings that a client must find. */
  Map<String, String> settingsOf(String secret) {
    Map<String, String> known = settings.get(secret);
    if (known != null) {
      return known;
    }
    Map<String, String> first = new TreeMap<>(SimSql.DEFAULTS);
    first.put("application_name", secret);
    return first;
  }

  /** A transaction has committed; without a secret, one of the pooler's own. */
  void committed(
      SimSession session, @Nullable String secret, List<String> listens, List<String> said) {
    if (secret != null) {
      notices.committed(secret, listens, said);
    }
    for (String each : said) {
      int cut = each.indexOf(':');
      for (SimSession other : sessions) {
        other.notified(session.process, each.substring(0, cut), each.substring(cut + 1));
      }
    }
  }

  void gone(SimSession session) {
    sessions.remove(session);
  }

  /** Sessions that have logged in, and that nobody has ended yet. */
  long loggedIn() {
    return sessions.stream().filter(SimSession::isLoggedIn).count();
  }
}
