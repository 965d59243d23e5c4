package dev.sluice.proxy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

  /** How often the query of a client was cancelled, by its secret. */
  final Map<String, Integer> cancelled = new LinkedHashMap<>();

  private int processes = 1_000;

  SimDatabase(SimTime time, double deaths, double silences) {
    this.time = time;
    this.deaths = deaths;
    this.silences = silences;
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

  void gone(SimSession session) {
    sessions.remove(session);
  }

  /** Sessions that have logged in, and that nobody has ended yet. */
  long loggedIn() {
    return sessions.stream().filter(SimSession::isLoggedIn).count();
  }
}
