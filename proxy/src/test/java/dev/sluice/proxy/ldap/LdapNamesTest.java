package dev.sluice.proxy.ldap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import javax.naming.ldap.LdapName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of users within names of entries and within filters. */
class LdapNamesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ada",
        "a,b",
        "x,cn=admin",
        "a+b=c",
        "\"quoted\"",
        "back\\slash",
        "<a>;b",
        "#first",
        " blank ",
        "zoë йц",
        "*",
        "a/b"
      })
  void aUserStaysOneValueOfTheName(String user) throws Exception {
    LdapName name = new LdapName(LdapNames.entry("uid=", user, ",dc=example,dc=net"));

    assertThat(name.size()).isEqualTo(3);
    assertThat(name.getRdn(2).getType()).isEqualTo("uid");
    assertThat(name.getRdn(2).getValue()).isEqualTo(user);
  }

  @Test
  void otherNamesStayAsTheyAre() {
    assertThat(LdapNames.entry("", "ada+x", "@example.net")).isEqualTo("ada+x@example.net");
    assertThat(LdapNames.entry("EXAMPLE\\", "ada", "")).isEqualTo("EXAMPLE\\ada");
  }

  @Test
  void filtersHaveNothingOfAUserButItsLetters() {
    Map<String, String> filters =
        Map.of(
            "ada", "(uid=ada)",
            "*", "(uid=\\2a)",
            "a)(uid=*", "(uid=a\\29\\28uid\\3d\\2a)",
            "a\\b", "(uid=a\\5cb)",
            "$username", "(uid=\\24username)",
            "ë", "(uid=\\c3\\ab)");

    filters.forEach(
        (user, filter) -> assertThat(LdapNames.filter("(uid=$username)", user)).isEqualTo(filter));
    assertThat(LdapNames.filter("(|(uid=$username)(mail=$username))", "a*"))
        .isEqualTo("(|(uid=a\\2a)(mail=a\\2a))");
  }
}
