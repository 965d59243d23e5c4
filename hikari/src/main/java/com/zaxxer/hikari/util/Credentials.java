package com.zaxxer.hikari.util;

import javax.management.ConstructorParameters;

/** A user and a password. Immutable. */
public final class Credentials {
  private final String username;
  private final String password;

  /** A login; both parts may be null. */
  @ConstructorParameters({"username", "password"})
  public Credentials(String username, String password) {
    this.username = username;
    this.password = password;
  }

  /** A login; both parts may be null. */
  public static Credentials of(String username, String password) {
    return new Credentials(username, password);
  }

  /** The user. */
  public String getUsername() {
    return username;
  }

  /** The password. */
  public String getPassword() {
    return password;
  }
}
