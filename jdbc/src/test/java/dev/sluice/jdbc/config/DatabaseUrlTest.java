package dev.sluice.jdbc.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.Secret;
import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceConfig;
import dev.sluice.jdbc.SluiceConfigException;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseUrlTest {
  @ParameterizedTest
  @CsvSource({
    "postgresql://localhost/app, jdbc:postgresql://localhost/app",
    "postgres://localhost/app, jdbc:postgresql://localhost/app",
    "POSTGRES://localhost/app, jdbc:postgresql://localhost/app",
    "postgresql+asyncpg://h/app, jdbc:postgresql://h/app",
    "mysql://h:3306/app, jdbc:mysql://h:3306/app",
    "mysql2://h/app, jdbc:mysql://h/app",
    "mysql+pymysql://h/app, jdbc:mysql://h/app",
    "mariadb://h/app, jdbc:mariadb://h/app",
    "postgresql://h:5432/app, jdbc:postgresql://h:5432/app",
    "postgresql://h:/app, jdbc:postgresql://h/app",
    "postgresql://h:05432/app, jdbc:postgresql://h:5432/app",
    "postgresql:///app, jdbc:postgresql://localhost/app",
    "postgresql://, jdbc:postgresql://localhost/",
    "postgresql://h, jdbc:postgresql://h/",
    "postgresql://h/, jdbc:postgresql://h/",
    "postgresql://h?sslmode=require, jdbc:postgresql://h/",
    "postgresql://u@h/app, jdbc:postgresql://h/app",
    "postgresql://u:p@/app, jdbc:postgresql://localhost/app",
    "postgresql://u:p@:5433/app, jdbc:postgresql://localhost:5433/app",
    "'postgresql://a:1,b:2,c/app', 'jdbc:postgresql://a:1,b:2,c/app'",
    "postgresql://[::1]/app, jdbc:postgresql://[::1]/app",
    "postgresql://[2001:db8::1]:5433/app, jdbc:postgresql://[2001:db8::1]:5433/app",
    "'postgresql://[::1]:1,b/app', 'jdbc:postgresql://[::1]:1,b/app'",
    "postgresql://h/my%20app%2Fx, jdbc:postgresql://h/my%20app%2Fx",
    "postgresql://h/a+b, jdbc:postgresql://h/a%2Bb",
    "postgresql://h/müll, jdbc:postgresql://h/m%C3%BCll",
    "postgresql:///app?host=x&port=7, jdbc:postgresql://x:7/app",
    "'postgresql:///app?host=x,y&port=7,8', 'jdbc:postgresql://x:7,y:8/app'",
    "'postgresql:///app?host=x,y&port=7', 'jdbc:postgresql://x:7,y:7/app'",
    "postgresql:///app?port=7, jdbc:postgresql://localhost:7/app",
  })
  void theDatabasesPlaceIsTranslated(String url, String jdbcUrl) throws BadValue {
    assertThat(ParsedUrl.parse(url, Names.INSTANCE).jdbcUrl()).isEqualTo(jdbcUrl);
  }

  @ParameterizedTest
  @CsvSource({
    "postgresql://me:pass@h/app, me, pass",
    "postgresql://me%40corp:p%40ss%3Aw%2For%3Fd%23%25@h/app, me@corp, p@ss:w/or?d#%",
    "postgresql://me:pa:ss@h/app, me, pa:ss",
    "postgresql://me:p@ss@h/app, me, p@ss",
    "postgresql://me:p+s@h/app, me, p+s",
    "postgresql://me:%C3%A9%F0%9F%98%80@h/app, me, é😀",
    "postgresql://me:é😀@h/app, me, é😀",
    "postgresql://h/app?user=me&password=p%26q, me, p&q",
    "mysql://root:r%20t@h/app, root, r t",
  })
  void userAndPasswordAreDecodedAndTakenOut(String url, String user, String password) {
    SluiceConfig config = Sluice.dataSource(url).toConfig();

    assertThat(config.user()).isEqualTo(user);
    assertThat(config.password()).isEqualTo(Secret.of(password));
    assertThat(config.url()).doesNotContain("@").doesNotContain("password");
  }

  @Test
  void anEmptyUserIsNoneAndAnEmptyPasswordIsEmpty() {
    SluiceConfig config = Sluice.dataSource("postgresql://:@h/app").toConfig();

    assertThat(config.user()).isNull();
    assertThat(config.password()).isEqualTo(Secret.of(""));
  }

  @Test
  void optionsOfThePoolAreTakenOutAndTheRestGoesToTheDriver() {
    SluiceConfig config =
        Sluice.dataSource(
                "postgresql://h/app?max_size=20&sluice.minSize=2&acquireTimeout=3s&sslmode=require"
                    + "&application_name=my%20app&connect_timeout=5&target_session_attrs=read-write"
                    + "&options=-c%20geqo%3Doff&sslpassword=x")
            .toConfig();

    assertThat(config.url()).isEqualTo("jdbc:postgresql://h/app");
    assertThat(config.pool().maxSize()).isEqualTo(20);
    assertThat(config.pool().minSize()).isEqualTo(2);
    assertThat(config.pool().acquireTimeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(config.driverProperties())
        .isEqualTo(
            Map.of(
                "sslmode", Secret.of("require"),
                "ApplicationName", Secret.of("my app"),
                "connectTimeout", Secret.of("5"),
                "targetServerType", Secret.of("primary"),
                "options", Secret.of("-c geqo=off"),
                "sslpassword", Secret.of("x")));
  }

  @ParameterizedTest
  @CsvSource({
    "sqlite:///x.db, must have the scheme",
    "http://h/x, must have the scheme",
    "x, must begin with jdbc:",
    "'', must begin with jdbc:",
    "host=h dbname=x, must begin with jdbc:",
    "postgresql://h:0/x, port",
    "postgresql://h:65536/x, port",
    "postgresql://h:99999999999/x, port",
    "postgresql://h:-1/x, port",
    "postgresql://h:5 432/x, port",
    "postgresql://a b/x, host",
    "postgresql://::1/x, brackets",
    "postgresql://[::1/x, host",
    "postgresql://[::1]x/x, host",
    "postgresql://[zz]/x, host",
    "postgresql://h/x#y, must have no #",
    "postgresql://u:p/w@h/x, percent-encoded",
    "postgresql://u:1234/w@h/x, percent-encoded",
    "postgresql://u:p?w@h/x, an @ after the question mark",
    "postgresql://u:%zz@h/x, two hexadecimal digits",
    "postgresql://u:%4@h/x, two hexadecimal digits",
    "postgresql://u:%@h/x, two hexadecimal digits",
    "postgresql://u:%ff@h/x, not UTF-8",
    "postgresql://u:%00@h/x, NUL",
    "postgresql://h/%zz, two hexadecimal digits",
    "postgresql://%2Fvar%2Frun/x, socket",
    "postgresql:///x?host=/var/run, socket",
    "postgresql://h/x?host=y, both before and after",
    "postgresql://h/x?novalue, without a value",
    "postgresql://h/x?=v, without a value",
    "postgresql://h/x?user=me@corp, an @ after the question mark",
    "'postgresql:///x?host=a,b&port=1,2,3', one port",
    "postgresql://h/x?target_session_attrs=z, target_session_attrs",
  })
  void whatIsNoSuchUrlSaysWhy(String url, String reason) {
    assertThatThrownBy(() -> Sluice.dataSource(url))
        .isInstanceOf(SluiceConfigException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void mistakesShowNothingOfTheUrl() {
    for (String url :
        new String[] {
          "hunter2",
          "postgresql://u:hunter2/x@h/db",
          "postgresql://u:hunter2?x@h/db",
          "postgresql://u:hunter2#x@h/db",
          "postgresql://u:hunter2%zz@h/db",
          "postgresql://u:hunter2",
          "postgresql://u:1?hunter2=x@h/db",
          "postgresql://u:1?pool=hunter2@h/db",
          "postgresql://u:%20\ud800hunter2@h/db",
          "postgresql://hunter2@h:x/db",
          "postgresql://h/db?password=hunter2&x",
          "postgresql://h/db?hunter2",
          "oracle://u:hunter2@h/db",
          "host=h password=hunter2",
        }) {
      assertThatThrownBy(() -> Sluice.dataSource(url)).as(url).message().doesNotContain("hunter2");
    }
  }

  @Test
  void whatIsEncodedComesBackWhateverItIs() throws BadValue {
    Random random = new Random(99);
    for (int i = 0; i < 5_000; i++) {
      String user = text(random);
      String password = text(random);
      String database = text(random);
      String url =
          "postgresql://"
              + PercentCode.encode(user)
              + ":"
              + PercentCode.encode(password)
              + "@h/"
              + PercentCode.encode(database);

      ParsedUrl parsed = ParsedUrl.parse(url, Names.INSTANCE);

      assertThat(parsed.found())
          .containsExactly(
              new ParsedUrl.Found("user", user),
              new ParsedUrl.Found("password", Secret.of(password)));
      assertThat(PercentCode.decode(parsed.jdbcUrl().substring("jdbc:postgresql://h/".length())))
          .isEqualTo(database);
    }
  }

  private static String text(Random random) {
    return random
        .ints(1 + random.nextInt(12), 1, 0x2000)
        .filter(c -> Character.isDefined(c))
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .append('x')
        .toString();
  }
}
