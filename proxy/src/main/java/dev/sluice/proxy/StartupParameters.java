package dev.sluice.proxy;

import dev.sluice.pgwire.ProtocolException;
import dev.sluice.pgwire.SessionParameters;
import dev.sluice.pgwire.StartupOptions;
import dev.sluice.proxy.config.Settings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** What a client asks for in its start-up packet, beside who it is. */
final class StartupParameters {
  private static final String APPLICATION_NAME = "application_name";
  private static final Set<String> OURS = Set.of("user", "database");

  private StartupParameters() {}

  /**
   * Notes the settings that the client wants.
   *
   * @throws ProtocolException if one can neither be kept for the client nor be ignored
   */
  static void apply(Map<String, String> wanted, ClientConnection client, Settings settings)
      throws ProtocolException {
    SessionParameters kept = client.parameters;
    for (Map.Entry<String, String> parameter : wanted.entrySet()) {
      String name = parameter.getKey();
      switch (name) {
        case "user", "database", "replication" -> {}
        case "options" -> options(parameter.getValue(), kept, settings);
        default -> apply(name, parameter.getValue(), "startup parameter: ", kept, settings);
      }
    }
    if (settings.applicationNameAddHost()) {
      String name = kept.get(APPLICATION_NAME);
      kept.set(APPLICATION_NAME, (name == null ? "app" : name) + " - " + client.origin);
    }
  }

  /** Notes what a client that replicates is called; its server gets all that it asks for. */
  static void noteName(Map<String, String> wanted, ClientConnection client) {
    client.parameters.set(APPLICATION_NAME, wanted.getOrDefault(APPLICATION_NAME, ""));
  }

  /** What the server of a client that replicates is asked for, beside user and database. */
  static Map<String, String> forServer(Map<String, String> wanted) {
    Map<String, String> passed = new LinkedHashMap<>(wanted);
    passed.keySet().removeIf(name -> OURS.contains(name) || name.startsWith("_pq_."));
    return passed;
  }

  /** Where options are ignored, those that can be kept still count. */
  private static void options(String text, SessionParameters kept, Settings settings)
      throws ProtocolException {
    if (isIgnored("options", settings)) {
      keepKnown(text, kept);
      return;
    }
    for (Map.Entry<String, String> option : StartupOptions.read(text).entrySet()) {
      apply(option.getKey(), option.getValue(), "startup parameter in options: ", kept, settings);
    }
  }

  private static void keepKnown(String text, SessionParameters kept) {
    Map<String, String> options;
    try {
      options = StartupOptions.read(text);
    } catch (ProtocolException e) {
      return; // that it is no list of options is ignored too
    }
    options.forEach(kept::set);
  }

  private static void apply(
      String name, String value, String what, SessionParameters kept, Settings settings)
      throws ProtocolException {
    boolean fine = name.startsWith("_pq_.") || kept.set(name, value) || isIgnored(name, settings);
    if (!fine) {
      throw new ProtocolException("unsupported " + what + name);
    }
  }

  private static boolean isIgnored(String name, Settings settings) {
    return settings.ignoreStartupParameters().stream().anyMatch(name::equalsIgnoreCase);
  }
}
