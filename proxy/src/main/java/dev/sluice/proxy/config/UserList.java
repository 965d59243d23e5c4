package dev.sluice.proxy.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The users of {@code auth_file} and their secrets, as the file has them: a plain password, {@code
 * md5} and a digest, or {@code SCRAM-SHA-256$} and the keys. Immutable; thread-safe.
 */
public final class UserList {
  /** No users. */
  static final UserList EMPTY = new UserList(Map.of());

  private final Map<String, Secret> secrets;

  UserList(Map<String, Secret> secrets) {
    this.secrets = Collections.unmodifiableMap(new LinkedHashMap<>(secrets));
  }

  /** Returns the user's secret, which may be the empty text; empty if the file lacks the user. */
  public Optional<Secret> secret(String user) {
    return Optional.ofNullable(secrets.get(user));
  }

  /** Returns all users with their secrets, in the order of the file. */
  public Map<String, Secret> secrets() {
    return secrets;
  }

  /** Shows the users' names. */
  @Override
  public String toString() {
    return secrets.keySet().toString();
  }
}
