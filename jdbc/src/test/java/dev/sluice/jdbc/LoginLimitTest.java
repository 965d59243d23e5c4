package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the time for a login is shared out among the hosts of a URL. */
class LoginLimitTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          POSTGRESQL | 1 | jdbc:postgresql:app
          POSTGRESQL | 1 | jdbc:postgresql://db/app?options=a,b
          POSTGRESQL | 1 | jdbc:postgresql://[::1]:5432/app
          POSTGRESQL | 3 | jdbc:postgresql://a:1,b,c:3/app
          POSTGRESQL | 2 | jdbc:postgresql://a,b?targetServerType=primary
          MARIADB    | 2 | jdbc:mariadb:sequential://a:1,b:2/app
          MARIADB    | 2 | jdbc:mariadb:replication://address=(host=a)(port=1)(type=replica),address=(host=b)/app
          MYSQL      | 2 | jdbc:mysql://(host=a,port=1),(host=b,port=2)/app
          MYSQL      | 2 | jdbc:mysql:loadbalance://user@[a:1,b:2]/app
          MYSQL      | 2 | jdbc:mysql://address=(host=a)(port=1),address=(host=b)(port=2)/app
          MYSQL      | 1 | jdbc:mysql:///app
          ORACLE     | 2 | jdbc:oracle:thin:@(DESCRIPTION=(ADDRESS=(HOST=a))(ADDRESS=( host = b)))
          ORACLE     | 1 | jdbc:oracle:thin:@//a:1521/app
          H2         | 1 | jdbc:h2:tcp://a,b/app
          """)
  void hostsAreCounted(Dialect dialect, int hosts, String url) {
    assertThat(LoginLimit.of(url, dialect, Duration.ofSeconds(10)).hosts()).isEqualTo(hosts);
  }

  @Test
  void partsTogetherAreNoLongerThanTheWhole() {
    LoginLimit three = new LoginLimit(Duration.ofSeconds(10), 3);

    assertThat(three.seconds()).isEqualTo("3");
    assertThat(three.millis()).isEqualTo("3333");
    assertThat(three.totalSeconds()).isEqualTo("10");
  }

  @Test
  void hostThatIsTriedTwiceHasHalfOfItsPartEachTime() {
    Duration ten = Duration.ofSeconds(10);
    String two = "jdbc:postgresql://a,b/app";

    assertThat(LoginLimit.of(two, Dialect.POSTGRESQL, ten).millis()).isEqualTo("2500");
    assertThat(LoginLimit.of(two + "?sslmode=require", Dialect.POSTGRESQL, ten).millis())
        .isEqualTo("5000");
  }

  @Test
  void noPartIsZeroWhichWouldBeNoLimit() {
    LoginLimit many = new LoginLimit(Duration.ofMillis(3), 5);

    assertThat(many.seconds()).isEqualTo("1");
    assertThat(many.millis()).isEqualTo("1");
  }

  @Test
  void oneHostHasAllOfItRoundedUp() {
    assertThat(new LoginLimit(Duration.ofMillis(2_001), 1).seconds()).isEqualTo("3");
  }
}
