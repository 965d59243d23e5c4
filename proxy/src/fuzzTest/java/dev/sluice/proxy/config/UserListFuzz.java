package dev.sluice.proxy.config;

import static dev.sluice.proxy.config.ConfigFuzz.CANARY;
import static dev.sluice.proxy.config.ConfigFuzz.require;

import java.nio.file.Path;

/** Lists of users: what is read and written down again is the same; no secret is shown. */
final class UserListFuzz {
  private static final Path FILE = Path.of("f.txt");

  private UserListFuzz() {}

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(byte[] data) {
    check(ConfigFuzz.text(data));
  }

  static void check(String text) {
    UserList users = read(text);
    require(read(written(users)).secrets().equals(users.secrets()), "the users written down");
    read("\"u\" \"" + CANARY + text);
    read("\"u\" " + CANARY + text);
  }

  private static UserList read(String text) {
    Report report = new Report();
    UserList users = UserListReader.read(text, FILE.toString(), report);
    report.problems().forEach(ConfigFuzz::problem);
    report.problems().forEach(problem -> ConfigFuzz.inside(problem.place(), FILE, text));
    ConfigFuzz.warnings(report.warnings());
    require(!users.toString().contains(CANARY), "the secret hidden");
    return users;
  }

  private static String written(UserList users) {
    StringBuilder text = new StringBuilder();
    users
        .secrets()
        .forEach(
            (user, secret) ->
                text.append(quoted(user)).append(' ').append(quoted(secret.reveal())).append('\n'));
    return text.toString();
  }

  private static String quoted(String text) {
    return '"' + text.replace("\"", "\"\"") + '"';
  }
}
