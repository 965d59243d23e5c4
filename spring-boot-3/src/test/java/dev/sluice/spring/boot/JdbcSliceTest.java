package dev.sluice.spring.boot;

import org.junit.jupiter.api.Tag;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.test.autoconfigure.jdbc.JdbcTest;

/** {@code @JdbcTest} as it is, where every data source that Boot did not make gives way. */
@JdbcTest
@Tag("without-peers")
class JdbcSliceTest extends SliceCase {
  @SpringBootConfiguration(proxyBeanMethods = false)
  static class Shop {}
}
