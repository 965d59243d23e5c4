package dev.sluice.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.proxy.config.LdapOptions.Direct;
import dev.sluice.proxy.config.LdapOptions.Scope;
import dev.sluice.proxy.config.LdapOptions.Search;
import dev.sluice.proxy.config.LdapOptions.Searcher;
import dev.sluice.proxy.config.LdapOptions.Server;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The options of an LDAP server, as PostgreSQL and PgBouncer write them. */
class LdapOptionsTest {
  private static LdapOptions read(String text) throws BadValue {
    return LdapOptionsReader.read(text);
  }

  @Test
  void prefixAndSuffixMakeTheName() throws BadValue {
    LdapOptions options =
        read(
            "ldapserver=127.0.0.1 ldapport=1389 ldapprefix=\"uid=\" ldapsuffix=\",dc=a,dc=b\""
                + " # the old one");

    assertThat(options)
        .isEqualTo(
            new LdapOptions(
                List.of(new Server("127.0.0.1", 1389)),
                false,
                false,
                new Direct("uid=", ",dc=a,dc=b")));
  }

  @Test
  void theUrlSaysAllOfASearch() throws BadValue {
    assertThat(read("ldapurl=\"ldaps://a.example/dc=a%20b,dc=c?mail?one\""))
        .isEqualTo(
            new LdapOptions(
                List.of(new Server("a.example", 636)),
                true,
                false,
                new Search("dc=a b,dc=c", Scope.ONE, "(mail=$username)", Optional.empty())));
    assertThat(read("ldapurl=ldap://[::1]:99/dc=a??sub?(|(uid=$username)(mail=$username))"))
        .isEqualTo(
            new LdapOptions(
                List.of(new Server("::1", 99)),
                false,
                false,
                new Search(
                    "dc=a", Scope.SUB, "(|(uid=$username)(mail=$username))", Optional.empty())));
    assertThat(read("ldapurl=ldap://a/dc=a").mode())
        .as("RFC 4516: the base alone")
        .isEqualTo(new Search("dc=a", Scope.BASE, "(uid=$username)", Optional.empty()));
  }

  @Test
  void severalServersAndASearcher() throws BadValue {
    LdapOptions options =
        read(
            "ldapserver=\"a b\", ldaptls=1, ldapbasedn=dc=x ldapbinddn=cn=s"
                + " ldapbindpasswd=\"a \"\"b\"\" c\"");

    assertThat(options.servers()).containsExactly(new Server("a", 389), new Server("b", 389));
    assertThat(options.startTls()).isTrue();
    assertThat(options.mode())
        .isEqualTo(
            new Search(
                "dc=x",
                Scope.SUB,
                "(uid=$username)",
                Optional.of(new Searcher("cn=s", Secret.of("a \"b\" c")))));
    assertThat(options.toString()).doesNotContain("\"b\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "ldapserver=a | needs ldapbasedn, ldapprefix or ldapsuffix",
        "ldapbasedn=dc=a | needs a server",
        "ldapserver=a ldapprefix=uid= ldapbasedn=dc=x | not both",
        "ldapserver=a ldapprefix=uid= ldapsearchattribute=uid | not both",
        "ldapserver=a ldapbasedn=x ldapsearchattribute=a ldapsearchfilter=(b=c) | not both",
        "ldapserver=a ldapbasedn=x ldaptls=yes | an ldaptls of 1 or 0",
        "ldapserver=a ldapbasedn=x ldaptls=1 ldapscheme=ldaps | not both",
        "ldapserver=a ldapbasedn=x ldapport=0 | an ldapport from 1 to 65535",
        "ldapserver=a ldapbasedn=x ldapport=70000 | an ldapport from 1 to 65535",
        "ldapserver=a ldapbasedn=x ldapscheme=http | ldap or ldaps",
        "ldapserver=a ldapbasedn=x ldapbinddn=cn=s | needs ldapbindpasswd",
        "ldapservr=a | did you mean ldapserver?",
        "ldapserver | name=value",
        "ldapserver=~\"a | a double quote without an end",
        "ldapurl=http://a/dc=x | begins with ldap://",
        "ldapurl=ldap:///dc=x | names a host",
        "ldapurl=ldap://a/dc=x?uid?deep | scope base, one or sub",
        "ldapurl=ldap://a/dc=x?%zz | %xx"
      })
  void whatDoesNotFitTogetherIsRefused(String text, String why) {
    assertThatThrownBy(() -> read(text.replace("~", ""))).hasMessageContaining(why);
  }

  @Test
  void thePasswordIsNeverShown() throws ConfigException {
    String options = "ldapserver=a ldapbasedn=x ldapbinddn=cn=s ldapbindpasswd=hidden";
    ProxyConfig config =
        ProxyConfig.of(
            """
            [databases]
            db = host=127.0.0.1
            [pgbouncer]
            listen_addr = 127.0.0.1
            auth_type = ldap
            auth_ldap_options = %s
            """
                .formatted(options),
            java.nio.file.Path.of("x.ini"));

    assertThat(config.rows())
        .filteredOn(row -> row.key().equals("auth_ldap_options"))
        .extracting(ConfigRow::value)
        .containsExactly("ldapserver=a ldapbasedn=x ldapbinddn=cn=s ldapbindpasswd=***");
    assertThatThrownBy(() -> config.with("auth_ldap_options", options + " ldapprot=1"))
        .hasMessageContaining("did you mean ldapport")
        .hasMessageNotContaining("hidden");
    assertThat(config.ldap()).isPresent();
  }
}
