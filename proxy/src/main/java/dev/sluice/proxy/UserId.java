package dev.sluice.proxy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The account of this process. */
final class UserId {
  private UserId() {}

  /** Its number; -1 where the system does not say. */
  static int own() {
    try {
      Object owner = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      return owner instanceof Integer number ? number : -1;
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return -1; // not Linux: nobody gets into the console without a password
    }
  }
}
