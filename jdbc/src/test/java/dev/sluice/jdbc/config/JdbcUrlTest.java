package dev.sluice.jdbc.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.Secret;
import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JdbcUrlTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "jdbc:postgresql://h/app?user=me&password=pw&ssl=true|jdbc:postgresql://h/app?ssl=true|me|pw",
        "jdbc:postgresql://h/app?password=p%40w&user=me|jdbc:postgresql://h/app|me|p@w",
        "jdbc:postgresql://h/app?user=a&password=p+w|jdbc:postgresql://h/app|a|p w",
        "jdbc:postgresql://me:pw@h/app|jdbc:postgresql://h/app|me|pw",
        "jdbc:mysql://h/app?user=me&password=p+w|jdbc:mysql://h/app|me|p+w",
        "jdbc:mysql://me:p%40w@h:3306/app?x=1|jdbc:mysql://h:3306/app?x=1|me|p@w",
        "jdbc:mysql:loadbalance://h1,h2/app?user=me&password=pw|jdbc:mysql:loadbalance://h1,h2/app|me|pw",
        "jdbc:mariadb://h/app?user=me&password=pw|jdbc:mariadb://h/app|me|pw",
        "jdbc:h2:mem:x;USER=sa;PASSWORD=pw;DB_CLOSE_DELAY=-1|jdbc:h2:mem:x;DB_CLOSE_DELAY=-1|sa|pw",
        "jdbc:h2:mem:x;INIT=SET A\\;B;password=pw;user=sa|jdbc:h2:mem:x;INIT=SET A\\;B|sa|pw",
        "jdbc:sqlserver://h:1433;databaseName=d;user=sa;password={p;w}}d}|jdbc:sqlserver://h:1433;databaseName=d|sa|p;w}d",
        "jdbc:sqlserver://h;user=sa;password={p}};w};a=b|jdbc:sqlserver://h;a=b|sa|p};w",
        "jdbc:sqlserver://h;user=sa;a=x{y;password=pw|jdbc:sqlserver://h;a=x{y|sa|pw",
        "jdbc:sqlserver://h;userName=sa;pwd=pw|jdbc:sqlserver://h|sa|pw",
        "jdbc:oracle:thin:scott/tiger@//h:1521/svc|jdbc:oracle:thin:@//h:1521/svc|scott|tiger",
        "jdbc:oracle:thin:scott/\"ti@ger\"@h:1521:sid|jdbc:oracle:thin:@h:1521:sid|scott|ti@ger",
        "jdbc:oracle:thin:scott/\"t?i;g\"@h:1521:sid?a=b|jdbc:oracle:thin:@h:1521:sid?a=b|scott|t?i;g",
        "jdbc:aws-wrapper:postgresql://h/app?user=me&password=pw|jdbc:aws-wrapper:postgresql://h/app|me|pw",
      })
  void userAndPasswordAreTakenOutOfTheUrl(String url, String rest, String user, String password) {
    SluiceConfig config = Sluice.dataSource(url).toConfig();

    assertThat(config.url()).isEqualTo(rest);
    assertThat(config.user()).isEqualTo(user);
    assertThat(config.password()).isEqualTo(Secret.of(password));
    assertThat(config.displayUrl()).doesNotContain(password);
  }

  @Test
  void otherSecretsBecomeDriverProperties() {
    SluiceConfig config =
        Sluice.dataSource("jdbc:postgresql://h/app?sslpassword=pw&ssl=true").toConfig();

    assertThat(config.url()).isEqualTo("jdbc:postgresql://h/app?ssl=true");
    assertThat(config.driverProperties()).containsOnlyKeys("sslpassword");
  }

  @ParameterizedTest
  @CsvSource({
    "jdbc:postgresql://h/app?ssl=true&x=%20",
    "jdbc:postgresql:app",
    "jdbc:h2:mem:x;DB_CLOSE_DELAY=-1",
    "jdbc:h2:file:./a?b",
    "'jdbc:mysql://address=(host=a)(user=u)(password=p)/db'",
    "'jdbc:mysql://u:p@h1,u:p@h2/db'",
    "jdbc:mariadb://h/app?password=a%40b",
    "jdbc:db2://h:1/db:user=u;password=p;",
    "jdbc:unknown:whatever?password=p",
    "jdbc:unknown:whatever;p:h2:password=p",
    "jdbc:sqlite:x.db",
  })
  void whatIsNotUnderstoodStaysAsItIs(String url) {
    assertThat(Sluice.dataSource(url).toConfig().url()).isEqualTo(url);
  }

  @ParameterizedTest
  @CsvSource({
    "jdbc:postgresql://h/app?ssl=true&sluice.maxSize=7&x=1, jdbc:postgresql://h/app?ssl=true&x=1",
    "jdbc:postgresql://h/app?sluice.max_size=7, jdbc:postgresql://h/app",
    "jdbc:h2:mem:x;SLUICE.MAX-SIZE=7;A=1, jdbc:h2:mem:x;A=1",
    "jdbc:unknown:x?sluice.maximumPoolSize=7&a=b, jdbc:unknown:x?a=b",
    "jdbc:unknown:x;sluice.maxSize=7, jdbc:unknown:x",
  })
  void optionsOfThePoolAreTakenOut(String url, String rest) {
    SluiceConfig config = Sluice.dataSource(url).toConfig();

    assertThat(config.url()).isEqualTo(rest);
    assertThat(config.pool().maxSize()).isEqualTo(7);
  }

  @Test
  void anUnknownOptionOfThePoolIsAnError() {
    assertThatThrownBy(() -> Sluice.dataSource("jdbc:h2:mem:x;sluice.maxSise=7").toConfig())
        .hasMessageContaining("the URL: maxSise is not an option; did you mean maxSize?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "jdbc:postgresql://h:5432/app|jdbc:postgresql://h:5432/app",
        "jdbc:postgresql://h/app?ssl=true&sslmode=require|jdbc:postgresql://h/app?ssl=true&sslmode=require",
        "jdbc:postgresql://h/app?ssl=true&password=hunter2|jdbc:postgresql://h/app?ssl=true&***",
        "jdbc:postgresql://h/app?password=hun&ter2=1|jdbc:postgresql://h/app?***",
        "jdbc:postgresql://u:hunter2@h/app|jdbc:postgresql://***@h/app",
        "jdbc:postgresql://u:hun?ter2@h/app|jdbc:postgresql://***",
        "jdbc:mysql://address=(host=a)(password=hunter2)/db|jdbc:mysql://address=***",
        "jdbc:oracle:thin:scott/hunter2@//h:1521/svc|jdbc:oracle:thin:***@//h:1521/svc",
        "jdbc:db2://h:1/db:password=hunter2;user=u;|jdbc:db2://h:1/db:password=***",
        "jdbc:sqlserver://h;databaseName=d;password={hun;ter2}|jdbc:sqlserver://h;databaseName=d;***",
        "jdbc:h2:mem:x;DB_CLOSE_DELAY=-1|jdbc:h2:mem:x;DB_CLOSE_DELAY=-1",
        "jdbc:foo:u:hun:ter2@h|jdbc:foo:***@h",
        "jdbc:mariadb://h/db?password=a%40b@hunter2|jdbc:mariadb://***",
        "jdbc:db2://h:1/db:user=u;password=p@hunter2;|jdbc:db2://***",
        "jdbc:mysql://u:hunter2|jdbc:mysql://***",
        "jdbc:mysql://u:hunter2/a=b|jdbc:mysql://***",
        "jdbc:postgresql://[::1]:5432,h:1/app|jdbc:postgresql://[::1]:5432,h:1/app",
        "postgresql://u:hunter2@h/app?x=hunter2|postgresql://***@h/app?***",
        "hunter2|***",
      })
  void whatIsShownHasNoSecret(String url, String shown) {
    assertThat(UrlDisplay.display(url))
        .isEqualTo(shown)
        .doesNotContain("hun")
        .doesNotContain("ter2");
  }

  @Test
  void anAtSignInAnOptionOfThePoolIsEncoded() {
    assertThatThrownBy(() -> Sluice.dataSource("jdbc:h2:mem:x;sluice.name=a@b"))
        .hasMessageContaining("must be written %40");
    assertThat(Sluice.dataSource("jdbc:h2:mem:x;sluice.name=a%40b").toConfig().pool().name())
        .isEqualTo("a@b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql://a/b?sluice.host=c",
        "jdbc:h2:mem:x;sluice.port=1",
        "postgresql://a/b?dbname=c",
        "mysql://a/b?scheme=mysql",
      })
  void anOptionOfAUrlDoesNotSayWhereTheDatabaseIs(String url) {
    assertThatThrownBy(() -> Sluice.dataSource(url))
        .hasMessageContaining("must name scheme, host, port and database in their places");
  }

  @Test
  void namesOfDriverPropertiesAreShownInOrder() {
    String one = Sluice.dataSource("postgresql://h/d?b=1&a=2&c=3").toConfig().toString();
    String other = Sluice.dataSource("postgresql://h/d?c=3&a=2&b=1").toConfig().toString();

    assertThat(one).isEqualTo(other).contains("driverProperties=[a, b, c]");
  }

  @Test
  void aUrlIsShownOnOneLine() {
    assertThat(UrlDisplay.display("jdbc:h2:mem:x\b\u2028y"))
        .isEqualTo("jdbc:h2:mem:x\\u0008\\u2028y");
  }

  @Test
  void aUrlOfSeveralLinesIsRefused() {
    assertThatThrownBy(() -> Sluice.dataSource("jdbc:h2:mem:x\nPASSWORD=1"))
        .hasMessageContaining("must be a single line");
  }
}
