package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class AccountsTest {
  private static final List<String> FILE =
      List.of("root:x:0:0:root:/root:/bin/sh", "", "broken", "ada:x:1000:1000::/home/ada:");

  @Test
  void anAccountIsFoundByItsNumber() {
    assertThat(Accounts.name(1000, FILE)).contains("ada");
    assertThat(Accounts.name(0, FILE)).contains("root");
  }

  @Test
  void aNumberThatNobodyHasHasNoName() {
    assertThat(Accounts.name(100, FILE)).isEmpty();
    assertThat(Accounts.name(-1, FILE)).isEmpty();
  }
}
