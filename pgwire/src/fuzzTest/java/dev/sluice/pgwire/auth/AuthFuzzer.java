package dev.sluice.pgwire.auth;

import java.nio.charset.StandardCharsets;

/** What Jazzer calls: the target that its argument names. */
public final class AuthFuzzer {
  private static AuthFuzz target = AuthFuzz.CLIENT_FIRST;

  private AuthFuzzer() {}

  /** Called by Jazzer, once. */
  public static void fuzzerInitialize(String[] args) {
    target = AuthFuzz.valueOf(args[0]);
  }

  /** Called by Jazzer. No input may hold the password. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (!new String(input, StandardCharsets.ISO_8859_1).contains(Exchange.PASSWORD)) {
      target.check(input);
    }
  }
}
