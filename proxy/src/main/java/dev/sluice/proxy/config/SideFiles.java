package dev.sluice.proxy.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the files beside the ini file say, and whatever else decides who comes in.
 *
 * @param userList the users of {@code auth_file}
 * @param hba the rules of {@code auth_hba_file}
 * @param ldap what {@code auth_ldap_options} says; empty unless {@code auth_type} is ldap
 */
record SideFiles(UserList userList, HbaRules hba, Optional<LdapOptions> ldap) {

  /**
   * Reads the files that the settings name and need. A list of users that cannot be opened is only
   * a warning, as in PgBouncer, and the list in force stays.
   */
  static SideFiles read(
      Settings settings, ConfigFiles files, @Nullable ProxyConfig running, Report report) {
    AuthType type = settings.authType();
    boolean needsUsers = type != AuthType.ANY && type != AuthType.PAM;
    UserList users = needsUsers ? users(settings, files, running, report) : UserList.EMPTY;
    HbaRules hba = type == AuthType.HBA ? hba(settings, files, report) : HbaRules.NONE;
    Optional<LdapOptions> ldap = type == AuthType.LDAP ? ldap(settings, report) : Optional.empty();
    return new SideFiles(users, hba, ldap);
  }

  private static Optional<LdapOptions> ldap(Settings settings, Report report) {
    Optional<String> text = settings.authLdapOptions();
    if (text.isEmpty()) {
      report.problem(new Place("auth_type", 0), "ldap needs auth_ldap_options");
      return Optional.empty();
    }
    try {
      return Optional.of(LdapOptionsReader.read(text.get()));
    } catch (BadValue e) {
      report.problem(new Place("auth_ldap_options", 0), e.wanted());
      return Optional.empty();
    }
  }

  private static UserList users(
      Settings settings, ConfigFiles files, @Nullable ProxyConfig running, Report report) {
    Optional<Path> file = settings.authFile();
    if (file.isEmpty()) {
      return UserList.EMPTY;
    }
    try {
      return UserListReader.read(files.read(file.get()), file.get().toString(), report);
    } catch (IOException e) {
      report.warning(
          "auth_file " + Printable.quoted(file.get().toString()) + " " + IniReader.reason(e));
      return running == null ? UserList.EMPTY : running.userList();
    }
  }

  private static HbaRules hba(Settings settings, ConfigFiles files, Report report) {
    Optional<Path> file = settings.authHbaFile();
    if (file.isEmpty()) {
      report.problem(
          new Place("auth_type", 0), "hba needs auth_hba_file, the file with the access rules");
      return HbaRules.NONE;
    }
    String text = required("auth_hba_file", file.get(), files, report);
    Map<String, IdentMap> maps = maps(settings, files, report);
    return new HbaReader(file.get(), files, maps, report).read(text);
  }

  private static Map<String, IdentMap> maps(Settings settings, ConfigFiles files, Report report) {
    Optional<Path> file = settings.authIdentFile();
    if (file.isEmpty()) {
      return Map.of();
    }
    String text = required("auth_ident_file", file.get(), files, report);
    return IdentReader.read(text, file.get().toString(), report);
  }

  private static String required(String key, Path file, ConfigFiles files, Report report) {
    try {
      return files.read(file);
    } catch (IOException e) {
      report.problem(
          new Place(key, 0), Printable.quoted(file.toString()) + " " + IniReader.reason(e));
      return "";
    }
  }

  /** Adds users that no file has. */
  SideFiles with(Map<String, Secret> more) {
    if (more.isEmpty()) {
      return this;
    }
    Map<String, Secret> all = new LinkedHashMap<>(more);
    all.putAll(userList.secrets());
    return new SideFiles(new UserList(all), hba, ldap);
  }
}
