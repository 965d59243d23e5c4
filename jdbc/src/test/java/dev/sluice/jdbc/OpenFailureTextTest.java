package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.UnknownHostException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** What is told of a failure to connect. */
class OpenFailureTextTest {
  private static final String PLACE = "jdbc:postgresql://db.internal.invalid/app";

  @Test
  void trueCauseAndPlaceAreTold() {
    SQLException failure =
        new SQLException(
            "The connection attempt failed.",
            "08001",
            new UnknownHostException("db.internal.invalid"));

    assertThat(OpenFailureText.of(failure, PLACE))
        .isEqualTo(
            "The connection attempt failed. Cause: UnknownHostException: db.internal.invalid."
                + " SQLSTATE 08001 At jdbc:postgresql://db.internal.invalid/app");
  }

  @Test
  void causeThatTheMessageTellsIsToldOnce() {
    SQLException failure =
        new SQLException(
            "FATAL: sorry, too many clients already",
            "53300",
            new SQLException("sorry, too many clients already"));

    assertThat(OpenFailureText.of(failure, ""))
        .isEqualTo("FATAL: sorry, too many clients already. SQLSTATE 53300");
  }

  @Test
  void failureWithoutAMessageHasItsType() {
    assertThat(OpenFailureText.of(new NullPointerException(), ""))
        .isEqualTo("NullPointerException.");
  }

  @Test
  void linesBecomeOne() {
    assertThat(OpenFailureText.of(new SQLException("one\ntwo"), "")).isEqualTo("one two.");
  }
}
