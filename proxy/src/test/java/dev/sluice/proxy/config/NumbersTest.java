package dev.sluice.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers and times by the rules of C. */
class NumbersTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "7, 7",
    "+7, 7",
    "-7, -7",
    "0777, 511",
    "0x1f, 31",
    "0X1F, 31",
    "00, 0",
    "' 7', 7",
    "2147483647, 2147483647",
  })
  void wholeNumbersAreDecimalOctalOrHexadecimal(String text, long number) throws BadValue {
    assertThat(Numbers.whole(text, Integer.MIN_VALUE, Integer.MAX_VALUE)).isEqualTo(number);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "-",
        "+",
        "0x",
        "08",
        "7 ",
        "7s",
        "1.5",
        "1e3",
        "--7",
        "+-7",
        "yes",
        "٣",
        "2147483648",
        "99999999999999999999",
        "0x-1",
      })
  void otherTextIsNoWholeNumber(String text) {
    assertThatThrownBy(() -> Numbers.whole(text, Integer.MIN_VALUE, Integer.MAX_VALUE))
        .isInstanceOf(BadValue.class)
        .hasMessageContaining("a whole number");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "5, 5000000",
    "0.5, 500000",
    ".25, 250000",
    "5., 5000000",
    "+1, 1000000",
    "1e3, 1000000000",
    "1E-3, 1000",
    "0.0000009, 0",
    "1.9999999, 1999999",
    "1e-999999999, 0",
    "0e999999999, 0",
    "' 5 ', 5000000",
  })
  void secondsAreDecimalNumbersToTheMicrosecond(String text, long micros) throws BadValue {
    assertThat(Numbers.seconds(text)).isEqualTo(Duration.ofNanos(micros * 1000));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-1",
        "-0.5",
        "5s",
        "1m",
        "inf",
        "nan",
        "0x10",
        "1 000",
        "1,5",
        "1e999999999",
        "9000000001",
        "٣",
      })
  void otherTextIsNoTime(String text) {
    assertThatThrownBy(() -> Numbers.seconds(text))
        .isInstanceOf(BadValue.class)
        .hasMessage("seconds as a number, such as 5 or 0.5, without a unit; 0 is off");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "3600, 3600",
    "0.5, 0.5",
    "120, 120",
    "100000, 100000",
    "999999, 999999",
    "1000000, 1e+06",
    "1234567, 1.23457e+06",
    "999999.5, 1e+06",
    "12.3456789, 12.3457",
    "0.0001, 0.0001",
    "0.00001, 1e-05",
    "0.000012, 1.2e-05",
    "9000000000, 9e+09",
  })
  void timesAreShownWithSixDigitsAsCShowsThem(String text, String shown) throws BadValue {
    assertThat(Numbers.show(Numbers.seconds(text))).isEqualTo(shown);
  }

  @Test
  void nearestIsTheFewestSlipsAway() {
    assertThat(Nearest.distance("kitten", "sitting")).isEqualTo(3);
    assertThat(Nearest.hint("log_stat", SettingsReader.keys()))
        .isEqualTo("; did you mean log_stats?");
    assertThat(Nearest.hint("entirely_different", SettingsReader.keys())).isEmpty();
    assertThat(Nearest.hint("x".repeat(100_000), SettingsReader.keys())).isEmpty();
  }
}
