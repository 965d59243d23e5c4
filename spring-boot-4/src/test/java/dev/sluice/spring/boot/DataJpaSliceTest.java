package dev.sluice.spring.boot;

import org.junit.jupiter.api.Tag;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.test.autoconfigure.DataJpaTest;

/** {@code @DataJpaTest} as it is. */
@DataJpaTest
@Tag("without-peers")
class DataJpaSliceTest extends SliceCase {
  @SpringBootConfiguration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Shop {}
}
