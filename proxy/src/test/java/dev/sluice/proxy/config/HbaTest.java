package dev.sluice.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Access rules and user name maps. */
class HbaTest {
  @TempDir Path folder;

  private final Report report = new Report();

  private HbaRules rules(String... lines) {
    Map<String, IdentMap> maps =
        Map.of("staff", IdentReader.read("staff ann app", "ident.conf", report).get("staff"));
    return new HbaReader(Path.of("hba.conf"), new DiskFiles(folder), maps, report)
        .read(String.join("\n", lines));
  }

  private static String decision(
      HbaRules rules, ConnectionKind kind, String address, String database, String user) {
    return method(rules.match(kind, ip(address), database, user, false));
  }

  private static String method(Optional<HbaRule> rule) {
    return rule.map(found -> found.method().word() + ":" + found.lineNumber()).orElse("none");
  }

  private static InetAddress ip(String address) {
    try {
      return address.isEmpty() ? null : InetAddress.getByName(address);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "LOCAL     | ''            | app    | ann  | peer:2",
        "LOCAL     | ''            | app    | bob  | md5:3",
        "LOCAL     | ''            | other  | bob  | none",
        "TCP_TLS   | 10.1.2.3      | app    | bob  | cert:5",
        "TCP_PLAIN | 10.1.2.3      | app    | bob  | none",
        "TCP_PLAIN | 11.1.2.3      | app    | bob  | scram-sha-256:6",
        "TCP_TLS   | 11.1.2.3      | app    | bob  | none",
        "TCP_TLS   | 127.0.0.255   | app    | bob  | password:7",
        "TCP_PLAIN | 127.0.1.1     | app    | bob  | none",
        "TCP_PLAIN | ::1           | app    | bob  | trust:8",
        "TCP_PLAIN | ::2           | app    | bob  | none",
        "TCP_PLAIN | fd00:1::7     | app    | bob  | md5:9",
        "TCP_PLAIN | fd01::7       | app    | bob  | none",
        "TCP_PLAIN | ::ffff:11.0.0.1 | app  | bob  | scram-sha-256:6",
        "TCP_PLAIN | 8.8.8.8       | bob    | bob  | md5:10",
        "TCP_PLAIN | 8.8.8.8       | a,b    | eve  | reject:11",
        "TCP_PLAIN | 8.8.8.8       | say \"hi\" | eve | reject:11",
        "TCP_PLAIN | 8.8.8.8       | all    | eve  | none",
      })
  void theFirstRuleThatMatchesDecides(
      ConnectionKind kind, String address, String database, String user, String expected) {
    HbaRules rules =
        rules(
            "# TYPE DATABASE USER ADDRESS METHOD",
            "local app ann peer # who is at the other end",
            "local app all md5",
            "",
            "hostssl all all 10.0.0.0/8 cert",
            "hostnossl all all 11.0.0.0/8 scram-sha-256",
            "host all all 127.0.0.0 255.255.255.0 password",
            "host all all ::1/128 trust",
            "host all all fd00::/16 md5",
            "host sameuser all all md5",
            "host \"a,b\" , \"say \"\"hi\"\"\",\"ALL\" eve all reject");

    assertThat(report.problems()).isEmpty();
    assertThat(decision(rules, kind, address, database, user)).isEqualTo(expected);
  }

  @Test
  void quotedKeywordsAreNames() {
    HbaRules rules = rules("host \"all\" \"all\" all trust", "host all \"replication\" all md5");

    assertThat(decision(rules, ConnectionKind.TCP_TLS, "1.2.3.4", "all", "all"))
        .isEqualTo("trust:1");
    assertThat(decision(rules, ConnectionKind.TCP_TLS, "1.2.3.4", "all", "bob")).isEqualTo("none");
    assertThat(decision(rules, ConnectionKind.TCP_TLS, "1.2.3.4", "x", "replication"))
        .isEqualTo("md5:2");
  }

  @Test
  void physicalReplicationNeedsItsKeyword() {
    HbaRules rules = rules("local all all md5", "local replication,app rep trust");

    assertThat(method(rules.match(ConnectionKind.LOCAL, null, "app", "rep", true)))
        .isEqualTo("trust:2");
    assertThat(method(rules.match(ConnectionKind.LOCAL, null, "app", "rep", false)))
        .isEqualTo("md5:1");
    assertThat(method(rules.match(ConnectionKind.LOCAL, null, "app", "bob", true)))
        .isEqualTo("none");
  }

  @Test
  void everyPrefixLengthMasksItsBits() {
    for (int bits = 0; bits <= 32; bits++) {
      int network = bits == 0 ? 0 : -1 << (32 - bits);
      HbaRules rules = rules("host all all " + dotted(network) + "/" + bits + " md5");

      assertThat(decision(rules, ConnectionKind.TCP_PLAIN, dotted(network), "d", "u"))
          .isEqualTo("md5:1");
      if (bits > 0) {
        int outside = network ^ (1 << (32 - bits));
        assertThat(decision(rules, ConnectionKind.TCP_PLAIN, dotted(outside), "d", "u"))
            .isEqualTo("none");
      }
    }
  }

  private static String dotted(int ip) {
    return (ip >>> 24) + "." + (ip >>> 16 & 255) + "." + (ip >>> 8 & 255) + "." + (ip & 255);
  }

  @Test
  void namesMayStandInFilesBesideTheRules() {
    Configs.write(folder, "names.txt", "# who", "bob, \"eve\"", "", "@more/names.txt");
    Configs.write(folder, "more/names.txt", "@deeper.txt");
    Configs.write(folder, "more/deeper.txt", "ann carl");
    HbaRules rules = rules("local all @names.txt trust");

    assertThat(report.problems()).isEmpty();
    for (String user : new String[] {"bob", "eve", "ann", "carl"}) {
      assertThat(decision(rules, ConnectionKind.LOCAL, "", "d", user)).isEqualTo("trust:1");
    }
    assertThat(decision(rules, ConnectionKind.LOCAL, "", "d", "who")).isEqualTo("none");
  }

  @Test
  void filesOfNamesThatNameThemselvesAreAProblem() {
    Configs.write(folder, "names.txt", "bob @names.txt");
    rules("local all @names.txt trust");

    assertThat(report.problems())
        .singleElement()
        .asString()
        .isEqualTo("hba.conf:1: files of names are nested too deep; does a file name itself?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hosts all all all md5          | a rule starts with local, host, hostssl or hostnossl",
        "host                           | a name is missing",
        "host all,                      | a name is missing",
        "host , all all md5             | a name is missing",
        "host all all                   | the address must be all, ADDRESS/BITS or ADDRESS MASK",
        "host all all localhost md5     | the address must be all, ADDRESS/BITS or ADDRESS MASK",
        "host all all samehost md5      | the address must be all, ADDRESS/BITS or ADDRESS MASK",
        "host all all 10.0.0.0 md5      | the address must be all, ADDRESS/BITS or ADDRESS MASK",
        "host all all 10.0.0.0/33 md5   | the address must be all, ADDRESS/BITS or ADDRESS MASK",
        "host all all 10.0.0.0/ md5     | the address must be all, ADDRESS/BITS or ADDRESS MASK",
        "host all all 10.0.0/8 md5      | the address must be all, ADDRESS/BITS or ADDRESS MASK",
        "host all all ::/129 md5        | the address must be all, ADDRESS/BITS or ADDRESS MASK",
        "host all all ::1 255.0.0.0 md5 | the address must be all, ADDRESS/BITS or ADDRESS MASK",
        "host all all \"all\" md5       | the address must be all, ADDRESS/BITS or ADDRESS MASK",
        "host all all all               | the method must be trust, reject, md5, scram-sha-256,",
        "host all all all pam           | the method must be trust, reject, md5, scram-sha-256,",
        "host all all all any           | the method must be trust, reject, md5, scram-sha-256,",
        "host all all all md5 x=1       | only map=NAME may follow the method",
        "host all all all cert map=a b  | no user name map \"a\" in auth_ident_file",
        "host all all all cert map=staf | no user name map \"staf\" in auth_ident_file; did you",
        "host all +staff all md5        | +role needs PostgreSQL's roles; list the users",
        "host samerole all all md5      | samerole and samegroup need PostgreSQL's roles",
        "host all @none.txt all md5     | the file \"none.txt\" does not exist",
        "host \"all all all md5         | a double quote has no end",
      })
  void aLineThatCannotBeReadIsAProblemWithItsPlace(String line, String problem) {
    HbaRules rules = rules("local all all trust", line);

    assertThat(report.problems()).singleElement().asString().startsWith("hba.conf:2: " + problem);
    assertThat(rules.size()).isEqualTo(1);
  }

  @Test
  void anAddressWithBitsOutsideOfItsMaskMatchesNobodyWithAWarning() {
    HbaRules rules = rules("host all all 192.168.1.1/24 trust");

    assertThat(decision(rules, ConnectionKind.TCP_TLS, "192.168.1.1", "d", "u")).isEqualTo("none");
    assertThat(report.warnings())
        .containsExactly(
            "hba.conf:1: no client matches, because the address has bits outside of its mask;"
                + " clear them");
  }

  @Test
  void mapsAndOptionsBelongToTheirRule() {
    HbaRules rules =
        rules(
            "local all all peer map=staff",
            "host all all all ldap ldapserver=a ldapport=1 ldapprefix=\"uid=\" ldapsuffix=\",dc=b\"");

    HbaRule peer = rules.match(ConnectionKind.LOCAL, null, "d", "u", false).orElseThrow();
    HbaRule ldap =
        rules.match(ConnectionKind.TCP_TLS, ip("1.2.3.4"), "d", "u", false).orElseThrow();

    assertThat(peer.identMap().orElseThrow().allows("ann", "app")).isTrue();
    assertThat(ldap.ldap())
        .contains(
            new LdapOptions(
                List.of(new LdapOptions.Server("a", 1)),
                false,
                false,
                new LdapOptions.Direct("uid=", ",dc=b")));
    assertThat(peer.ldap()).isEmpty();
    assertThat(report.warnings()).isEmpty();
  }

  @Test
  void optionsOfLdapThatDoNotFitTogetherAreAProblem() {
    rules("host all all all ldap ldapserver=a ldapbindpasswd=hidden");

    assertThat(report.problems())
        .singleElement()
        .asString()
        .isEqualTo("hba.conf:1: ldap needs ldapbasedn, ldapprefix or ldapsuffix");
  }

  @Test
  void withoutRulesEverybodyIsRejected() {
    assertThat(HbaRules.NONE.match(ConnectionKind.LOCAL, null, "d", "u", false)).isEmpty();
  }

  @Test
  void mapsSayWhoMayBeWhom() {
    Map<String, IdentMap> maps =
        IdentReader.read(
            "# map system database\nm ann app\nm ann \"all\"\n\nm \"bob b\" all # everyone\nn x y",
            "ident.conf",
            report);

    IdentMap map = maps.get("m");
    assertThat(report.problems()).isEmpty();
    assertThat(maps).containsOnlyKeys("m", "n");
    assertThat(map.allows("ann", "app")).isTrue();
    assertThat(map.allows("ann", "all")).isTrue();
    assertThat(map.allows("ann", "other")).isFalse();
    assertThat(map.allows("bob b", "other")).isTrue();
    assertThat(map.allows("eve", "app")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"m", "m ann", "m ann app more", "\"m\" ann app", "m ann, app", "m ann \"a"})
  void aMapsLineThatCannotBeReadIsAProblem(String line) {
    IdentReader.read("m ann app\n" + line, "ident.conf", report);

    assertThat(report.problems())
        .singleElement()
        .asString()
        .startsWith("ident.conf:2: not a map, a system user and a database user");
  }

  @Test
  void theConfigurationReadsRulesAndMaps() throws ConfigException {
    Configs.write(
        folder,
        "pgbouncer.ini",
        "[pgbouncer]",
        "auth_type = hba",
        "auth_hba_file = etc/hba.conf",
        "auth_ident_file = etc/ident.conf");
    Configs.write(folder, "etc/hba.conf", "local all @names peer map=m");
    Configs.write(folder, "etc/names", "bob");
    Configs.write(folder, "etc/ident.conf", "m ann bob");

    HbaRules rules = Configs.load(folder).hba();

    HbaRule rule = rules.match(ConnectionKind.LOCAL, null, "d", "bob", false).orElseThrow();
    assertThat(rule.identMap().orElseThrow().allows("ann", "bob")).isTrue();
  }

  @Test
  void theRulesAreRequiredWhenTheyDecide() {
    assertThat(Configs.problems("[pgbouncer]", "auth_type = hba"))
        .containsExactly("auth_type: hba needs auth_hba_file, the file with the access rules");
    assertThat(Configs.problems("[pgbouncer]", "auth_type = hba", "auth_hba_file = /none/hba.conf"))
        .containsExactly("auth_hba_file: \"/none/hba.conf\" does not exist");
  }
}
