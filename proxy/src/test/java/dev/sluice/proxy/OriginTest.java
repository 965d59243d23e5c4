package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Addresses as PgBouncer's log and console have them, which scripts match. */
class OriginTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.1, 127.0.0.1:5432",
    "0:0:0:0:0:0:0:1, ::1, [::1]:5432",
    "2001:db8:0:0:8:0:0:1, 2001:db8::8:0:0:1, [2001:db8::8:0:0:1]:5432",
    "::ffff:10.0.0.1, 10.0.0.1, 10.0.0.1:5432",
  })
  void addressesAreWrittenAsShortAsPossible(String given, String host, String whole)
      throws Exception {
    Origin origin = Origin.tcp(InetAddress.getByName(given), 5432);

    assertThat(origin.host()).isEqualTo(host);
    assertThat(origin).hasToString(whole);
  }

  @Test
  void aUnixSocketHasTheProcess() {
    assertThat(new Origin(null, 6432, 4711, 0)).hasToString("unix(4711):6432");
    assertThat(new Origin(null, 6432, 4711, 0).host()).isEqualTo("unix");
  }
}
