package dev.sluice.proxy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The names of this machine's accounts. */
final class Accounts {
  private static final Path FILE = Path.of("/etc/passwd");
  private static final int NAME = 0;
  private static final int USER_ID = 2;

  private Accounts() {}

  /**
   * The name of the account with this number, as {@code /etc/passwd} has it. Accounts that only a
   * name service knows have none here, and so cannot log in as a peer.
   */
  static Optional<String> name(int userId) {
    try {
      return name(userId, Files.readAllLines(FILE, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      return Optional.empty(); // without the file nobody has a name
    }
  }

  static Optional<String> name(int userId, List<String> lines) {
    String wanted = Integer.toString(userId);
    for (String line : lines) {
      String[] fields = line.split(":", -1);
      if (fields.length > USER_ID && fields[USER_ID].equals(wanted)) {
        return Optional.of(fields[NAME]);
      }
    }
    return Optional.empty();
  }
}
