package com.zaxxer.hikari;

import com.zaxxer.hikari.util.Credentials;

/** Supplies the login for each new connection. */
public interface HikariCredentialsProvider {
  /** Returns the current login. */
  Credentials getCredentials();
}
